import Protocol

/// Rows of entities that a device's model does not know: an older program with a newer server.
///
/// They stand in tables of their own, `_unknown_` and the entity's tag, with every field kept as an
/// unknown one in `_x`; so they are merged, counted in digests and loaded anew as all others. A
/// later version of the program moves them to their place (`adoptUnknown`).
extension Entity {
  fileprivate static let unknownPrefix = "_unknown_"

  fileprivate static func unknown(_ tag: Tag) -> Entity {
    let label = Label(nl: "onbekend", en: "unknown")
    // Hyphens of a name are underscores in its table.
    return Entity(tag: tag, name: "-unknown-\(tag)", label: label, help: label, fields: [])
  }
}

extension Engine {
  /// Stands for an entity that the model lacks; nil on a server, which takes nothing unknown.
  func unknownEntity(_ tag: Tag) -> Entity? { role == .device ? .unknown(tag) : nil }

  /// Makes a table for the rows of an entity, where the model does not know it.
  public func makeRoom(for entity: Tag) throws {
    guard model.entity(tag: entity) == nil, let unknown = unknownEntity(entity) else { return }
    let isThere = try connection.statement("SELECT 1 FROM sqlite_master WHERE name = ?")
    defer { isThere.reset() }
    isThere.bind(1, unknown.table)
    if try isThere.step() { return }
    try connection.execute(Schema.table(unknown))
    for trigger in Guard.triggers(table: unknown.table) { try connection.execute(trigger) }
  }

  /// The layouts of all tables that hold rows.
  func storedLayouts() throws -> [TableLayout] {
    let known = model.entities.map(\.tag)
    let unknown = try unknownTags().filter { model.entity(tag: $0) == nil }
    return (known + unknown).compactMap { layout($0) }
  }

  private func unknownTags() throws -> [Tag] {
    if role == .server { return [] }
    let statement = try connection.statement(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB '_unknown_*'")
    defer { statement.reset() }
    var result: [Tag] = []
    while try statement.step() {
      if let tag = Tag(statement.text(0).dropFirst(Entity.unknownPrefix.count)) {
        result.append(tag)
      }
    }
    return result.sorted()
  }

  /// Moves to their place the rows and fields that were kept unknown and that the model has come to
  /// know. No pending write may be applied. Digests stay as they are: a cell counts the same known
  /// and unknown.
  public func adoptUnknown() throws {
    for tag in try unknownTags() where model.entity(tag: tag) != nil {
      let kept = TableLayout(.unknown(tag))
      for (row, audience) in try rows(of: kept, where: "1") {
        if let image = try image(kept, row) { try adopt(image, tag, row, audience) }
      }
      try connection.execute("DROP TABLE \(Guard.quote(kept.entity.table))")
    }
    for entity in model.entities {
      guard let layout = layout(entity.tag) else { continue }
      for (row, audience) in try rows(of: layout, where: "_x IS NOT NULL")
      where try hasNewlyKnown(layout, row) {
        if let image = try image(layout, row) { try adopt(image, entity.tag, row, audience) }
      }
    }
    digestChanges.removeAll()
  }

  private func adopt(_ image: RowImage, _ entity: Tag, _ row: Int64, _ audience: Int64?) throws {
    let writer = try writer(image.created)
    try putImage(
      image, entity, row,
      ApplyContext(
        writer: writer, knows: Knowledge(site: writer.id.site, sequence: 0, seen: 0),
        audience: audience, undo: nil))
  }

  private func rows(of layout: TableLayout, where condition: String) throws -> [(Int64, Int64?)] {
    let statement = try connection.statement(
      "SELECT id, _a FROM \(Guard.quote(layout.entity.table)) WHERE \(condition)")
    defer { statement.reset() }
    var result: [(Int64, Int64?)] = []
    while try statement.step() { result.append((statement.int(0), statement.optionalInt(1))) }
    return result
  }

  private func hasNewlyKnown(_ layout: TableLayout, _ row: Int64) throws -> Bool {
    let select = try connection.statement(layout.selectAll)
    defer { select.reset() }
    select.bind(1, row)
    guard try select.step() else { return false }
    return try ClockColumn(greatest: select.int(1), encoded: select.rawBlob(2)).items.contains {
      guard case .unknown(let form, _) = $0.content else { return false }
      return layout.column($0.tag)?.cell.form == form
    }
  }
}
