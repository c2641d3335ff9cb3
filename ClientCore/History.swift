import Protocol
import Storage

/// A transaction to be read by people.
public struct HistoryEntry: Sendable {
  public let head: TransactionHead
  public let user: String
  public let device: String
  public let operations: [Operation]
  /// How the records that it touched were before and after; empty where nothing is known of it.
  public internal(set) var changes: [PastStep.Change]

  public var isPending: Bool { head.position == nil }

  init(
    _ head: TransactionHead, _ operations: [Operation], _ changes: [PastStep.Change],
    _ engine: Engine
  ) throws {
    self.head = head
    user = try engine.userName(head.user)
    device = try engine.siteName(head.id.site)
    self.operations = operations
    self.changes = changes
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

  func takes(_ head: TransactionHead, _ engine: Engine) throws -> Bool {
    if let from, head.atMilliseconds < from { return false }
    if let until, head.atMilliseconds >= until { return false }
    if let user, try engine.userName(head.user).lowercased() != user.lowercased() { return false }
    guard let device else { return true }
    return try engine.siteName(head.id.site).lowercased() == device.lowercased()
  }
}

extension Replica {
  /// What happened, newest first, with what it changed: the pages as they came, and this replica's own
  /// transactions.
  ///
  /// - Parameter pages: what the server told of the query's record, in place of what is kept here.
  public func history(_ query: HistoryQuery, pages: [[UInt8]]? = nil) throws -> [HistoryEntry] {
    try database.read { engine in
      if let row = query.row { return try history(of: row, query, pages, engine) }
      var entries = try transactions(query, engine)
      let rows = Set(entries.values.flatMap { $0.operations.map(\.row.raw) })
      let past = try RecordPast(engine, rows: rows, withParts: false, limits: limits)
      try past.replay { step in entries[step.head.id]?.changes = step.changes }
      return entries.values.sorted { $1.head.precedes($0.head) }
    }
  }

  private func history(
    of row: RowID, _ query: HistoryQuery, _ pages: [[UInt8]]?, _ engine: Engine
  ) throws -> [HistoryEntry] {
    let past = try RecordPast(engine, rows: [row.raw], withParts: true, limits: limits)
    var steps: [PastStep] = []
    try past.replay(pages: pages) { step in
      if try query.takes(step.head, engine) { steps.append(step) }
    }
    return try steps.suffix(query.limit).reversed().map {
      try HistoryEntry($0.head, $0.operations, $0.changes, engine)
    }
  }

  /// The newest transactions that a query takes, without what they changed.
  private func transactions(_ query: HistoryQuery, _ engine: Engine) throws
    -> [TransactionID: HistoryEntry]
  {
    var heads: [TransactionHead] = []
    var inPages: Set<TransactionID> = []
    let own = try OwnState.load(engine)
    try engine.forEachHead(limits) { head in
      if own.isOwn(head.id) { inPages.insert(head.id) }
      guard try query.takes(head, engine) else { return }
      heads.append(head)
      if heads.count > 2 * query.limit { heads.removeFirst(heads.count - query.limit) }
    }
    // What was placed before this replica was loaded anew is in no page, and still here.
    var unpaged: [TransactionID: StoredTransaction] = [:]
    let placed = try engine.transactions(
      where: "id > ? AND position IS NOT NULL", [LocalNumber.own])
    for stored in placed where !inPages.contains(stored.id) {
      let head = TransactionHead(stored)
      guard try query.takes(head, engine) else { continue }
      unpaged[stored.id] = stored
      heads.append(head)
    }
    heads.sort { $0.precedes($1) }
    var operations: [TransactionID: [Operation]] = [:]
    heads.removeFirst(max(0, heads.count - query.limit))
    for head in heads { operations[head.id] = try unpaged[head.id]?.decodedOperations() ?? [] }
    let wanted = Set(operations.keys)
    try engine.forEachTransaction(limits, where: wanted.contains) { id, made in
      operations[id] = made.filter { !$0.kind.isEffect }
    }
    var entries: [TransactionID: HistoryEntry] = [:]
    for head in heads {
      entries[head.id] = try HistoryEntry(head, operations[head.id] ?? [], [], engine)
    }
    return entries
  }
}
