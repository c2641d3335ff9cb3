import Protocol
import Storage

/// Copies of one replica: each but one gets a site of its own, with the old one as its parent.
extension SQLiteServerStore {
  /// The site for a claim: the same for a claim that is repeated. nil where there were too many, or
  /// where nothing says what both copies share.
  func grantSite(_ claim: SiteClaim, to device: DeviceRecord, _ engine: Engine) throws -> SiteGrant?
  {
    guard claim.token.utf8.count >= Self.shortestToken else {
      throw ExchangeError.malformed("a token that can be guessed")
    }
    let hash = SHA256.hash(Array(claim.token.utf8))
    let shared = try engine.lastShared(claim, of: device.site)
    if let known = try engine.copy(tokenHash: hash) {
      guard known.parent == device.site else { throw ExchangeError.malformed("a used token") }
      return SiteGrant(site: known.site, lastShared: known.lastShared)
    }
    let copies =
      try engine.connection.scalar(
        "SELECT count(*) FROM _device WHERE parent = ?", Int64(device.site)) ?? 0
    guard let shared, copies < limits.copiesPerSite,
      try engine.forebears(of: device.site).count < Forebear.limit
    else { return nil }
    let site = try freshSite(engine)
    let insert = try engine.connection.statement(
      """
      INSERT INTO _device (site, account, name, token, state, enrolled_at, acknowledged,
        last_sequence, last_chain, parent, last_shared)
      VALUES (?, ?, ?, ?, 'active', ?, 0, ?, ?, ?, ?)
      """)
    insert.bind(1, Int64(site))
    insert.bind(2, device.account.raw)
    insert.bind(3, device.name)
    insert.bind(4, hash)
    insert.bind(5, system.wallMilliseconds())
    insert.bind(6, Int64(shared.sequence))
    insert.bind(7, shared.chain.bytes)
    insert.bind(8, Int64(device.site))
    insert.bind(9, Int64(shared.sequence))
    try insert.run()
    try engine.setSiteName(site, device.name)
    return SiteGrant(site: site, lastShared: shared.sequence)
  }

  /// 256 bits, as they are written.
  private static let shortestToken = 52
}

extension Engine {
  /// The last transaction that a copy of a replica made too, with the chain after it: where chains
  /// are the same, so is all before.
  fileprivate func lastShared(_ claim: SiteClaim, of site: UInt32) throws
    -> (sequence: UInt32, chain: Hash16)?
  {
    for (index, chain) in claim.chains.enumerated().reversed() where chain != .zero {
      let sequence = claim.firstSequence &+ UInt32(index)
      let id = TransactionID(site: try self.site(of: site, at: sequence), sequence: sequence)
      if try self.chain(after: id) == chain { return (sequence, chain) }
    }
    return claim.firstSequence <= 1 ? (0, .zero) : nil
  }

  /// The site under which a replica made the transaction with this sequence.
  func site(of site: UInt32, at sequence: UInt32) throws -> UInt32 {
    try forebears(of: site).last { sequence <= $0.lastShared }?.site ?? site
  }

  fileprivate func copy(tokenHash: [UInt8]) throws
    -> (site: UInt32, parent: UInt32?, lastShared: UInt32)?
  {
    let statement = try connection.statement(
      "SELECT site, parent, last_shared FROM _device WHERE token = ?")
    defer { statement.reset() }
    statement.bind(1, tokenHash)
    guard try statement.step() else { return nil }
    return (
      UInt32(truncatingIfNeeded: statement.int(0)),
      statement.optionalInt(1).map { UInt32(truncatingIfNeeded: $0) },
      UInt32(truncatingIfNeeded: statement.int(2))
    )
  }
}
