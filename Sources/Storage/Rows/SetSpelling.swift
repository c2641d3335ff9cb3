import Protocol

/// The spellings of a set's elements (`Value.elementKey`): an entry's key is the spelling that
/// shows, and a head with a null value is spelled as the key.
extension Value {
  /// This value; `other` where it is null.
  func or(_ other: Value) -> Value { isNull ? other : self }

  /// This value; null where it is `other`.
  func unless(_ other: Value) -> Value { self == other ? .null : self }
}

extension ClockColumn.Entry {
  /// - Parameter heads: of a set, with the spelling of each; by stamp, greatest first.
  init(key: Value, heads: [Head], _ form: CellForm) {
    let shown = form == .set ? heads.last?.value ?? key : key
    self.init(
      key: shown,
      heads: heads.map { head in
        RowImage.Head(
          transaction: head.writer.number,
          value: form == .set ? head.value.unless(shown) : head.value)
      })
  }
}

extension [ClockColumn.Entry] {
  /// Where the entry of a key stands; of a set, whatever its case.
  func index(of key: Value, _ form: CellForm) -> Int? {
    guard form == .set else { return firstIndex { $0.key == key } }
    let wanted = key.elementKey
    return firstIndex { $0.key == key || $0.key.elementKey == wanted }
  }
}

extension Engine {
  /// The heads of an entry; of a set, with the spelling of each.
  func heads(of entry: ClockColumn.Entry, _ form: CellForm) throws -> [Head] {
    try entry.heads.map { head in
      Head(
        writer: try writer(head.transaction),
        value: form == .set ? head.value.or(entry.key) : head.value)
    }
  }

  /// The operation as it is to be written: an element of a set that shows in another spelling is
  /// named by that one.
  public func spelledAsShown(_ operation: Operation) throws -> Operation {
    guard operation.kind == .add || operation.kind == .remove else { return operation }
    let tag = operation.tags[0]
    let plan = try plan(Shape(kind: .write, entity: operation.entity, tags: [tag]))
    let select = plan.select
    defer { select.reset() }
    select.bind(1, operation.row.raw)
    guard try select.step() else { return operation }
    let clocks = try ClockColumn(greatest: select.int(0), encoded: select.rawBlob(1))
    var entries: [ClockColumn.Entry] = []
    switch clocks[tag] {
    case .entries(let known), .unknown(_, let known): entries = known
    default: break
    }
    guard let index = entries.index(of: operation.values[0], .set) else { return operation }
    return Operation(
      operation.kind, entity: operation.entity, row: operation.row, tags: operation.tags,
      values: [entries[index].key])
  }
}
