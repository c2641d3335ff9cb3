import Protocol

/// A record and the rows that live and die with it.
extension Engine {
  /// The record's own row first, then its ordered children, and theirs.
  public func recordRows(_ entity: Tag, _ row: Int64) throws -> [(Tag, Int64)] {
    var result: [(Tag, Int64)] = [(entity, row)]
    guard let declared = model.entity(tag: entity) else { throw EngineError.unknownEntity(entity) }
    for child in model.children(of: declared) {
      guard let parent = child.parent else { continue }
      for id in try ids(child, where: parent, is: row) {
        result += try recordRows(child.tag, id)
      }
    }
    return result
  }

  /// The rows of an entity whose reference field names `row`.
  public func ids(_ entity: Entity, where field: String, is row: Int64) throws -> [Int64] {
    let statement = try connection.statement(
      "SELECT id FROM \(Guard.quote(entity.table)) WHERE \(Guard.quote(field)) = ? ORDER BY id")
    defer { statement.reset() }
    statement.bind(1, row)
    var result: [Int64] = []
    while try statement.step() { result.append(statement.int(0)) }
    return result
  }
}

extension Engine {
  /// The shown value of one register; null where there is none.
  public func value(_ entity: Entity, _ row: Int64, _ field: Field) throws -> Value {
    let plan = try plan(Shape(kind: .write, entity: entity.tag, tags: [field.tag]))
    guard let columns = plan.columns[0] else { return .null }
    let select = plan.select
    defer { select.reset() }
    select.bind(1, row)
    guard try select.step() else { return .null }
    return select.value(columns, offset: 3)
  }
}

extension Engine {
  /// The rows of an entity whose single-column field has this value.
  public func ids(_ entity: Entity, where field: String, equals value: Value) throws -> [Int64] {
    let statement = try connection.statement(
      "SELECT id FROM \(Guard.quote(entity.table)) WHERE \(Guard.quote(field)) = ? ORDER BY id")
    defer { statement.reset() }
    statement.bind(1, value)
    var result: [Int64] = []
    while try statement.step() { result.append(statement.int(0)) }
    return result
  }
}

extension Engine {
  /// The list of an ordered entity in which records lie that name `owner`, or its one list of all.
  public func list(_ entity: Entity, of owner: Value) throws -> OrderedList {
    guard let order = entity.orderField else { return OrderedList([]) }
    let condition = entity.listField.map { " WHERE \(Guard.quote($0.name)) IS ?" } ?? ""
    let statement = try connection.statement(
      "SELECT id, \(Guard.quote(order.name)) FROM \(Guard.quote(entity.table))" + condition)
    defer { statement.reset() }
    if !condition.isEmpty { statement.bind(1, owner) }
    var items: [OrderedList.Item] = []
    while try statement.step() {
      let place = statement.isNull(1) ? nil : FractionalIndex(statement.text(1))
      items.append(OrderedList.Item(RowID(statement.int(0)), place))
    }
    return OrderedList(items)
  }
}
