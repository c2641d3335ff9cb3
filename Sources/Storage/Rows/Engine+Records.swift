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
