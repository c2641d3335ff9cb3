import Protocol
import Storage

/// Whether a write that comes late is history: one that stands in the log already had seen it (C26).
///
/// Only transactions that are returned to a server which was put back can come so late. Heads alone
/// do not tell: who had seen the write may be overwritten, removed or deleted since. So the whole
/// history of the row is asked; that costs what was ever written to it, and only here.
struct LateJudge {
  let engine: Engine
  let id: TransactionID
  /// Where the transaction stood in lost lives.
  private let places: [Int64: Int64]

  init(engine: Engine, id: TransactionID, places: [(life: Int64, cursor: Cursor)]) {
    self.engine = engine
    self.id = id
    self.places = Dictionary(
      places.map { ($0.life, $0.cursor.position) }, uniquingKeysWith: { min($0, $1) })
  }

  /// Whether the author of an accepted transaction had seen this one.
  func wasSeen(by number: Int64) throws -> Bool {
    let other = try engine.writer(number)
    if other.id == id { return false }
    if other.id.site == id.site { return other.id.sequence > id.sequence }
    let seen = try engine.judgedSeen(number)
    if let life = seen.life, let place = places[life], place <= seen.limit { return true }
    return try engine.forebears(of: other.id.site).contains { $0.includes(id) }
  }

  /// The tags of the operation whose values are history; all of them for an element or a key.
  func history(_ operation: Operation, _ entity: Entity) throws -> Set<Tag> {
    let judged = operation.tags.filter { tag in
      guard let field = entity.field(tag: tag) else { return false }
      return keepsHeads(operation.kind, field.kind)
    }
    guard !judged.isEmpty else { return [] }
    var result: Set<Tag> = []
    try forEachWitness(of: operation.row.raw) { witness in
      for tag in judged where Self.isSameCell(operation, witness, tag) { result.insert(tag) }
    }
    return result
  }

  /// Whether somebody who had seen this deletion has settled or repeated it, or made the row anew.
  func isDeletionHistory(_ row: Int64) throws -> Bool {
    for head in try engine.lifeHeads(row) where try wasSeen(by: head.writer.number) { return true }
    var isHistory = false
    try forEachWitness(of: row) { witness in
      if [.keep, .create, .delete].contains(witness.kind) { isHistory = true }
    }
    return isHistory
  }

  /// Calls `body` with the operations on a row of those who had seen this transaction.
  private func forEachWitness(of row: Int64, _ body: (Operation) -> Void) throws {
    for position in try engine.writes(to: row, after: 0) where try wasSeen(by: position) {
      guard let stored = try engine.transactions(where: "id = ?", [position]).first else {
        continue
      }
      try stored.body.decode { reader throws(DecodeError) in
        while !reader.isAtEnd {
          let operation = try reader.operation()
          if operation.row.raw == row { body(operation) }
        }
      }
    }
  }

  /// The other kinds are decided by stamps or add up, whoever comes first.
  private func keepsHeads(_ operation: OperationKind, _ kind: MergeKind) -> Bool {
    switch kind {
    case .register(let asks): asks
    case .ranked(let ranking): ranking != .maximum && ranking != .minimum
    case .stage, .text: true
    case .set, .map: operation == .add || operation == .put
    case .once, .counter, .derived: false
    }
  }

  private static func isSameCell(_ a: Operation, _ b: Operation, _ tag: Tag) -> Bool {
    guard b.tags.contains(tag) else { return false }
    switch b.kind {
    case .create, .write: return a.kind == .create || a.kind == .write
    case .add, .remove:
      return a.kind == .add && a.values[0].elementKey == b.values[0].elementKey
    case .put, .drop: return a.kind == .put && a.values[0] == b.values[0]
    default: return false
    }
  }
}
