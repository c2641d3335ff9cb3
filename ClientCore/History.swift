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
  public private(set) var operations: [Operation]
  /// nil while it is pending.
  public let position: Int64?

  /// The same with the operations alone that `isWanted` takes; nil where none is left.
  func only(_ isWanted: (Operation) -> Bool) -> HistoryEntry? {
    var entry = self
    entry.operations = operations.filter(isWanted)
    return entry.operations.isEmpty ? nil : entry
  }

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
}

extension Replica {
  /// What happened, newest first: the pages as they came, and this replica's own transactions.
  ///
  /// - Parameters:
  ///   - row: only what touched this record, or made another that names it; of a transaction that
  ///     did more, as an import does, only that.
  ///   - limit: at most so many.
  public func history(of row: RowID? = nil, limit: Int) throws -> [HistoryEntry] {
    try database.read { engine in
      guard let identity = try Identity(engine: engine) else { throw ReplicaError.notEnrolled }
      func wanted(_ entry: HistoryEntry) -> HistoryEntry? {
        guard let row else { return entry }
        return entry.only {
          $0.row == row || $0.values.contains(.int(row.raw)) && $0.kind == .create
        }
      }
      var result = try engine.pending().reversed()
        .compactMap { wanted(try HistoryEntry($0, engine)) }
      var own = try engine.transactions(
        where: "id > ? AND position IS NOT NULL ORDER BY id", [LocalNumber.own])
      own.sort { ($0.position ?? 0) < ($1.position ?? 0) }
      var last = Int64.max
      while result.count < limit {
        guard let page = try engine.page(before: last) else { break }
        last = page.first
        result += try entries(page.body, site: identity.site, engine).reversed()
          .compactMap(wanted)
      }
      // Own transactions come back without their operations: they are here already.
      for stored in own {
        if let entry = wanted(try HistoryEntry(stored, engine)) { result.append(entry) }
      }
      result.sort { ($0.position ?? .max, $0.id.sequence) > ($1.position ?? .max, $1.id.sequence) }
      return Array(result.prefix(limit))
    }
  }

  private func entries(_ page: [UInt8], site: UInt32, _ engine: Engine) throws -> [HistoryEntry] {
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
        if transaction.id.site != site { found.append((transaction, operations)) }
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
