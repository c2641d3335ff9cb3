import Protocol
import Storage

@testable import ServerApp

private typealias M = SmallModel

/// The merge rules as their definitions say them, over the whole history at once: which writes no
/// other write knew. No SQL, no state that grows, no order of arrival.
struct SlowModel {
  /// An accepted transaction with what its author knew.
  struct Entry {
    let id: TransactionID
    let stamp: Stamp
    let position: Int64
    let seen: Sight
    /// What the authors of edits were looking at, by index, where it is not `seen`.
    var editedStates: [Int: Sight] = [:]
    var forebears: [Forebear] = []
    let operations: [Operation]

    func isOwn(_ other: Entry) -> Bool {
      (other.id.site == id.site && other.id.sequence < id.sequence)
        || forebears.contains { $0.includes(other.id) }
    }

    func knows(_ other: Entry) -> Bool { seen.covers(other.position) || isOwn(other) }
  }

  /// What somebody had before their eyes.
  struct Sight {
    let position: Int64
    /// Positions above it that stood in a lost life, at or below what was seen there.
    var inLostLife: Set<Int64> = []

    func covers(_ other: Int64) -> Bool { other <= position || inLostLife.contains(other) }
  }

  /// One operation of an accepted transaction.
  private struct Write {
    let entry: Entry
    let index: Int
    let operation: Operation
    var value: Value = .null

    func knows(_ other: Write) -> Bool {
      if entry.id == other.entry.id { return other.index < index }
      return entry.knows(other.entry)
    }

    /// Whether an edit was made in a text that had the other: what its author looked at is its own.
    func sawText(of other: Write) -> Bool {
      let own = entry.isOwn(other.entry)
      if entry.operations.contains(where: { $0.kind == .create && $0.row == operation.row }) {
        return own
      }
      return own || (entry.editedStates[index] ?? entry.seen).covers(other.entry.position)
    }
  }

  struct Row: Equatable {
    var fields: [Tag: FieldValue] = [:]
    /// Every head of each asking field that asks, the winner first, then by stamp.
    var conflicts: [Tag: [Value]] = [:]
    /// The deletions that the record survived, by name.
    var marks: [TransactionID] = []
  }

  /// Whether a replica shows a row. What was erased stands blank in the log: it may have been anything.
  static func isShown(_ row: Row?, as shown: Row?) -> Bool {
    guard let row, let shown, row != shown else { return row == shown }
    return row.conflicts == shown.conflicts && row.marks == shown.marks
      && Set(row.fields.keys) == Set(shown.fields.keys)
      && row.fields.allSatisfy { tag, value in
        value == shown.fields[tag] || isShown(Optional(value).text, as: shown.fields[tag].text)
      }
  }

  private static func isShown(_ text: String, as shown: String) -> Bool {
    let (mine, theirs) = (Array(text.unicodeScalars), Array(shown.unicodeScalars))
    return !mine.isEmpty && mine.count == theirs.count
      && zip(mine, theirs).allSatisfy { $0 == $1 || $0 == "_" }
  }

  private var writes: [RowID: [Write]] = [:]
  private var entityOf: [RowID: Tag] = [:]
  private var parentOf: [RowID: RowID] = [:]

  init(_ entries: [Entry]) {
    for entry in entries {
      for (index, operation) in entry.operations.enumerated() {
        writes[operation.row, default: []].append(
          Write(entry: entry, index: index, operation: operation))
        entityOf[operation.row] = operation.entity
        if operation.entity == M.item, operation.kind == .create,
          let slot = operation.tags.firstIndex(of: M.owner),
          let owner = operation.values[slot].intValue
        {
          parentOf[operation.row] = RowID(owner)
        }
      }
    }
  }

  var rows: [RowID: Row] {
    var result: [RowID: Row] = [:]
    for row in writes.keys where isAlive(row) { result[row] = shown(row) }
    return result
  }

  // MARK: Life

  private func tree(_ row: RowID) -> [RowID] {
    [row] + parentOf.filter { $0.value == row }.keys.flatMap(tree)
  }

  private func deletions(_ row: RowID) -> [Write] {
    (writes[row] ?? []).filter { $0.operation.kind == .delete }
  }

  /// A deletion stands when its author knew every write to the whole record.
  private func stands(_ deletion: Write) -> Bool {
    tree(deletion.operation.row).allSatisfy { row in
      (writes[row] ?? []).allSatisfy { $0.operation.kind == .delete || deletion.knows($0) }
    }
  }

  private func isAlive(_ row: RowID) -> Bool {
    var next: RowID? = row
    while let present = next {
      if deletions(present).contains(where: stands) { return false }
      next = parentOf[present]
    }
    return true
  }

