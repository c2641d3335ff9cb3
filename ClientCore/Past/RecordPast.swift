import Protocol
import Storage

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
  private var rows: Set<Int64>
  private let withParts: Bool
  /// Of the rows that something has happened to.
  private var entities: [Int64: Tag] = [:]
  private var shown: [Int64: Record] = [:]
  /// How each row last was, in the numbers of the database in memory; only where asked for.
  private var images: [Int64: RowImage] = [:]
  private let keepsImages: Bool
  private var operations: [Operation] = []
  private var touched: [Int64] = []
  private var visit: (PastStep) throws -> Void = { _ in }

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

  /// Goes through the transactions that touch the rows, oldest first, pending ones last.
  ///
  /// - Parameter pages: the pages to go through; nil for those that the replica keeps.
  func replay(pages: [[UInt8]]? = nil, _ body: @escaping (PastStep) throws -> Void) throws {
    visit = body
    defer { visit = { _ in } }
    if let pages {
      for page in pages { try apply(page) }
    } else {
      try replica.forEachPage { try apply($0) }
    }
    try replica.forEachPending {
      try apply($0)
      return true
    }
  }

  private func apply(_ page: [UInt8]) throws {
    var applier = PageApplier(engine: scratch.engine, own: .nobody)
    applier.witness = self
    try applier.apply(page, limits: limits)
  }

  /// A pending transaction shows on top, as the replica shows it.
  private func apply(_ pending: StoredTransaction) throws {
    let engine = scratch.engine
    var copy = pending
    copy.number = try engine.nextNumber()
    try engine.insert(copy)
    let context = ApplyContext(
      writer: copy.writer, knows: pending.knowledge, audience: nil, undo: UndoLog())
    for operation in try pending.decodedOperations() where try wants(operation) {
      if operation.kind == .keep { try copyRestored(operation.row.raw) }
      try engine.show(operation, context)
    }
    try step(TransactionHead(pending))
  }

  /// A record that is being brought back shows from what the replica keeps of it.
  private func copyRestored(_ record: Int64) throws {
    guard let rows = try replica.restoredRows(of: record) else { return }
    let copies = try rows.map { row in
      Engine.RestoredRow(
        entity: row.entity, row: row.row,
        image: try row.image.mapTransactions {
          try foreign($0, from: replica, to: scratch.engine)
        })
    }
    try scratch.engine.keepRestored(copies, of: record)
  }

  /// Calls the visitor, where the transaction touched anything.
  private func step(_ head: TransactionHead) throws {
    defer {
      operations = []
      touched = []
    }
    guard !touched.isEmpty else { return }
    var changes: [PastStep.Change] = []
    var done: Set<Int64> = []
    // What went with a record, and what came back with it, is not named by any operation of it.
    let isLife = operations.contains { [.delete, .keep].contains($0.kind) }
    for row in touched + (isLife && withParts ? entities.keys.sorted() : [])
    where done.insert(row).inserted {
      guard let entity = entities[row] else { continue }
      let before = shown[row]
      let after = try scratch.engine.record(entity, RowID(row))
      shown[row] = after
      if keepsImages, let image = try scratch.engine.image(entity, row) { images[row] = image }
      if before != after {
        changes.append(
          PastStep.Change(entity: entity, row: RowID(row), before: before, after: after))
      }
    }
    try visit(PastStep(head: head, operations: operations, changes: changes))
  }

  /// The rows that a step took away, as they were before, in the replica's numbers. To be asked while
  /// the step is visited.
  func taken(by step: PastStep) throws -> [Engine.RestoredRow] {
    try step.changes.compactMap { change in
      guard change.after == nil, let image = images[change.row.raw] else { return nil }
      return Engine.RestoredRow(
        entity: change.entity, row: change.row.raw,
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
  func echoed(_ id: TransactionID) throws -> StoredTransaction? { try replica.echoed(id) }

  func wants(_ operation: Operation) throws -> Bool {
    let row = operation.row.raw
    if !rows.contains(row) {
      guard withParts, let owner = try owner(operation), rows.contains(owner) else { return false }
      rows.insert(row)
    }
    if !operation.kind.isEffect { operations.append(operation) }
    entities[row] = operation.entity
    touched.append(row)
    return true
  }

  /// The row that an operation puts its own below: it makes the row, or brings it whole.
  private func owner(_ operation: Operation) throws -> Int64? {
    guard let entity = model.entity(tag: operation.entity),
      let parent = entity.parent.flatMap(entity.field(named:))
    else { return nil }
    switch operation.kind {
    case .create:
      return operation.tags.firstIndex(of: parent.tag).flatMap { operation.values[$0].intValue }
    case .image:
      guard case .bytes(let bytes) = operation.values[0] else { return nil }
      let cell = try RowImage(encoded: bytes).cells.first { $0.tag == parent.tag }
      return cell?.entries.first?.heads.first?.value.intValue
    default: return nil
    }
  }

  func applied(_ transaction: BatchTransaction) throws { try step(TransactionHead(transaction)) }
}

extension Engine {
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
