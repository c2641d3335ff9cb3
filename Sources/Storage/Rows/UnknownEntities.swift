import Protocol

/// Rows of entities that the model does not know: on a device those of a newer server, on a server those of
/// newer devices.
///
/// They stand in tables of their own, `_unknown_` and the entity's tag, with every field kept as an
/// unknown one in `_x`, but for a server's links; so they are merged, counted in digests and loaded
/// anew as all others. A later version of the program moves them to their place (`adoptUnknown`).
extension Engine {
  private static let unknownTable = "_unknown_"

  /// Stands for an entity that the model lacks; nil on a server, which takes only what is declared.
  func unknownEntity(_ tag: Tag) -> Entity? { role == .device ? .unknown(tag) : nil }

  /// Makes a table for the rows of an entity, where the model does not know it.
  public func makeRoom(for entity: Tag) throws {
    guard model.entity(tag: entity) == nil, let unknown = unknownEntity(entity) else { return }
    try makeRoom(for: unknown)
  }

  func makeRoom(for unknown: Entity) throws {
    let isThere = try connection.statement("SELECT 1 FROM sqlite_master WHERE name = ?")
    defer { isThere.reset() }
    isThere.bind(1, unknown.table)
    if try isThere.step() { return }
    try connection.execute(Schema.table(unknown))
    for field in unknown.fields where field.type.target != nil {
      try connection.execute(
        "CREATE INDEX \(Guard.quote("_\(unknown.table)_\(field.name)")) ON "
          + "\(Guard.quote(unknown.table)) (\(Guard.quote(field.name)))")
    }
    for trigger in Guard.triggers(table: unknown.table) { try connection.execute(trigger) }
  }

  /// The layouts of all tables that hold rows.
  func storedLayouts() throws -> [TableLayout] {
    let known = model.entities.map(\.tag)
    let unknown = try unknownTags().filter { model.entity(tag: $0) == nil }
    return (known + unknown).compactMap { layout($0) }
  }

  /// How many records are kept of entities that the model does not know.
  public func unknownRecordCount() throws -> Int {
    try unknownTags().filter { model.entity(tag: $0) == nil }.reduce(0) { sum, tag in
      let table = Guard.quote("\(Self.unknownTable)\(tag)")
      return sum + Int(try connection.scalar("SELECT count(*) FROM \(table)") ?? 0)
    }
  }

  private func unknownTags() throws -> [Tag] {
    let statement = try connection.statement(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB '_unknown_*'")
    defer { statement.reset() }
    var result: [Tag] = []
    while try statement.step() {
      if let tag = Tag(statement.text(0).dropFirst(Self.unknownTable.count)) {
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
      let kept = TableLayout(declarations.shape(of: tag))
      for (row, audience) in try rows(of: kept, where: "1") {
        guard let image = try image(kept, row) else { continue }
        // They are in the image, and come back with it.
        try deleteFurtherHeads(row)
        try adopt(image, tag, row, audience)
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
