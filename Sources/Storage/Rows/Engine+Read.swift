import CSQLite
import Protocol

/// Reading records and conflict entries as people see them.
extension Engine {
  public func record(_ entity: Tag, _ row: RowID) throws -> Record? {
    guard let layout = layout(entity) else { return nil }
    let select = try connection.statement(layout.selectAll)
    defer { select.reset() }
    select.bind(1, row.raw)
    guard try select.step() else { return nil }
    return try record(select, layout)
  }

  /// The record with this id, whatever it is.
  public func record(_ row: RowID) throws -> Record? {
    for entity in model.entities {
      if let record = try record(entity.tag, row) { return record }
    }
    return nil
  }

  /// Calls `body` with the records of an entity in id order, until it returns false.
  ///
  /// - Parameter audiences: only rows of these; nil for all.
  public func forEachRecord(
    _ entity: Tag, audiences: Set<Int64>? = nil, _ body: (Record) throws -> Bool
  ) throws {
    guard let layout = layout(entity) else { return }
    let scan = try connection.statement(layout.scan + " ORDER BY id")
    defer { scan.reset() }
    while try scan.step() {
      if let audiences, !audiences.contains(scan.int(3)) { continue }
      guard try body(try record(scan, layout)) else { return }
    }
  }

  private func record(_ scan: Statement, _ layout: TableLayout) throws -> Record {
    let clocks = try ClockColumn(greatest: scan.int(1), encoded: scan.rawBlob(2))
    var fields: [Tag: FieldValue] = [:]
    for column in layout.columns {
      let tag = column.field.tag
      switch CellForm(column.field.kind) {
      case .register:
        let value = scan.value(column, offset: 4)
        if !value.isNull { fields[tag] = .scalar(value) }
      case .counter:
        if case .counter = clocks[tag] { fields[tag] = .counter(scan.int(4 + column.first)) }
      case .set, .map:
        if case .entries(let entries) = clocks[tag] {
          fields[tag] = Self.shown(entries, CellForm(column.field.kind))
        }
      }
    }
    for item in clocks.items {
      if case .unknown(let form, let entries) = item.content {
        fields[item.tag] = Self.shown(entries, form)
      }
    }
    for (tag, value) in layout.defaults
    where fields[tag] == nil && clocks.register(tag, isNull: true) == nil {
      fields[tag] = .scalar(value)
    }
    return Record(entity: layout.entity.tag, id: RowID(scan.int(0)), fields: fields)
  }

  private static func shown(_ entries: [ClockColumn.Entry], _ form: CellForm) -> FieldValue {
    switch form {
    case .set: .set(entries.map(\.key))
    case .map:
      .map(
        entries.map { FieldValue.MapEntry(key: $0.key, value: $0.heads.first?.value ?? .null) })
    case .register, .counter: .scalar(entries.first?.heads.first?.value ?? .null)
    }
  }

  /// The open conflict entries, by record and field.
  ///
  /// - Parameters:
  ///   - row: only those of this record.
  ///   - audiences: only those of these; nil for all.
  public func conflicts(of row: RowID? = nil, audiences: Set<Int64>? = nil) throws
    -> [ConflictEntry]
  {
    let condition = row == nil ? "" : "WHERE row = ?"
    let statement = try connection.statement(
      "SELECT DISTINCT row, tag, entity, audience FROM _head \(condition) ORDER BY row, tag")
    if let row { statement.bind(1, row.raw) }
    var cells: [(row: Int64, tag: Tag, entity: Tag)] = []
    do {
      defer { statement.reset() }
      while try statement.step() {
        if let audiences, !audiences.contains(statement.int(3)) { continue }
        let cell = (
          statement.int(0), Tag(truncatingIfNeeded: statement.int(1)),
          Tag(truncatingIfNeeded: statement.int(2))
        )
        if let last = cells.last, last.row == cell.0, last.tag == cell.1 { continue }
        cells.append(cell)
      }
    }
    return try cells.compactMap { try conflict($0.entity, $0.row, $0.tag) }
  }

  /// One conflict entry; nil where a cell asks nobody.
  public func conflict(_ entity: Tag, _ row: Int64, _ tag: Tag) throws -> ConflictEntry? {
    guard let declared = model.entity(tag: entity), try rowExists(entity, row) else { return nil }
    if tag == Field.lifeTag {
      let losers = try lifeHeads(row).reversed().map { try side($0) }
      if losers.isEmpty { return nil }
      return ConflictEntry(
        entity: entity, record: RowID(row), tag: tag, winner: nil, losers: losers)
    }
    guard let field = declared.field(tag: tag), field.kind.asks || field.kind == .text else {
      return nil
    }
    let plan = try plan(Shape(kind: .write, entity: entity, tags: [tag]))
    guard let columns = plan.columns[0] else { return nil }
    let select = plan.select
    select.bind(1, row)
    guard try select.step() else {
      select.reset()
      return nil
    }
    let clocks = try ClockColumn(greatest: select.int(0), encoded: select.rawBlob(1))
    let shown = select.value(columns, offset: 3)
    select.reset()
    let heads = try heads(row, tag, shown: shown, clocks)
    guard Merge.isConflict(field.kind, heads), let winner = heads.first else { return nil }
    let losers = heads.dropFirst().filter { $0.value != winner.value }
      .sorted { $0.writer.stamp < $1.writer.stamp }
    return ConflictEntry(
      entity: entity, record: RowID(row), tag: tag, winner: try side(winner),
      losers: try losers.map { try side($0) })
  }

  private func side(_ head: Head) throws -> ConflictEntry.Side {
    ConflictEntry.Side(
      value: head.value, user: try userName(head.writer.user),
      device: try siteName(head.writer.id.site), atMilliseconds: head.writer.hlc.milliseconds,
      transaction: head.writer.id)
  }
}
