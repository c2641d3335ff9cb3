import Protocol

/// Putting back what pending writes replaced, the last write first.
extension Engine {
  /// - Parameter isWanted: says of which rows the records are put back.
  public func undo(
    _ encoded: UnsafeRawBufferPointer, where isWanted: (Int64) -> Bool = { _ in true }
  ) throws {
    try UndoLog.readBackwards(encoded) { record in
      let start = record.index
      guard let kind = UndoLog.Kind(rawValue: try record.byte()) else {
        throw DecodeError.invalid(what: "before-image", offset: start)
      }
      let entity = try record.uint32(what: "entity")
      let row = Int64(bitPattern: try record.fixed64())
      guard isWanted(row) else {
        _ = try record.raw(record.remaining)
        return
      }
      switch kind {
      case .inserted: try undoInsert(entity, row)
      case .updated: try undoUpdate(&record, entity, row)
      case .removed, .removedInOrder:
        try undoRemove(&record, entity, row, isInOrder: kind == .removedInOrder)
      case .life: try undoLife(&record, entity, row)
      case .text: try undoText(&record, entity, row)
      }
      try record.expectEnd()
    }
  }

  private func undoInsert(_ entity: Tag, _ row: Int64) throws {
    guard let layout = layout(entity) else { throw EngineError.unknownEntity(entity) }
    let delete = try connection.statement(layout.deleteRow)
    delete.bind(1, row)
    try delete.run()
    // An image brings its further heads, too.
    try deleteFurtherHeads(row)
  }

  private func undoUpdate(_ record: inout ByteReader, _ entity: Tag, _ row: Int64) throws {
    let greatest = Int64(try record.varint())
    let length = Int(try record.varint())
    let clocks = length == 0 ? nil : try record.array(length - 1)
    var tags: [Tag] = []
    var values: [Value] = []
    var audience: Int64??
    for _ in 0..<(try record.count(limit: record.remaining, what: "number of changes")) {
      let tag = try record.uint32(what: "tag")
      tags.append(tag)
      values.append(try record.value())
      let further = try record.count(limit: record.remaining, what: "number of heads")
      if further == 0 {
        // Whether heads were added is not known without a look; deleting none is cheap.
        if try hasFurtherHeads(row, tag) { try deleteFurtherHeads(row, tag) }
        continue
      }
      try deleteFurtherHeads(row, tag)
      if audience == nil { audience = .some(try rowAudience(entity, row)) }
      for _ in 0..<further {
        let number = Int64(try record.varint())
        try insertFurtherHead(
          entity, row, tag, number, value: try record.value(), audience: audience ?? nil)
      }
    }
    let known = tags.indices.filter { layout(entity)?.column(tags[$0]) != nil }
    let sorted = known.sorted { tags[$0] < tags[$1] }
    let plan = try plan(Shape(kind: .write, entity: entity, tags: sorted.map { tags[$0] }))
    let update = plan.update
    update.bind(1, greatest)
    update.bind(2, clocks)
    for (position, index) in sorted.enumerated() {
      if let columns = plan.columns[position] { update.bind(columns, offset: 3, values[index]) }
    }
    update.bind(3 + plan.columnCount, row)
    try update.run()
  }

  private func hasFurtherHeads(_ row: Int64, _ tag: Tag) throws -> Bool {
    try connection.scalar("SELECT 1 FROM _head WHERE row = ? AND tag = ?", row, Int64(tag)) != nil
  }

  private func undoRemove(
    _ record: inout ByteReader, _ entity: Tag, _ row: Int64, isInOrder: Bool
  ) throws {
    guard let layout = layout(entity) else { throw EngineError.unknownEntity(entity) }
    let insert = try connection.statement(layout.insertAll)
    insert.bind(1, row)
    insert.bind(2, Int64(try record.varint()))
    let length = Int(try record.varint())
    insert.bind(3, length == 0 ? nil : try record.array(length - 1))
    let audience = Int64(try record.varint()) - 1
    insert.bind(4, audience < 0 ? nil : audience)
    if isInOrder {
      for column in 0..<layout.columnCount { insert.bind(5 + column, try record.value()) }
    } else {
      try bindByTag(&record, layout, insert)
    }
    try insert.run()
    for _ in 0..<(try record.count(limit: record.remaining, what: "number of heads")) {
      let tag = try record.uint32(what: "tag")
      let number = Int64(try record.varint())
      try insertFurtherHead(
        entity, row, tag, number, value: try record.value(), audience: audience < 0 ? nil : audience
      )
    }
  }

  private func bindByTag(
    _ record: inout ByteReader, _ layout: TableLayout, _ insert: Statement
  ) throws {
    for column in 0..<layout.columnCount { insert.bindNull(5 + column) }
    for _ in 0..<(try record.count(limit: record.remaining, what: "number of fields")) {
      let column = layout.column(try record.uint32(what: "tag"))
      for index in 0..<(try record.count(limit: record.remaining, what: "number of columns")) {
        let value = try record.value()
        guard let column, index < column.count else { continue }
        insert.bind(5 + column.first + index, value)
      }
    }
  }

  private func undoLife(_ record: inout ByteReader, _ entity: Tag, _ row: Int64) throws {
    let audience = try rowAudience(entity, row)
    try deleteFurtherHeads(row, Field.lifeTag)
    for _ in 0..<(try record.count(limit: record.remaining, what: "number of heads")) {
      let number = Int64(try record.varint())
      try insertFurtherHead(
        entity, row, Field.lifeTag, number, value: .null, audience: audience)
    }
  }
}
