import Protocol
import Storage

/// A transaction to be read by people.
public struct HistoryEntry: Sendable {
  public let id: TransactionID
  public let user: String
  public let device: String
  public let atMilliseconds: Int64
  public let label: String
  public let isPending: Bool
  public let operations: [Operation]
  /// nil while it is pending.
  public let position: Int64?
  /// How the records that it touched were before and after; empty where nothing is known of it.
  public internal(set) var changes: [PastStep.Change] = []

  init(_ stored: StoredTransaction, _ engine: Engine) throws {
    id = stored.id
    user = try engine.userName(stored.header.user)
    device = try engine.siteName(stored.id.site)
    atMilliseconds = stored.stamp.milliseconds
    label = stored.header.label
    isPending = stored.position == nil
    operations = try stored.decodedOperations()
    position = stored.position
  }

  init(
    _ transaction: BatchTransaction, operations: [Operation], _ engine: Engine
  ) throws {
    id = transaction.id
    user = try engine.userName(transaction.user)
    device = try engine.siteName(transaction.id.site)
    atMilliseconds = transaction.stamp.milliseconds
    label = transaction.label
    isPending = false
    self.operations = operations
    position = transaction.position
  }

  init(_ step: PastStep, _ engine: Engine) throws {
    id = step.id
    user = try engine.userName(step.user)
    device = try engine.siteName(step.id.site)
    atMilliseconds = step.atMilliseconds
    label = step.label
    isPending = step.position == nil
    operations = step.operations
    position = step.position
    changes = step.changes
  }

  /// A row as this transaction left it, else as it was before.
  public func record(_ row: RowID) -> Record? {
    changes.first { $0.row == row }.flatMap { $0.after ?? $0.before }
  }

  /// The field of a row before this transaction, and after it.
  public func values(_ row: RowID, _ tag: Tag) -> (before: FieldValue?, after: FieldValue?)? {
    changes.first { $0.row == row }.map { ($0.before?.fields[tag], $0.after?.fields[tag]) }
  }
}

/// Which part of the history is asked for. What is nil does not matter.
public struct HistoryQuery: Sendable {
  /// A record with its parts.
  public var row: RowID?
  /// By name, in capitals or not.
  public var user: String?
  public var device: String?
  /// The author's time, ms: from this on, and before that.
  public var from: Int64?
  public var until: Int64?
  public var limit: Int

  public init(row: RowID? = nil, limit: Int) {
    self.row = row
    self.limit = limit
  }

  func takes(_ entry: HistoryEntry) -> Bool {
    if let user, entry.user.lowercased() != user.lowercased() { return false }
    if let device, entry.device.lowercased() != device.lowercased() { return false }
    if let from, entry.atMilliseconds < from { return false }
    if let until, entry.atMilliseconds >= until { return false }
    return true
  }
}

extension Replica {
  /// What happened, newest first, with what it changed: the pages as they came, and this replica's own
  /// transactions.
  ///
  /// - Parameter pages: what the server told of the query's record, in place of what is kept here.
  public func history(_ query: HistoryQuery, pages: [[UInt8]]? = nil) throws -> [HistoryEntry] {
    try database.read { engine in
      guard let row = query.row else { return try history(of: query, engine) }
      let past = try RecordPast(engine, rows: [row.raw], withParts: true, limits: limits)
      var entries: [HistoryEntry] = []
      try past.replay(pages: pages) { step, _ in
        let entry = try HistoryEntry(step, engine)
        if query.takes(entry) { entries.append(entry) }
        return true
      }
      return entries.reversed().prefix(query.limit).map(\.self)
    }
  }

  /// The history of all records.
  private func history(of query: HistoryQuery, _ engine: Engine) throws -> [HistoryEntry] {
    let mine = try OwnState.load(engine)
    var result = try engine.pending().reversed().map { try HistoryEntry($0, engine) }
      .filter(query.takes)
    var own = try engine.transactions(
      where: "id > ? AND position IS NOT NULL ORDER BY id", [LocalNumber.own])
    own.sort { ($0.position ?? 0) < ($1.position ?? 0) }
    var last = Int64.max
    while result.count < query.limit {
      guard let page = try engine.page(before: last) else { break }
      last = page.first
      result += try entries(page.body, mine, engine).reversed().filter(query.takes)
    }
    // Own transactions come back without their operations: they are here already.
    for stored in own {
      let entry = try HistoryEntry(stored, engine)
      if query.takes(entry) { result.append(entry) }
    }
    result.sort { ($0.position ?? .max, $0.id.sequence) > ($1.position ?? .max, $1.id.sequence) }
    result = Array(result.prefix(query.limit))
    try addChanges(to: &result, engine)
    return result
  }

  private func addChanges(to entries: inout [HistoryEntry], _ engine: Engine) throws {
    let rows = Set(entries.flatMap { $0.operations.map(\.row.raw) })
    if rows.isEmpty { return }
    let past = try RecordPast(engine, rows: rows, withParts: false, limits: limits)
    let wanted = Set(entries.map(\.id))
    var changes: [TransactionID: [PastStep.Change]] = [:]
    try past.replay { step, _ in
      if wanted.contains(step.id) { changes[step.id] = step.changes }
      return true
    }
    for index in entries.indices { entries[index].changes = changes[entries[index].id] ?? [] }
  }

  private func entries(_ page: [UInt8], _ own: OwnState, _ engine: Engine) throws
    -> [HistoryEntry]
  {
    let limits = limits
    var found: [(BatchTransaction, [Operation])] = []
    try page.decode { reader throws(DecodeError) in
      var batch = try BatchReader(&reader, limits: limits)
      for transaction in batch.transactions {
        if transaction.mode == .echo { continue }
        var operations: [Operation] = []
        for _ in 0..<transaction.operationCount {
          let operation = try batch.operation(try batch.nextOperation())
          if !operation.kind.isEffect { operations.append(operation) }
        }
        if !own.isOwn(transaction.id) { found.append((transaction, operations)) }
      }
      try batch.finish()
    }
    return try found.map { try HistoryEntry($0.0, operations: $0.1, engine) }
  }
}

extension Engine {
  fileprivate func page(before position: Int64) throws -> (first: Int64, body: [UInt8])? {
    let statement = try connection.statement(
      "SELECT first, body FROM _page WHERE first < ? ORDER BY first DESC LIMIT 1")
    defer { statement.reset() }
    statement.bind(1, position)
    guard try statement.step() else { return nil }
    return (statement.int(0), statement.blob(1))
  }
}
