import Protocol
import Storage

/// A transaction as it went by: what it did to the records that are looked at.
public struct PastStep: Sendable {
  /// A row before and after a transaction, as everybody saw it at that place of the log.
  public struct Change: Sendable {
    public let entity: Tag
    public let row: RowID
    /// nil where it was not there.
    public let before: Record?
    public let after: Record?
  }

  public let id: TransactionID
  public let user: Int64
  public let atMilliseconds: Int64
  public let label: String
  /// nil while it is pending.
  public let position: Int64?
  /// The author's operations on the rows that are looked at.
  public let operations: [Operation]
  public let changes: [Change]
}

/// Some records through all the time that a replica knows of: its history applied once more, by the
/// rules by which it was applied, to an empty database in memory.
///
/// Costs a pass over the whole history that is kept; memory goes with the records that are looked at.
final class RecordPast {
  private let replica: Engine
  private let scratch: ScratchEngine
  private let model: Model
  private let limits: SyncLimits
  /// Rows that are looked at; those that hang below join when they are made.
  private(set) var rows: Set<Int64>
  private let withParts: Bool
  private var shown: [Int64: Record] = [:]
  /// How each row last was, in the numbers of the database in memory; only where asked for.
  private var images: [Int64: (entity: Tag, image: RowImage)] = [:]
  private let keepsImages: Bool
  private var operations: [Operation] = []
  private var touched: [(entity: Tag, row: Int64)] = []
  private var visit: (PastStep, RecordPast) throws -> Bool = { _, _ in true }

  /// - Parameters:
  ///   - withParts: looks at what hangs below the rows, too.
  ///   - keepsImages: so that what was deleted can be shown again.
  init(
    _ replica: Engine, rows: Set<Int64>, withParts: Bool, keepsImages: Bool = false,
    limits: SyncLimits
  ) throws {
    self.replica = replica
    self.rows = rows
    self.withParts = withParts
    self.keepsImages = keepsImages
    self.limits = limits
    model = replica.model
    scratch = try ScratchEngine(model: model)
  }

  /// Goes through the transactions that touch the rows, oldest first, pending ones last, until `body`
  /// returns false.
  ///
  /// - Parameter pages: the pages to go through; nil for those that the replica keeps.
  func replay(
    pages: [[UInt8]]? = nil, withPending: Bool = true,
    _ body: @escaping (PastStep, RecordPast) throws -> Bool
  ) throws {
    visit = body
    defer { visit = { _, _ in true } }
    do {
      if let pages {
        for page in pages { try apply(page) }
      } else {
        try forEachPage { try apply($0) }
      }
      if withPending { try replica.forEachPending(apply) }
    } catch is Enough {
      return
    }
  }

  private struct Enough: Error {}

  private func forEachPage(_ body: ([UInt8]) throws -> Void) throws {
    var last: Int64 = 0
    while let page = try replica.page(after: last) {
      last = page.first
      try body(page.body)
    }
  }

  private func apply(_ page: [UInt8]) throws {
    var applier = PageApplier(engine: scratch.engine, own: .nobody)
    applier.witness = self
    try applier.apply(page, limits: limits)
  }

  /// A pending transaction shows on top, as the replica shows it.
  private func apply(_ pending: StoredTransaction) throws -> Bool {
    let engine = scratch.engine
    var copy = pending
    copy.number = try engine.nextNumber()
    try engine.insert(copy)
    let context = ApplyContext(
      writer: copy.writer, knows: pending.knowledge, audience: nil, undo: UndoLog())
    for operation in try pending.decodedOperations() where wants(operation) {
      switch operation.kind {
      case .delete:
        for (entity, row) in try engine.recordRows(operation.entity, operation.row.raw).reversed() {
          try engine.removeRow(entity, row, context)
        }
      case .keep:
        if try !engine.rowExists(operation.entity, operation.row.raw) {
          for row in try replica.restoredRows(of: operation.row.raw) ?? [] {
            try engine.putImage(
              try row.image.mapTransactions { try foreign($0, from: replica, to: engine) },
              row.entity, row.row, context)
          }
        } else {
          _ = try engine.apply(operation, context)
        }
      default:
        _ = try engine.apply(operation, operation.editedState.map(context.looking) ?? context)
      }
    }
    return try step(
      id: pending.id, user: pending.header.user, stamp: pending.stamp, label: pending.header.label,
      position: nil)
  }

  /// Calls the visitor, where the transaction touched anything. False at the end.
  private func step(
    id: TransactionID, user: Int64, stamp: HLC, label: String, position: Int64?
  ) throws -> Bool {
    defer {
      operations = []
      touched = []
    }
    guard !touched.isEmpty else { return true }
    var changes: [PastStep.Change] = []
    var done: Set<Int64> = []
    // What went with a record, and what came back with it, is not named by any operation of it.
    for (entity, row) in try touched + follow() where done.insert(row).inserted {
      let before = shown[row]
      let after = try scratch.engine.record(entity, RowID(row))
      shown[row] = after
      if keepsImages, let image = try scratch.engine.image(entity, row) {
        images[row] = (entity, image)
      }
      if before != after {
        changes.append(
          PastStep.Change(entity: entity, row: RowID(row), before: before, after: after))
      }
    }
    return try visit(
      PastStep(
        id: id, user: user, atMilliseconds: stamp.milliseconds, label: label, position: position,
        operations: operations, changes: changes), self)
  }

