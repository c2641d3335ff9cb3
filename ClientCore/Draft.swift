import Protocol
import Storage

/// The operations of one user action while they are made: each shows in the replica at once, and all
/// are undone when the action fails.
public struct Draft {
  private let engine: Engine
  private let model: Model
  private let context: ApplyContext
  private let seen: Cursor
  /// The state that the replica is in: what is edited is its text.
  private let cursor: Cursor
  private var knows: Knowledge { context.knows }
  private(set) var body: OperationBody
  private(set) var lastRow: UInt32
  /// The author's time, ms.
  public let createdAt: Int64
  let undo: UndoLog
  private var views: [ValueView] = []

  init(
    engine: Engine, model: Model, writer: Writer, seen: Cursor, cursor: Cursor, key: Hash16,
    lastRow: UInt32, createdAt: Int64
  ) {
    self.engine = engine
    self.model = model
    self.lastRow = lastRow
    self.createdAt = createdAt
    undo = UndoLog()
    body = OperationBody(key: key)
    self.seen = seen
    self.cursor = cursor
    let knows = Knowledge(
      site: writer.id.site, sequence: writer.id.sequence, seen: seen.position)
    context = ApplyContext(writer: writer, knows: knows, audience: nil, undo: undo)
  }

  /// The author's staff record.
  public var user: RowID { RowID(context.writer.user) }

  /// The replica's own.
  public var site: UInt32 { context.writer.id.site }

  /// An id for a new row; never given again.
  public mutating func newRow() -> RowID {
    lastRow += 1
    return RowID(site: context.writer.id.site, counter: lastRow)
  }

  /// Makes a row. Returns its id: the one that its content gives, where the model says so, else one of
  /// this site's own.
  @discardableResult
  public mutating func create(_ entity: Tag, _ writes: [(Tag, Value)], row: RowID? = nil) throws
    -> RowID
  {
    let id = row ?? derivedID(entity, writes) ?? newRow()
    try apply(.create(entity, id, writes))
    return id
  }

  /// Most entities have no identity, and then no list is made to find that out.
  private func derivedID(_ entity: Tag, _ writes: [(Tag, Value)]) -> RowID? {
    guard let index = model.entityIndex(tag: entity), !model.entities[index].identity.isEmpty
    else { return nil }
    return model.entities[index].derivedID(tags: writes.map(\.0), values: writes.map(\.1))
  }

  /// Adds an operation, shows its effect.
  public mutating func apply(_ operation: Operation) throws {
    if operation.kind == .delete {
      try delete(operation)
      return
    }
    if operation.kind == .create, try insert(operation) { return }
    if operation.kind == .edit {
      try edit(operation)
      return
    }
    let operation = try engine.spelledAsShown(operation)
    if try engine.apply(operation, context) == .missing, try !mayBeGone(operation) {
      throw ReplicaError.unknownRecord(operation.row)
    }
    body.append(operation)
  }

  /// Edits a text as the replica shows it now, whatever an open form still shows.
  private mutating func edit(_ operation: Operation) throws {
    guard case .bytes(let bytes) = operation.values[1] else {
      throw EngineError.wrongKind(operation.entity, operation.tags[0])
    }
    let edited = Operation.edit(
      operation.entity, operation.row, operation.tags[0], try TextChange(encoded: bytes),
      of: cursor == seen ? nil : cursor)
    if try engine.apply(edited, context.looking(at: cursor)) == .missing {
      throw ReplicaError.unknownRecord(operation.row)
    }
    body.append(edited)
  }

  /// Makes a row from the bytes that the transaction keeps of it. False where it is there already.
  private mutating func insert(_ operation: Operation) throws -> Bool {
    let shape = Shape(kind: .create, entity: operation.entity, tags: operation.tags)
    return try body.append(operation, views: &views) { [engine, context] values in
      try engine.insertPlain(shape, row: operation.row, context, values)
    }
  }

  /// Whether the author was still looking at a row that has been deleted meanwhile, or wants it back:
  /// the write is kept, hidden, and the server brings the record back with it.
  private func mayBeGone(_ operation: Operation) throws -> Bool {
    guard let deletion = try engine.deletion(of: operation.row.raw) else { return false }
    return operation.kind == .keep || !knows.covers(deletion)
  }

  private mutating func delete(_ operation: Operation) throws {
    for (entity, row) in try engine.recordRows(operation.entity, operation.row.raw).reversed() {
      guard try engine.removeRow(entity, row, context) || row != operation.row.raw else {
        throw ReplicaError.unknownRecord(operation.row)
      }
    }
    body.append(operation)
  }

  /// Brings a deleted record back.
  ///
  /// - Parameter rows: how it was, with the rows that went with it, so that it shows at once; where
  ///   there are none, it shows after the next sync.
  mutating func bringBack(_ entity: Tag, _ row: RowID, _ rows: [Engine.RestoredRow]) throws {
    if !rows.isEmpty { try engine.keepRestored(rows, of: row.raw) }
    try apply(.keep(entity, row))
  }

  /// The operations so far.
  var operations: [Operation] {
    get throws {
      try body.bytes.decode { reader throws(DecodeError) in
        var result: [Operation] = []
        while !reader.isAtEnd { result.append(try reader.operation()) }
        return result
      }
    }
  }

  public func read<Result>(_ body: (Engine) throws -> Result) rethrows -> Result {
    try body(engine)
  }
}

extension ApplyContext {
  /// The same for an edit of a text, which was made in another state than its transaction says.
  func looking(at state: Cursor) -> ApplyContext {
    ApplyContext(
      writer: writer,
      knows: Knowledge(site: knows.site, sequence: knows.sequence, seen: state.position),
      audience: audience, undo: undo)
  }
}
