import Protocol
import Storage

/// What a replica says of itself, without a network.
public struct ReplicaStatus: Sendable {
  public var site: UInt32 = 0
  public var user = ""
  public var device = ""
  public var server = ""
  public var cursor = Cursor.none
  /// Counted in the outbox, never kept as a number.
  public var pending = 0
  public var conflicts = 0
  public var rejected = 0
  /// Records of kinds that only a newer program knows.
  public var newerRecords = 0
  public var lastSyncMilliseconds: Int64?
  /// The sum over all audiences of what this replica's base holds.
  public var digest: UInt64 = 0
  public var serverDigest: UInt64?
  /// The outbox is empty and the digests agreed at the last sync.
  public var isInSync = false
  /// Server minus this machine's clock, as of the last exchange.
  public var clockOffsetMilliseconds: Int64 = 0
}

extension Replica {
  public func status() throws -> ReplicaStatus {
    try database.read { engine in
      guard let identity = try Identity(engine: engine) else { throw ReplicaError.notEnrolled }
      var status = ReplicaStatus()
      status.site = identity.site
      status.user = identity.userName
      status.device = identity.deviceName
      status.server = identity.server
      status.cursor = try Self.cursor(engine)
      status.pending = try engine.pendingCount()
      status.conflicts = try engine.conflicts().count
      status.rejected = Int(try engine.connection.scalar("SELECT count(*) FROM _rejected") ?? 0)
      status.lastSyncMilliseconds = try engine.fact("lastSync").intValue
      status.newerRecords = try engine.unknownRecordCount()
      status.digest = try engine.digests().values.reduce(0, &+)
      status.serverDigest = try engine.fact("serverDigest").intValue
        .map { UInt64(bitPattern: $0) }
      status.isInSync = try status.pending == 0 && engine.fact("agreed").intValue == 1
      status.clockOffsetMilliseconds = try engine.fact("clockCorrection").intValue ?? 0
      return status
    }
  }

  /// Digests from scratch against those kept, and SQLite's own check. What pending edits cover is
  /// looked at too: they are taken off for the while, in a transaction that is undone.
  public func verify() throws -> [String] {
    struct Done: Error { let problems: [String] }
    let problems = try database.read { engine in
      try engine.pendingCount() == 0 ? try Self.problems(engine) : nil
    }
    if let problems { return problems }
    do {
      try database.write { engine in
        try engine.takeOff(try engine.pending())
        throw Done(problems: try Self.problems(engine))
      }
      return []
    } catch let done as Done {
      return done.problems
    }
  }

  private static func problems(_ engine: Engine) throws -> [String] {
    var problems: [String] = []
    let kept = try engine.digests()
    let computed = try engine.digestsFromScratch()
    for audience in Set(kept.keys).union(computed.keys).sorted(by: { $0.space < $1.space })
    where kept[audience] != computed[audience] {
      problems.append("the digest of space \(audience.space) differs from its rows")
    }
    if let problem = try engine.integrityProblem() { problems.append(problem) }
    return problems
  }

  /// The transactions that the server did not accept, oldest first.
  public func rejected() throws -> [RejectedTransaction] {
    try database.read { engine in
      let own = try OwnState.load(engine)
      let statement = try engine.connection.statement(
        "SELECT sequence, reason, detail, at, body FROM _rejected ORDER BY sequence")
      defer { statement.reset() }
      var result: [RejectedTransaction] = []
      while try statement.step() {
        let body = statement.blob(4)
        result.append(
          RejectedTransaction(
            id: own.id(UInt32(truncatingIfNeeded: statement.int(0))),
            reason: RefusalReason(rawValue: UInt8(truncatingIfNeeded: statement.int(1)))
              ?? .invalidValue,
            detail: statement.text(2), atMilliseconds: statement.int(3),
            operations: try body.decode { reader throws(DecodeError) in
              var operations: [Operation] = []
              while !reader.isAtEnd { operations.append(try reader.operation()) }
              return operations
            }))
      }
      return result
    }
  }

  /// The transactions that are not acknowledged, oldest first.
  public func outbox() throws -> [HistoryEntry] {
    try database.read { engine in
      try engine.pending().map {
        try HistoryEntry(TransactionHead($0), $0.decodedOperations(), [], engine)
      }
    }
  }
}

/// A transaction in the tray.
public struct RejectedTransaction: Sendable {
  public let id: TransactionID
  public let reason: RefusalReason
  public let detail: String
  public let atMilliseconds: Int64
  public let operations: [Operation]
}
