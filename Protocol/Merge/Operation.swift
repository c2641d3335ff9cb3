/// What an operation does. The numbers are wire format.
public enum OperationKind: UInt8, Sendable, CaseIterable {
  /// Makes a row with the values of some fields.
  case create = 1
  /// Writes some fields of a row.
  case write = 2
  /// Adds an element to a set.
  case add = 3
  /// Removes an element from a set, as far as its author had seen it there.
  case remove = 4
  /// Adds a difference to a counter.
  case increment = 5
  /// Writes a key of a map.
  case put = 6
  /// Removes a key of a map, as far as its author had seen it there.
  case drop = 7
  /// Adds a difference to a key of a map of counters.
  case bump = 8
  /// Deletes a record.
  case delete = 9
  /// Settles a revival: the record stays.
  case keep = 10
  /// Edits a text.
  case edit = 11
  /// Takes the past of a text away for good: what it held and does not show is nowhere any more. Only
  /// the server says this, for an admin.
  case erase = 12

  // What only the server says, in pages: effects of a transaction beyond its author's operations.

  /// A row as it is at this position, with its clocks: it was revived or enters the reader's scope.
  case image = 32
  /// A row leaves the reader's scope.
  case purge = 33
  /// A row is gone by a deletion that took its record.
  case removed = 34

  public var isEffect: Bool { rawValue >= 32 }

  /// How many values an operation of this kind carries, given its number of tags.
  public func slots(tags: Int) -> Int {
    switch self {
    case .create, .write: tags
    case .add, .remove, .increment, .drop: 1
    case .put, .bump, .edit: 2
    case .image: 1
    case .delete, .keep, .erase, .purge, .removed: 0
    }
  }

  /// How many tags an operation of this kind names; nil for any number.
  public var tagCount: Int? {
    switch self {
    case .create, .write: nil
    case .add, .remove, .increment, .put, .drop, .bump, .edit, .erase: 1
    case .delete, .keep, .image, .purge, .removed: 0
    }
  }
}

/// One change inside a transaction: the write of one row, or of one element of a field.
///
/// | kind | tags | values |
/// |---|---|---|
/// | create, write | the fields, ascending | one each |
/// | add, remove | the set | the element |
/// | increment | the counter | the difference |
/// | put | the map | key, value |
/// | drop | the map | key |
/// | bump | the map | key, difference |
/// | edit | the text | what its author was looking at, a `TextChange` as bytes |
/// | erase | the text | |
/// | delete, keep | | |
/// | image | | a `RowImage` as bytes |
/// | purge, removed | | |
public struct Operation: Sendable, Hashable {
  public let kind: OperationKind
  public let entity: Tag
  public let row: RowID
  public let tags: [Tag]
  public let values: [Value]

  public init(
    _ kind: OperationKind, entity: Tag, row: RowID, tags: [Tag] = [], values: [Value] = []
  ) {
    precondition(values.count == kind.slots(tags: tags.count), "a value for each slot")
    self.kind = kind
    self.entity = entity
    self.row = row
    self.tags = tags
    self.values = values
  }

  public static func create(_ entity: Tag, _ row: RowID, _ writes: [(Tag, Value)]) -> Operation {
    var tags: [Tag] = []
    var values: [Value] = []
    tags.reserveCapacity(writes.count)
    values.reserveCapacity(writes.count)
    for (tag, value) in writes where !value.isNull {
      guard tag > tags.last ?? 0 else {
        let sorted = writes.filter { !$0.1.isNull }.sorted { $0.0 < $1.0 }
        return Operation(
          .create, entity: entity, row: row, tags: sorted.map(\.0), values: sorted.map(\.1))
      }
      tags.append(tag)
      values.append(value)
    }
    return Operation(.create, entity: entity, row: row, tags: tags, values: values)
  }
  public static func write(_ entity: Tag, _ row: RowID, _ writes: [(Tag, Value)]) -> Operation {
    let sorted = writes.sorted { $0.0 < $1.0 }
    return Operation(
      .write, entity: entity, row: row, tags: sorted.map(\.0), values: sorted.map(\.1))
  }
  public static func add(_ entity: Tag, _ row: RowID, _ tag: Tag, _ element: Value) -> Operation {
    Operation(.add, entity: entity, row: row, tags: [tag], values: [element])
  }
  public static func remove(_ entity: Tag, _ row: RowID, _ tag: Tag, _ element: Value) -> Operation
  {
    Operation(.remove, entity: entity, row: row, tags: [tag], values: [element])
  }
  public static func increment(_ entity: Tag, _ row: RowID, _ tag: Tag, _ by: Int64) -> Operation {
    Operation(.increment, entity: entity, row: row, tags: [tag], values: [.int(by)])
  }
  public static func put(_ entity: Tag, _ row: RowID, _ tag: Tag, key: Value, _ value: Value)
    -> Operation
  {
    Operation(.put, entity: entity, row: row, tags: [tag], values: [key, value])
  }
  public static func drop(_ entity: Tag, _ row: RowID, _ tag: Tag, key: Value) -> Operation {
    Operation(.drop, entity: entity, row: row, tags: [tag], values: [key])
  }
  public static func bump(_ entity: Tag, _ row: RowID, _ tag: Tag, key: Value, _ by: Int64)
    -> Operation
  {
    Operation(.bump, entity: entity, row: row, tags: [tag], values: [key, .int(by)])
  }
  /// - Parameter state: the state whose text was edited, where it is not the one that the transaction
  ///   says its author had seen.
  public static func edit(
    _ entity: Tag, _ row: RowID, _ tag: Tag, _ change: TextChange, of state: Cursor? = nil
  ) -> Operation {
    let looked = state.map {
      Value.group([.int(Int64(bitPattern: $0.epoch)), .int($0.position)])
    }
    return Operation(
      .edit, entity: entity, row: row, tags: [tag],
      values: [looked ?? .null, .bytes(change.encoded)])
  }
  public static func erase(_ entity: Tag, _ row: RowID, _ tag: Tag) -> Operation {
    Operation(.erase, entity: entity, row: row, tags: [tag])
  }
  /// The state that an edit says its author was looking at; nil where it is what the transaction says.
  public var editedState: Cursor? {
    guard kind == .edit, case .group(let parts) = values[0], parts.count == 2,
      let epoch = parts[0].intValue, let position = parts[1].intValue
    else { return nil }
    return Cursor(epoch: UInt64(bitPattern: epoch), position: position)
  }
  public static func delete(_ entity: Tag, _ row: RowID) -> Operation {
    Operation(.delete, entity: entity, row: row)
  }
  public static func keep(_ entity: Tag, _ row: RowID) -> Operation {
    Operation(.keep, entity: entity, row: row)
  }
}
