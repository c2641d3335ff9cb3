import Protocol
import Storage

/// What devices brought back to a server that was put back, and what nobody has.
extension SQLiteServerStore {
  public func returned() throws -> [ReturnedTransaction] {
    try database.read { engine in
      let statement = try engine.connection.statement(
        "SELECT txn, site, at FROM _returned ORDER BY txn")
      defer { statement.reset() }
      var result: [ReturnedTransaction] = []
      while try statement.step() {
        let number = statement.int(0)
        guard let stored = try engine.transactions(where: "id = ?", [number]).first else {
          continue
        }
        result.append(
          ReturnedTransaction(
            id: stored.id, position: number, userName: try engine.userName(stored.header.user),
            deviceName: try engine.siteName(stored.id.site),
            returnedBy: try engine.siteName(UInt32(truncatingIfNeeded: statement.int(1))),
            atMilliseconds: statement.int(2),
            oldPlaces: try engine.places(of: number).map(\.cursor),
            missing: try engine.missingOperations(of: stored.id)))
      }
      return result
    }
  }

  public func holes() throws -> [SequenceHole] { try database.read { try $0.holes() } }
}

/// A transaction that another device than its author's brought back.
public struct ReturnedTransaction: Sendable {
  public let id: TransactionID
  public let position: Int64
  public let userName: String
  public let deviceName: String
  public let returnedBy: String
  public let atMilliseconds: Int64
  /// Where it stood in lives of the log that were lost.
  public let oldPlaces: [Cursor]
  /// How many of its operations nobody has brought yet.
  public let missing: Int
}

/// Transactions that a site made and this server does not have; whoever has them may still bring
/// them.
public struct SequenceHole: Sendable, Equatable {
  public let site: UInt32
  public let deviceName: String
  public let first: UInt32
  public let last: UInt32
}

extension Engine {
  func noteReturned(_ number: Int64, by site: UInt32, at milliseconds: Int64) throws(StorageError) {
    let insert = try connection.statement("INSERT OR IGNORE INTO _returned VALUES (?, ?, ?)")
    insert.bind(1, number)
    insert.bind(2, Int64(site))
    insert.bind(3, milliseconds)
    try insert.run()
  }

  /// How many operations of a transaction are in none of its pieces.
  func missingOperations(of id: TransactionID) throws -> Int {
    var held = 0
    var total = 0
    for piece in try pieces(of: id) {
      held += piece.operationCount
      total = piece.operationCount + (try MissingOperation.decoded(piece.hidden)).count
    }
    return total - held
  }

  /// The device that brought a transaction which is in quarantine, where its author did not.
  func returner(ofQuarantined id: TransactionID) throws -> UInt32? {
    try connection.scalar(
      "SELECT returned_by FROM _quarantine WHERE site = ? AND sequence = ?", Int64(id.site),
      Int64(id.sequence)
    ).map { UInt32(truncatingIfNeeded: $0) }
  }

  func isQuarantined(_ id: TransactionID) throws -> Bool {
    try connection.scalar(
      "SELECT 1 FROM _quarantine WHERE site = ? AND sequence = ?", Int64(id.site),
      Int64(id.sequence)) != nil
  }

  func forgetQuarantined(_ id: TransactionID) throws {
    for table in ["_quarantine", "_quarantined_row"] {
      let delete = try connection.statement(
        "DELETE FROM \(table) WHERE site = ? AND sequence = ?")
      delete.bind(1, Int64(id.site))
      delete.bind(2, Int64(id.sequence))
      try delete.run()
    }
  }

  /// The last transaction of a device that is here, accepted or refused, whoever brought it.
  func lastKnownSequence(of device: DeviceRecord) throws -> UInt32 {
    let accepted = try connection.scalar(
      """
      SELECT max(sequence) FROM _transaction
      WHERE site = ? AND position IS NOT NULL AND rest IS NULL
      """, Int64(device.site))
    return max(device.lastSequence, UInt32(truncatingIfNeeded: accepted ?? 0))
  }

  /// The chain after a transaction; nil where it is not here, or was brought in part.
  func chain(after id: TransactionID) throws -> Hash16? {
    let chain = try chain(of: id)
    return chain == .zero ? nil : chain
  }

  /// The chain that a transaction goes on from; nil after a gap. A site that goes on from another
  /// counts on from there.
  func chain(before id: TransactionID) throws -> Hash16? {
    if id.sequence <= 1 { return .zero }
    let previous = TransactionID(site: id.site, sequence: id.sequence - 1)
    if let chain = try chain(after: previous) { return chain }
    guard let parent = try forebears(of: id.site).first, parent.lastShared == previous.sequence
    else { return nil }
    return try chain(after: TransactionID(site: parent.site, sequence: previous.sequence))
  }

  /// The last transaction of a replica before this one after which the chain is known.
  func lastChained(before id: TransactionID) throws -> UInt32 {
    let forebear = try forebears(of: id.site).first
    let known = try connection.scalar(
      """
      SELECT max(sequence) FROM (
        SELECT sequence FROM _transaction WHERE site = ?1 AND sequence < ?2
          AND position IS NOT NULL AND rest IS NULL AND chain <> zeroblob(16)
        UNION ALL SELECT sequence FROM _quarantine WHERE site = ?1 AND sequence < ?2
          AND chain <> zeroblob(16))
      """, Int64(id.site), Int64(id.sequence))
    return max(UInt32(truncatingIfNeeded: known ?? 0), forebear?.lastShared ?? 0)
  }

  /// The gaps in the sequences of all sites.
  func holes() throws -> [SequenceHole] {
    let statement = try connection.statement(
      """
      SELECT site, before, sequence FROM (
        SELECT site, sequence, lag(sequence, 1, 0) OVER (PARTITION BY site ORDER BY sequence) AS before
        FROM (SELECT site, sequence FROM _transaction WHERE position IS NOT NULL AND rest IS NULL
          UNION SELECT site, sequence FROM _quarantine
          UNION SELECT site, last_shared FROM _device WHERE parent IS NOT NULL))
      WHERE before + 1 < sequence
        AND NOT EXISTS (SELECT 1 FROM _device AS d
          WHERE d.site = site AND d.parent IS NOT NULL AND sequence <= d.last_shared)
      ORDER BY site, sequence LIMIT 1000
      """)
    defer { statement.reset() }
    var result: [SequenceHole] = []
    while try statement.step() {
      let site = UInt32(truncatingIfNeeded: statement.int(0))
      result.append(
        SequenceHole(
          site: site, deviceName: try siteName(site),
          first: UInt32(truncatingIfNeeded: statement.int(1)) + 1,
          last: UInt32(truncatingIfNeeded: statement.int(2)) - 1))
    }
    return result
  }
}
