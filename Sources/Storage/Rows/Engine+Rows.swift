import CSQLite
import Protocol

/// Whole rows: images of them, their removal, and their move to another audience.
extension Engine {
  /// Takes a row away. False where it is not there.
  @discardableResult
  public func removeRow(_ entity: Tag, _ row: Int64, _ context: ApplyContext) throws -> Bool {
    guard let layout = layout(entity) else { throw EngineError.unknownEntity(entity) }
    let select = try connection.statement(layout.selectAll)
    select.bind(1, row)
    guard try select.step() else {
      select.reset()
      return false
    }
    let audience = select.optionalInt(3)
    var record = ByteWriter()
    if context.undo != nil {
      record.varint(UInt64(select.int(1)))
      let clocks = select.optionalBlob(2)
      record.varint(clocks.map { $0.count + 1 } ?? 0)
      if let clocks { record.raw(clocks) }
      record.varint(UInt64((audience ?? -1) + 1))
      // By tags: the model may be another one when this is put back.
      record.varint(layout.columns.count)
      for column in layout.columns {
        record.varint(column.field.tag)
        record.varint(column.count)
        for index in 0..<column.count { select.encode(4 + column.first + index, to: &record) }
      }
    }
    var digest: UInt64 = 0
    if context.isBase { digest = try hashRow(select, layout) }
    select.reset()

    let heads = try allFurtherHeads(row)
    if let undo = context.undo {
      record.varint(heads.count)
      for (tag, head) in heads {
        record.varint(tag)
        record.varint(UInt64(head.writer.number))
        record.value(head.value)
      }
      undo.record(.removed, entity: entity, row: row) { $0.raw(record.bytes) }
    }
    for (tag, head) in heads {
      digest &+= hash(row: row, tag: tag, writer: head.writer, value: head.value)
    }
    if !heads.isEmpty { try deleteFurtherHeads(row) }
    let delete = try connection.statement(layout.deleteRow)
    delete.bind(1, row)
    try delete.run()
    if context.isBase, let audience { addToDigest(audience, 0 &- digest) }
    // The server keeps them: the record may come back, and edits that had not seen it go.
    if context.isBase, role == .device, layout.hasTexts { try forgetTexts(row) }
    return true
  }

  func deleteFurtherHeads(_ row: Int64) throws {
    let statement = try connection.statement("DELETE FROM _head WHERE row = ?")
    statement.bind(1, row)
    try statement.run()
  }

  func allFurtherHeads(_ row: Int64) throws -> [(Tag, Head)] {
    let statement = try connection.statement("SELECT tag, txn, value FROM _head WHERE row = ?")
    var found: [(Tag, Int64, Value)] = []
    do {
      defer { statement.reset() }
      statement.bind(1, row)
      while try statement.step() {
        var reader = ByteReader(statement.rawBlob(2))
        found.append(
          (Tag(truncatingIfNeeded: statement.int(0)), statement.int(1), try reader.value()))
      }
    }
    return try found.map { ($0.0, Head(writer: try writer($0.1), value: $0.2)) }
      .sorted {
        $0.0 == $1.0 ? $0.1.writer.stamp > $1.1.writer.stamp : $0.0 < $1.0
      }
  }

  /// The row with all its clocks and heads, in local numbers; nil where it is not there.
  public func image(_ entity: Tag, _ row: Int64) throws -> RowImage? {
    guard let layout = layout(entity) else { throw EngineError.unknownEntity(entity) }
    return try image(layout, row)
  }

  func image(_ layout: TableLayout, _ row: Int64) throws -> RowImage? {
    let select = try connection.statement(layout.selectAll)
    select.bind(1, row)
    guard try select.step() else {
      select.reset()
      return nil
    }
    let clocks = try ClockColumn(greatest: select.int(1), encoded: select.rawBlob(2))
    var values: [Value] = []
    for column in layout.columns {
      switch CellForm(column.field.kind) {
      case .set, .map: values.append(.null)
      case .register, .counter: values.append(select.value(column, offset: 4))
      }
    }
    select.reset()
    let further = Dictionary(grouping: try allFurtherHeads(row), by: \.0)

    var cells: [RowImage.Cell] = []
    func add(_ tag: Tag, _ form: CellForm, _ entries: [RowImage.Entry]) {
      cells.append(RowImage.Cell(tag: tag, form: form, entries: entries))
    }
    if let life = further[Field.lifeTag] {
      let heads = life.map { RowImage.Head(transaction: $0.1.writer.number, value: .null) }
      add(Field.lifeTag, .register, [RowImage.Entry(key: .null, heads: heads)])
    }
    for (index, column) in layout.columns.enumerated() {
      let tag = column.field.tag
      let form = CellForm(column.field.kind)
      switch form {
      case .register:
        guard let clock = clocks.register(tag, isNull: values[index].isNull) else { continue }
        var heads = [RowImage.Head(transaction: clock.transaction, value: values[index])]
        for (_, head) in further[tag] ?? [] {
          heads.append(RowImage.Head(transaction: head.writer.number, value: head.value))
        }
        add(tag, form, [RowImage.Entry(key: .null, heads: heads)])
      case .counter:
        guard case .counter(let transaction) = clocks[tag] else { continue }
        let head = RowImage.Head(transaction: transaction, value: values[index])
        add(tag, form, [RowImage.Entry(key: .null, heads: [head])])
      case .set, .map:
        guard case .entries(let entries) = clocks[tag] else { continue }
        add(tag, form, entries.map { RowImage.Entry(key: $0.key, heads: $0.heads) })
      }
    }
    for item in clocks.items {
      if case .unknown(let form, let entries) = item.content {
        add(item.tag, form, entries.map { RowImage.Entry(key: $0.key, heads: $0.heads) })
      }
    }
    return RowImage(created: clocks.base, cells: cells)
  }