  private func marks(_ row: RowID) -> [TransactionID] {
    let lives = (writes[row] ?? []).filter { [.delete, .keep].contains($0.operation.kind) }
    return deletions(row).filter { deletion in !lives.contains { $0.knows(deletion) } }
      .map(\.entry.id).sorted()
  }

  // MARK: Cells

  private func shown(_ row: RowID) -> Row {
    var result = Row(marks: marks(row))
    guard let entity = entityOf[row].flatMap({ SmallModel.model.entity(tag: $0) }) else {
      return result
    }
    for field in entity.fields {
      switch field.kind {
      case .text:
        let text = text(row, field.tag)
        if !text.isEmpty { result.fields[field.tag] = .scalar(.text(text)) }
      case .set: result.fields[field.tag] = set(row, field.tag)
      case .counter: result.fields[field.tag] = counter(row, field.tag)
      case .map(let kind):
        result.fields[field.tag] =
          kind == .counter(growOnly: false)
          ? counterMap(row, field.tag) : map(row, field.tag)
      default:
        let heads = register(row, field)
        guard let first = heads.first else { continue }
        if !first.isNull { result.fields[field.tag] = .scalar(first) }
        let isDisputed: Bool
        if case .stage = field.kind {
          isDisputed = heads.contains { a in
            heads.contains { a != $0 && !Self.isBehind(a, $0) && !Self.isBehind($0, a) }
          }
        } else {
          isDisputed = field.kind.asks && heads.contains { $0 != first }
        }
        if isDisputed {
          result.conflicts[field.tag] = [first] + heads.dropFirst().filter { $0 != first }
        }
      }
    }
    return result
  }

  private func register(_ row: RowID, _ field: Field) -> [Value] {
    var all: [Write] = []
    for var write in writes[row] ?? [] {
      guard [.create, .write].contains(write.operation.kind),
        let slot = write.operation.tags.firstIndex(of: field.tag)
      else { continue }
      write.value = write.operation.values[slot]
      all.append(write)
    }
    let newestFirst = all.sorted { $0.entry.stamp > $1.entry.stamp }
    switch field.kind {
    case .once:
      return [newestFirst.last { !$0.value.isNull } ?? newestFirst.last].compactMap { $0?.value }
    case .register(asks: false): return newestFirst.prefix(1).map(\.value)
    case .ranked(.maximum):
      return newestFirst.max { ($0.value.intValue ?? .min) < ($1.value.intValue ?? .min) }
        .map { [$0.value] } ?? []
    case .ranked:
      let heads = Self.heads(newestFirst)
      let order = ["low", "medium", "high"]
      func rank(_ write: Write) -> Int { order.firstIndex(of: write.value.textValue ?? "") ?? -1 }
      let best = heads.map(rank).max()
      return heads.filter { rank($0) == best }.prefix(1).map(\.value)
    case .stage: return Self.furthestFirst(Self.heads(newestFirst).map(\.value))
    default: return Self.heads(newestFirst).map(\.value)
    }
  }

  /// Which codes lie behind each of the small model's stages, written out.
  private static let behind: [String: Set<String>] = [
    "qualified": ["new"], "visit": ["new", "qualified"], "won": ["new", "qualified", "visit"],
  ]

  private static func isBehind(_ value: Value, _ other: Value) -> Bool {
    if value.isNull { return !other.isNull }
    return behind[other.textValue ?? ""]?.contains(value.textValue ?? "") ?? false
  }

  /// The newest shows, unless somebody is further along the same path: then the furthest of those.
  private static func furthestFirst(_ newestFirst: [Value]) -> [Value] {
    guard var best = newestFirst.first else { return [] }
    for value in newestFirst where isBehind(best, value) { best = value }
    var rest = newestFirst
    if let place = rest.firstIndex(of: best) { rest.remove(at: place) }
    return [best] + rest
  }

  /// The writes that no other write of the cell knew.
  private static func heads(_ all: [Write]) -> [Write] {
    all.filter { write in !all.contains { $0.knows(write) } }
  }

  /// The text that all edits make, each merged with what its author knew. The text's own merge is
  /// tested elsewhere; this says who knew what.
  private func text(_ row: RowID, _ tag: Tag) -> String {
    var document = TextDocument()
    var edits: [(write: Write, change: TextChange)] = []
    for write in writes[row] ?? [] {
      let operation = write.operation
      if operation.kind == .create, let slot = operation.tags.firstIndex(of: tag),
        let text = operation.values[slot].textValue,
        let base = try? TextDocument(base: TextBase(text: text))
      {
        document = base
      }
      guard operation.kind == .edit, operation.tags == [tag],
        case .bytes(let bytes) = operation.values[1], let change = try? TextChange(encoded: bytes)
      else { continue }
      let known = edits.filter { write.sawText(of: $0.write) }
        .map { $0.change.lastStep(of: $0.write.entry.id) }
      do {
        try document.apply(change.batch(of: write.entry.id, knowing: known))
      } catch {
        return "\(error)"
      }
      edits.append((write, change))
    }
    return document.text
  }

