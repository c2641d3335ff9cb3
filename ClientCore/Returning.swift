import Protocol
import Storage

/// Giving a server that was put back what it has lost (promise 9).
///
/// The facts `returning`, `sharedPosition`, `returnedThrough` and `returnedOwn` say how far it has come, so that it goes
/// on after a cut or a crash. Nothing of the base changes meanwhile; once everything is given back
/// the server's log is loaded anew and takes the base's place.
extension Engine {
  func isReturning() throws -> Bool { try fact("returning").intValue == 1 }

  /// - Parameter serverSequence: the own transaction up to which the server has all.
  func beginReturning(above shared: Int64, serverSequence: UInt32) throws {
    try setFact("returning", .int(1))
    try setFact("sharedPosition", .int(shared))
    try setFact("returnedThrough", .int(shared))
    try setFact("returnedOwn", .int(0))
    try setFact("serverSequence", .int(Int64(serverSequence)))
    try connection.execute("DELETE FROM _given_back")
  }

  /// A server that answers as ever has its log back; or what it was given is lost once more.
  func endReturning() throws {
    try setWitness([])
    if try isReturning() { try setFact("returning", .int(0)) }
    if try connection.scalar("SELECT 1 FROM _given_back LIMIT 1") != nil {
      try connection.execute("DELETE FROM _given_back")
    }
  }

  /// The last cursor that came for what was given back, or the one from before a load.
  func witness() throws -> [UInt8] {
    guard case .bytes(let bytes) = try fact("witness") else { return [] }
    return bytes
  }

  func setWitness(_ cursor: [UInt8]) throws {
    if try witness() != cursor { try setFact("witness", .bytes(cursor)) }
  }

  func noteReturned(_ offer: ReturnOffer) throws {
    try setFact("returnedThrough", .int(offer.through))
    try setFact("returnedOwn", .int(Int64(offer.throughOwn)))
  }

  /// What became of an own transaction that was given back. True where the server refused what it had
  /// merged before: it goes to the tray.
  func takeReturnOutcome(_ outcome: Outcome, at milliseconds: Int64) throws -> Bool {
    let number = LocalNumber.own(outcome.sequence)
    switch outcome.verdict {
    case .merged(let position, let stamp):
      let insert = try connection.statement("INSERT OR REPLACE INTO _given_back VALUES (?, ?, ?)")
      insert.bind(1, Int64(outcome.sequence))
      insert.bind(2, position)
      insert.bind(3, Int64(bitPattern: stamp.raw))
      try insert.run()
      return false
    case .refused(let reason, let detail):
      let stored = try transactions(where: "id = ? AND state IS NOT 2", [number])
      guard let stored = stored.first else { return false }
      try reject(stored, reason, detail, at: milliseconds)
      try setFact("knownRefused", .int(Int64(outcome.sequence)))
      own = nil
      return true
    }
  }

  /// Own transactions that were given back wait for the page that holds them, as if just accepted.
  func forgetLostPositions() throws {
    guard let first = try connection.scalar("SELECT min(sequence) FROM _given_back") else { return }
    try connection.execute(
      """
      UPDATE _transaction SET position = NULL, state = 1, extra = NULL, hlc = given.hlc,
        greatest = given.position
      FROM _given_back AS given WHERE _transaction.id = \(LocalNumber.own) + given.sequence
        AND _transaction.state IS NOT 2
      """)
    try connection.execute("DELETE FROM _given_back")
    forget()
    let settled = min(first - 1, try fact("settled").intValue ?? 0)
    try setFact("settled", .int(settled))
  }

  /// Earlier cursors, newest first, spread over all that the replica holds.
  func waypoints(limit: Int) throws -> [[UInt8]] {
    let count = Int(
      try connection.scalar("SELECT count(*) FROM _page WHERE cursor IS NOT NULL") ?? 0)
    let statement = try connection.statement(
      "SELECT cursor FROM _page WHERE cursor IS NOT NULL ORDER BY first DESC")
    defer { statement.reset() }
    // The newest half one by one, the others ever further apart.
    let step = max(1, count / max(1, limit / 2))
    var result: [[UInt8]] = []
    var index = 0
    while result.count < limit, try statement.step() {
      if index < limit / 2 || index % step == 0 { result.append(statement.blob(0)) }
      index += 1
    }
    return result
  }
}

/// What one request gives back: accepted transactions above the shared position, the replica's own and
/// those it received, in the order of their old positions.
struct ReturnOffer {
  let batch: [UInt8]
  let count: Int
  /// What it writes to.
  let fields: [Tag: Set<Tag>]
  /// All up to this old position is given back, and the own ones up to this sequence.
  private(set) var through: Int64
  private(set) var throughOwn: UInt32

  /// nil where everything is given back.
  init?(_ engine: Engine, _ own: OwnState, byteLimit: Int, limits: SyncLimits) throws {
    through = try engine.fact("returnedThrough").intValue ?? 0
    throughOwn = UInt32(truncatingIfNeeded: try engine.fact("returnedOwn").intValue ?? 0)
    var sources = try ReturnSources(engine, own, after: through, afterOwn: throughOwn, limits)
    var builder = BatchBuilder()
    while let item = try sources.next() {
      let isFull =
        builder.byteCount + item.byteCount > byteLimit
        || builder.operationCount + item.operationCount > limits.operationsPerBatch
        || builder.transactionCount >= limits.transactionsPerPage
      if isFull, builder.transactionCount > 0 { break }
      try item.append(to: &builder)
      if let position = item.position { through = max(through, position) }
      if let sequence = item.ownSequence { throughOwn = sequence }
    }
    guard builder.transactionCount > 0 else { return nil }
    count = builder.transactionCount
    fields = try builder.fields()
    batch = builder.finish()
  }
}