  /// The rows that are looked at and live or die with those that were touched.
  private func follow() throws -> [(entity: Tag, row: Int64)] {
    let lives = operations.contains { [.delete, .keep].contains($0.kind) }
    guard lives, withParts else { return [] }
    var result: [(entity: Tag, row: Int64)] = []
    for entity in model.entities where entity.parent != nil {
      for row in rows
      where try shown[row]?.entity == entity.tag
        || shown[row] == nil && scratch.engine.rowExists(entity.tag, row)
      {
        result.append((entity.tag, row))
      }
    }
    return result
  }

  /// The rows that a step took away, as they were before, in the replica's numbers. To be asked while
  /// the step is visited.
  func taken(by step: PastStep) throws -> [Engine.RestoredRow] {
    try step.changes.compactMap { change in
      guard change.after == nil, let (entity, image) = images[change.row.raw] else { return nil }
      return Engine.RestoredRow(
        entity: entity, row: change.row.raw,
        image: try image.mapTransactions {
          try foreign($0, from: scratch.engine, to: replica)
        })
    }
  }

  /// The number that another engine has for a transaction.
  private func foreign(_ number: Int64, from source: Engine, to target: Engine) throws -> Int64 {
    let writer = try source.writer(number)
    if target === replica {
      if let own = try replica.ownNumber(of: writer.id) { return own }
    } else if let known = try target.pendingNumber(of: writer.id) {
      return known
    }
    return try target.intern(writer.reference)
  }
}

extension RecordPast: PageWitness {
  func echoed(_ id: TransactionID) throws -> StoredTransaction? {
    try replica.transactions(where: "id = ?", [LocalNumber.own(id.sequence)]).first
  }

  func wants(_ operation: Operation) -> Bool {
    let row = operation.row.raw
    if !rows.contains(row) {
      guard withParts, operation.kind == .create || operation.kind == .image,
        hangsBelow(operation)
      else { return false }
      rows.insert(row)
    }
    if !operation.kind.isEffect { operations.append(operation) }
    touched.append((operation.entity, row))
    return true
  }

  private func hangsBelow(_ operation: Operation) -> Bool {
    guard operation.kind == .create, let entity = model.entity(tag: operation.entity),
      let parent = entity.parent.flatMap(entity.field(named:)),
      let slot = operation.tags.firstIndex(of: parent.tag),
      let owner = operation.values[slot].intValue
    else { return false }
    return rows.contains(owner)
  }

  func applied(_ transaction: BatchTransaction) throws {
    let goesOn = try step(
      id: transaction.id, user: transaction.user, stamp: transaction.stamp,
      label: transaction.label, position: transaction.position)
    if !goesOn { throw Enough() }
  }
}

extension Engine {
  fileprivate func page(after position: Int64) throws -> (first: Int64, body: [UInt8])? {
    let statement = try connection.statement(
      "SELECT first, body FROM _page WHERE first > ? ORDER BY first LIMIT 1")
    defer { statement.reset() }
    statement.bind(1, position)
    guard try statement.step() else { return nil }
    return (statement.int(0), statement.blob(1))
  }

  fileprivate func pendingNumber(of id: TransactionID) throws -> Int64? {
    try connection.scalar(
      "SELECT id FROM _transaction WHERE site = ? AND sequence = ? AND position IS NULL",
      Int64(id.site), Int64(id.sequence))
  }

  /// The number of one of this replica's own transactions; nil for another's.
  fileprivate func ownNumber(of id: TransactionID) throws -> Int64? {
    guard try OwnState.load(self).isOwn(id) else { return nil }
    let number = LocalNumber.own(id.sequence)
    return try connection.scalar("SELECT id FROM _transaction WHERE id = ?", number)
  }
}

extension RecordPast {
  /// Which of some transactions are known here, and what rows they touch.
  static func touched(
    by ids: Set<TransactionID>, _ engine: Engine, _ limits: SyncLimits
  ) throws -> (ids: Set<TransactionID>, rows: Set<Int64>) {
    var known: Set<TransactionID> = []
    var rows: Set<Int64> = []
    try forEachTransaction(engine, limits) { id, _, operations in
      guard ids.contains(id) else { return }
      known.insert(id)
      for operation in try operations() { rows.insert(operation.row.raw) }
    }
    return (known, rows)
  }

  /// The records that somebody has deleted, whether they came back or not.
  static func deleted(_ engine: Engine, _ limits: SyncLimits) throws -> Set<Int64> {
    var rows: Set<Int64> = []
    try forEachTransaction(engine, limits) { _, _, operations in
      for operation in try operations() where operation.kind == .delete {
        rows.insert(operation.row.raw)
      }
    }
    return rows
  }

  /// Calls `body` with every transaction that this replica keeps, oldest first, and what reads its
  /// operations.
  static func forEachTransaction(
    _ engine: Engine, _ limits: SyncLimits,
    _ body: (TransactionID, String, () throws -> [Operation]) throws -> Void
  ) throws {
    var last: Int64 = 0
    while let page = try engine.page(after: last) {
      last = page.first
      try page.body.withUnsafeBytes { buffer in
        var bytes = ByteReader(buffer)
        var batch = try BatchReader(&bytes, limits: limits)
        for transaction in batch.transactions {
          var operations: [Operation] = []
          if transaction.mode == .echo {
            let own = try engine.transactions(
              where: "id = ?", [LocalNumber.own(transaction.id.sequence)])
            operations = try own.first?.decodedOperations() ?? []
          } else {
            for _ in 0..<transaction.operationCount {
              operations.append(try batch.operation(try batch.nextOperation()))
            }
          }
          try body(transaction.id, transaction.label) { operations }
        }
      }
    }
    try engine.forEachPending { pending in
      try body(pending.id, pending.header.label) { try pending.decodedOperations() }
      return true
    }
  }
}