  /// Puts a row as its image says, in local numbers, in place of whatever is there.
  public func putImage(_ image: RowImage, _ entity: Tag, _ row: Int64, _ context: ApplyContext)
    throws
  {
    guard let layout = layout(entity) else { throw EngineError.unknownEntity(entity) }
    try removeRow(entity, row, context)
    var clocks = ClockColumn(transaction: image.created)
    clocks.base = image.created
    var greatest = try writer(image.created)
    var values = [Value](repeating: .null, count: layout.columnCount)
    var further: [(Tag, RowImage.Head)] = []
    var digest: UInt64 = 0

    for cell in image.cells {
      for entry in cell.entries {
        for head in entry.heads where cell.tag != Field.lifeTag {
          let writer = try writer(head.transaction)
          if greatest.stamp < writer.stamp { greatest = writer }
        }
      }
      guard let first = cell.entries.first?.heads.first else { continue }
      if cell.tag == Field.lifeTag {
        further += cell.entries[0].heads.map { (cell.tag, $0) }
        continue
      }
      guard let column = layout.column(cell.tag), CellForm(column.field.kind) == cell.form else {
        clocks[cell.tag] = .unknown(
          cell.form, cell.entries.map { ClockColumn.Entry(key: $0.key, heads: $0.heads) })
        continue
      }
      switch cell.form {
      case .register:
        place(first.value, column, &values)
        let others = cell.entries[0].heads.dropFirst()
        further += others.map { (cell.tag, $0) }
        clocks.setRegister(
          cell.tag, first.transaction, isNull: first.value.isNull, further: !others.isEmpty)
        digest &+= hash(
          row: row, tag: cell.tag, writer: try writer(first.transaction), value: first.value)
      case .counter:
        place(first.value, column, &values)
        clocks[cell.tag] = .counter(transaction: first.transaction)
        digest &+= hash(
          row: row, tag: cell.tag, writer: try writer(first.transaction), value: first.value)
      case .set, .map:
        let entries = cell.entries.map { ClockColumn.Entry(key: $0.key, heads: $0.heads) }
        clocks[cell.tag] = .entries(entries)
        place(.text(EntriesText.json(entries, cell.form)), column, &values)
      }
    }
    clocks.greatest = greatest.number
    for item in clocks.items {
      switch item.content {
      case .entries(let entries):
        for entry in entries { digest &+= try hash(row: row, tag: item.tag, entry: entry) }
      case .unknown(let form, let entries):
        for entry in entries { digest &+= try hash(row: row, tag: item.tag, entry: entry, form) }
      case .register, .counter: break
      }
    }
    let insert = try connection.statement(layout.insertAll)
    insert.bind(1, row)
    insert.bind(2, clocks.greatest)
    insert.bind(3, clocks.encoded)
    insert.bind(4, context.audience)
    for (index, value) in values.enumerated() { insert.bind(5 + index, value) }
    try insert.run()
    for (tag, head) in further {
      try insertFurtherHead(
        entity, row, tag, head.transaction, value: head.value, audience: context.audience)
      digest &+= hash(
        row: row, tag: tag, writer: try writer(head.transaction), value: head.value)
    }
    if context.isBase, let audience = context.audience { addToDigest(audience, digest) }
    context.undo?.record(.inserted, entity: entity, row: row)
  }

  private func place(_ value: Value, _ column: FieldColumns, _ values: inout [Value]) {
    guard column.isGroup else {
      values[column.first] = value
      return
    }
    if case .group(let parts) = value {
      for (index, part) in parts.prefix(column.count).enumerated() {
        values[column.first + index] = part
      }
    }
  }

  /// Moves a base row to another audience, with its heads and its part of the digests.
  public func moveRow(_ entity: Tag, _ row: Int64, to audience: Int64) throws {
    guard let layout = layout(entity) else { throw EngineError.unknownEntity(entity) }
    let select = try connection.statement(layout.selectAll)
    select.bind(1, row)
    guard try select.step() else {
      select.reset()
      return
    }
    let old = select.optionalInt(3)
    var digest = try hashRow(select, layout)
    select.reset()
    guard old != audience else { return }
    for (tag, head) in try allFurtherHeads(row) {
      digest &+= hash(row: row, tag: tag, writer: head.writer, value: head.value)
    }
    if let old { addToDigest(old, 0 &- digest) }
    addToDigest(audience, digest)
    let update = try connection.statement(
      "UPDATE \(Guard.quote(layout.entity.table)) SET _a = ? WHERE id = ?")
    update.bind(1, audience)
    update.bind(2, row)
    try update.run()
    let heads = try connection.statement("UPDATE _head SET audience = ? WHERE row = ?")
    heads.bind(1, audience)
    heads.bind(2, row)
    try heads.run()
  }
}

extension Engine {
  /// Takes away all rows, without digests or before-images.
  public func emptyTables() throws {
    for layout in try storedLayouts() {
      try connection.execute("DELETE FROM \(Guard.quote(layout.entity.table))")
    }
  }
}
