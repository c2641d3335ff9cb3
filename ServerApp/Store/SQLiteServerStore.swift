import Protocol
import Storage

/// The server's store in one SQLite file: one writer, many readers.
public final class SQLiteServerStore: ServerStore {
  public let database: Database
  public let model: Model
  let system: any SystemSource
  let limits: SyncLimits

  public init(
    path: String, model: Model, system: any SystemSource = RealSystem(),
    limits: SyncLimits = .standard, create: Bool
  ) throws {
    database = try Database(path: path, role: .server, model: model, create: create)
    self.model = model
    self.system = system
    self.limits = limits
    if create {
      CrashPoint.reach(.serverBegun)
      try prepare()
    } else {
      try adoptModel()
    }
  }

  /// Once for each version of the model: fields that newer programs had declared get their place.
  private func adoptModel() throws {
    let version = Value.int(Int64(model.version))
    if try database.read({ try $0.fact("adoptedModel") }) == version { return }
    try database.write { engine in
      try engine.adoptUnknown()
      try engine.setFact("adoptedModel", version)
    }
  }

  /// Gives a new database its secret, its site and its first epoch.
  private func prepare() throws {
    try database.write { engine in
      guard try engine.fact("sealKey").isNull else { return }
      try engine.setFact("sealKey", .bytes(system.randomBytes(32)))
      try engine.setFact("adoptedModel", .int(Int64(model.version)))
      _ = try engine.number(of: .city)
      try openEpoch(engine)
    }
  }

  public func openEpoch() throws { try database.write { try openEpoch($0) } }

  /// A new epoch from the next position on, with a site of the server's own.
  func openEpoch(_ engine: Engine) throws {
    let head = try engine.head()
    let site = try freshSite(engine)
    let insert = try engine.connection.statement(
      "INSERT INTO _epoch (id, parent, first, opened_at) VALUES (?, ?, ?, ?)")
    insert.bind(1, Int64(bitPattern: system.randomUInt64() | 1))
    insert.bind(
      2, try engine.connection.scalar("SELECT id FROM _epoch ORDER BY number DESC LIMIT 1") ?? 0)
    insert.bind(3, head + 1)
    insert.bind(4, system.wallMilliseconds())
    try insert.run()
    CrashPoint.reach(.epochOpened)
    try engine.setFact("site", .int(Int64(site)))
    try engine.setFact("siteSequence", .int(0))
    try engine.setFact("siteRow", .int(0))
    try engine.setFact("siteChain", .bytes(Hash16.zero.bytes))
    try engine.setSiteName(site, "server")
    engine.own = nil
  }

  /// A site that nobody has: 31 random bits.
  func freshSite(_ engine: Engine) throws -> UInt32 {
    while true {
      let site = UInt32(truncatingIfNeeded: system.randomUInt64()) & 0x7FFF_FFFF
      let isTaken =
        try engine.connection.scalar(
          "SELECT 1 FROM _site WHERE site = ?", Int64(site)) != nil
      if site > 0, !isTaken { return site }
    }
  }

  public func verify() throws -> VerifyReport {
    try database.read { engine in
      var problems: [String] = []
      let kept = try engine.digests()
      let computed = try engine.digestsFromScratch()
      for audience in Set(kept.keys).union(computed.keys).sorted(by: { $0.space < $1.space })
      where kept[audience] != computed[audience] {
        problems.append("digest of space \(RowID(audience.space).text) differs from its rows")
      }
      let head = try engine.head()
      let count = try engine.connection.scalar("SELECT count(*) FROM _transaction") ?? 0
      if count != head { problems.append("\(head - count) positions of the log are missing") }
      if let text = try engine.integrityProblem() { problems.append(text) }
      return VerifyReport(
        head: head, digest: computed.values.reduce(0, &+), problems: problems,
        holes: try engine.holes(),
        returned: Int(try engine.connection.scalar("SELECT count(*) FROM _returned") ?? 0),
        safePosition: try engine.fact("safePosition").intValue ?? 0)
    }
  }

  public func backup(to path: String) throws {
    try database.backup(to: path)
    let copy = try Database(path: path, role: .server, model: model, create: false)
    defer { try? copy.close() }  // A copy that was read whole is good, whatever closing says.
    let (problem, head, history) = try copy.read {
      (try $0.integrityProblem(), try $0.head(), try $0.history(at: $0.head()))
    }
    if let problem { throw StorageError.corrupt(problem) }
    try database.write { engine in
      // Another process may have put an older state in place meanwhile.
      guard head > 0, try engine.history(at: head) == history else { return }
      let present = try engine.fact("safePosition").intValue ?? 0
      try engine.setFact("safePosition", .int(max(present, head)))
    }
  }

  public func quarantine() throws -> [QuarantinedTransaction] {
    try database.read { engine in
      let statement = try engine.connection.statement(
        """
        SELECT site, sequence, hlc, user, reason, detail, at, body FROM _quarantine
        ORDER BY at, site, sequence
        """)
      var result: [QuarantinedTransaction] = []
      defer { statement.reset() }
      while try statement.step() {
        let body = statement.blob(7)
        let operations = try body.decode { reader throws(DecodeError) in
          var operations: [Operation] = []
          while !reader.isAtEnd { operations.append(try reader.operation()) }
          return operations
        }
        let site = UInt32(truncatingIfNeeded: statement.int(0))
        result.append(
          QuarantinedTransaction(
            id: TransactionID(
              site: site, sequence: UInt32(truncatingIfNeeded: statement.int(1))),
            userName: try engine.userName(statement.int(3)),
            deviceName: try engine.siteName(site),
            reason: RefusalReason(rawValue: UInt8(truncatingIfNeeded: statement.int(4)))
              ?? .invalidValue,
            detail: statement.text(5), atMilliseconds: statement.int(6),
            stamp: HLC(raw: UInt64(bitPattern: statement.int(2))), operations: operations))
      }
      return result
    }
  }
}

extension Engine {
  /// The last position given out.
  func head() throws(StorageError) -> Int64 {
    try connection.scalar("SELECT max(id) FROM _transaction") ?? 0
  }

  /// How people call a space.
  func spaceName(_ space: Int64) throws -> String {
    if space == 0 { return "gent" }
    for entity in model.entities {
      guard case .tree(_, let code) = entity.space, let field = entity.field(named: code) else {
        continue
      }
      if let text = try value(entity, space, field).textValue { return text }
    }
    return RowID(space).text
  }
}