  /// The operations on one element or key, newest first, by element.
  ///
  /// - Parameter key: what elements are compared by.
  private func elements(
    _ row: RowID, _ tag: Tag, by key: (Value) -> Value = { $0 }
  ) -> [(Value, [Write])] {
    var result: [Value: [Write]] = [:]
    for write in writes[row] ?? [] where write.operation.tags == [tag] {
      guard ![.create, .write].contains(write.operation.kind) else { continue }
      result[key(write.operation.values[0]), default: []].append(write)
    }
    return result.map { ($0.key, $0.value.sorted { $0.entry.stamp > $1.entry.stamp }) }
      .sorted { $0.0.precedes($1.0) }
  }

  private func set(_ row: RowID, _ tag: Tag) -> FieldValue? {
    let folded = elements(row, tag) { .text($0.textValue?.lowercased() ?? "") }
    let present = folded.compactMap { _, writes in
      // The spelling of the first that stands.
      Self.heads(writes).last { $0.operation.kind == .add }?.operation.values[0]
    }
    return present.isEmpty ? nil : .set(present.sorted { $0.precedes($1) })
  }

  private func map(_ row: RowID, _ tag: Tag) -> FieldValue? {
    var entries: [FieldValue.MapEntry] = []
    for (key, writes) in elements(row, tag) {
      if let head = Self.heads(writes).first(where: { $0.operation.kind == .put }) {
        entries.append(FieldValue.MapEntry(key: key, value: head.operation.values[1]))
      }
    }
    return entries.isEmpty ? nil : .map(entries)
  }

  private func counter(_ row: RowID, _ tag: Tag) -> FieldValue? {
    let all = (writes[row] ?? []).filter { $0.operation.tags == [tag] }
    if all.isEmpty { return nil }
    return .counter(all.reduce(0) { $0 + ($1.operation.values[0].intValue ?? 0) })
  }

  private func counterMap(_ row: RowID, _ tag: Tag) -> FieldValue? {
    let entries = elements(row, tag).map { key, writes in
      FieldValue.MapEntry(
        key: key, value: .int(writes.reduce(0) { $0 + ($1.operation.values[1].intValue ?? 0) }))
    }
    return entries.isEmpty ? nil : .map(entries)
  }
}

extension SlowModel {
  /// What the server had accepted up to a position, with `seen` in the numbering of its log.
  init(_ engine: Engine, through position: Int64 = .max) throws {
    self.init(
      try engine.transactions(where: "position <= ? ORDER BY position", [position]).map { stored in
        let operations = try stored.decodedOperations()
        let states = SeenJudge(engine: engine, site: stored.id.site, limit: .max)
        var edited: [Int: Sight] = [:]
        for (index, operation) in operations.enumerated() {
          guard let state = operation.editedState else { continue }
          edited[index] = try states.judge(state).map { try engine.sight($0) }
        }
        return Entry(
          id: stored.id, stamp: Stamp(hlc: stored.stamp, site: stored.id.site),
          position: stored.position ?? 0,
          seen: try engine.sight(try engine.judgedSeen(stored.number)), editedStates: edited,
          forebears: try engine.forebears(of: stored.id.site), operations: operations)
      })
  }

  /// What the engine shows, in the model's form.
  static func rows(of engine: Engine) throws -> [RowID: Row] {
    var result: [RowID: Row] = [:]
    for entity in engine.model.entities {
      try engine.forEachRecord(entity.tag) { record in
        result[record.id] = Row(fields: record.fields)
        return true
      }
    }
    for entry in try engine.conflicts() {
      if entry.tag == Field.lifeTag {
        result[entry.record]?.marks = entry.losers.map(\.transaction).sorted()
      } else if let winner = entry.winner {
        // Losers are listed oldest first.
        result[entry.record]?.conflicts[entry.tag] =
          [winner.value] + entry.losers.reversed().map(\.value)
      }
    }
    return result
  }
}

extension Engine {
  fileprivate func sight(_ seen: JudgedSeen) throws -> SlowModel.Sight {
    guard let life = seen.life else { return SlowModel.Sight(position: seen.position) }
    let statement = try connection.statement(
      "SELECT txn FROM _place WHERE life = ? AND position <= ?")
    defer { statement.reset() }
    statement.bind(1, life)
    statement.bind(2, seen.limit)
    var places: Set<Int64> = []
    while try statement.step() { places.insert(statement.int(0)) }
    return SlowModel.Sight(position: seen.position, inLostLife: places)
  }
}
