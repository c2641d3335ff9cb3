import Protocol

/// Applying one operation to its row: the same on both ends, decided here or told by the server.
extension Engine {
  /// - Parameter given: what the server says became of each value, in local numbers; nil decides by
  ///   merging.
  public func apply(
    _ operation: Operation, _ context: ApplyContext, given: [CellResult]?? = .none
  ) throws -> Applied {
    switch operation.kind {
    case .create, .write:
      return try applyWrite(operation, context, given)
    case .add, .remove, .put, .drop:
      return try applyEntry(operation, context, given)
    case .increment, .bump:
      return try applyIncrement(operation, context)
    case .edit:
      return try applyEdit(operation, context, given)
    case .keep:
      return try applyKeep(operation, context, given)
    case .erase:
      // What the text shows is said by the edit before it and the image after it.
      return try rowExists(operation.entity, operation.row.raw) ? .done(nil) : .missing
    case .delete, .image, .purge, .removed:
      preconditionFailure("life and death of rows are not a cell's")
    }
  }

  // MARK: Registers

  private struct CellChange {
    let index: Int
    let old: [Head]
    let new: [Head]
  }

  private func applyWrite(
    _ operation: Operation, _ context: ApplyContext, _ given: [CellResult]??
  ) throws -> Applied {
    let plan = try plan(
      Shape(kind: operation.kind, entity: operation.entity, tags: operation.tags))
    let row = operation.row.raw
    let select = plan.select
    select.bind(1, row)
    guard try select.step() else {
      select.reset()
      guard operation.kind == .create else { return .missing }
      try insertRow(operation, plan, context)
      return .done(nil)
    }
    var clocks = try ClockColumn(greatest: select.int(0), encoded: select.rawBlob(1))
    let oldClocks = context.undo == nil ? nil : select.optionalBlob(1)
    let oldGreatest = clocks.greatest
    let audience = select.optionalInt(2)
    if plan.cells.count == 1 {
      let old = select.value(plan.cells[0], offset: 3)
      if try showsAlone(operation, plan, context, given, clocks, isNull: old.isNull) {
        select.reset()
        try replace(old, by: operation, plan, context, clocks, oldClocks, audience)
        return .done(nil)
      }
    }
    var oldValues: [Value] = []
    for columns in plan.columns {
      oldValues.append(columns.map { select.value($0, offset: 3) } ?? .null)
    }
    select.reset()

    var changes: [CellChange] = []
    var results: [CellResult] = []
    var isPlain = true
    for (index, tag) in operation.tags.enumerated() {
      let newcomer = Head(writer: context.writer, value: operation.values[index])
      let old: [Head]
      let new: [Head]
      if let columns = plan.columns[index] {
        old = try heads(row, tag, shown: oldValues[index], clocks)
        if case .some(let decided) = given {
          new = try decide(decided?[index] ?? .shown, old: old, newcomer: newcomer)
        } else {
          new = Merge.register(
            columns.field.kind, heads: old, newcomer: newcomer, knows: context.knows,
            rank: rank(columns.field))
        }
      } else {
        old = try unknownHeads(tag, clocks, key: .null)
        if case .none = given, let declared = declaredField(operation.entity, tag) {
          new = Merge.register(
            declared.kind, heads: old, newcomer: newcomer, knows: context.knows
          ) { $0.rank(of: $1, list: declared.list) }
        } else {
          new = try decide((given ?? nil)?[index] ?? .shown, old: old, newcomer: newcomer)
        }
      }
      let result = Self.result(old: old, new: new, newcomer: context.writer)
      if result != .shown { isPlain = false }
      results.append(result)
      if new != old { changes.append(CellChange(index: index, old: old, new: new)) }
    }
    guard !changes.isEmpty else { return .done(isPlain ? nil : results) }

    context.undo?.record(.updated, entity: operation.entity, row: row) { record in
      appendBefore(&record, oldGreatest, oldClocks)
      record.varint(changes.count)
      for change in changes {
        record.varint(operation.tags[change.index])
        record.value(oldValues[change.index])
        let further = change.old.dropFirst()
        record.varint(plan.columns[change.index] == nil ? 0 : further.count)
        guard plan.columns[change.index] != nil else { continue }
        for head in further {
          record.varint(UInt64(head.writer.number))
          record.value(head.value)
        }
      }
    }
    var digest: UInt64 = 0
    for change in changes {
      let tag = operation.tags[change.index]
      if plan.columns[change.index] != nil {
        try saveFurtherHeads(
          operation.entity, row, tag, old: change.old, new: change.new, audience: audience)
        if let shown = change.new.first {
          clocks.setRegister(
            tag, shown.writer.number, isNull: shown.value.isNull, further: change.new.count > 1)
        }
        if context.isBase {
          for head in change.old {
            digest &-= hash(row: row, tag: tag, writer: head.writer, value: head.value)
          }
          for head in change.new {
            digest &+= hash(row: row, tag: tag, writer: head.writer, value: head.value)
          }
        }
      } else {
        let entry = ClockColumn.Entry(
          key: .null,
          heads: change.new.map { RowImage.Head(transaction: $0.writer.number, value: $0.value) })
        if context.isBase {
          if case .unknown(_, let entries) = clocks[tag] {
            for entry in entries {
              digest &-= try hash(row: row, tag: tag, entry: entry, .register)
            }
          }
          digest &+= try hash(row: row, tag: tag, entry: entry, .register)
        }
        clocks[tag] = .unknown(.register, [entry])
      }
    }
    try raise(&clocks, by: context.writer)
    if context.isBase, let audience { addToDigest(audience, digest) }
    try update(operation, plan, changes.map { ($0.index, $0.new.first?.value ?? .null) }, clocks)
    return .done(isPlain ? nil : results)
  }

  /// Whether a write of one register replaces its only head, and stands there alone: what almost
  /// every write does.
  private func showsAlone(
    _ operation: Operation, _ plan: ShapePlan, _ context: ApplyContext, _ given: [CellResult]??,
    _ clocks: ClockColumn, isNull: Bool
  ) throws -> Bool {
    guard let clock = clocks.register(plan.cells[0].tag, isNull: isNull) else { return true }
    if clock.further { return false }
    if case .some(let decided) = given { return (decided?[0] ?? .shown) == .shown }
    guard case .register(let asks)? = plan.columns[0]?.field.kind else { return false }
    let old = try writer(clock.transaction)
    if !asks { return old.stamp < context.writer.stamp || old.id == context.writer.id }
    // A head of the same site with a later sequence makes the newcomer history.
    let isHistory = old.id.site == context.knows.site && old.id.sequence > context.knows.sequence
    return !isHistory && (context.knows.covers(old) || old.id == context.writer.id)
  }

  private func replace(
    _ old: Value, by operation: Operation, _ plan: ShapePlan, _ context: ApplyContext,
    _ before: ClockColumn, _ oldClocks: [UInt8]?, _ audience: Int64?
  ) throws {
    let row = operation.row.raw
    let tag = plan.cells[0].tag
    let value = operation.values[0]
    var clocks = before
    if let undo = context.undo {
      undo.record(.updated, entity: operation.entity, row: row) { record in
        appendBefore(&record, before.greatest, oldClocks)
        record.varint(1)
        record.varint(tag)
        record.value(old)
        record.varint(0)
      }
    } else if let audience {
      var digest = hash(row: row, tag: tag, writer: context.writer, value: value)
      if let clock = before.register(tag, isNull: old.isNull) {
        digest &-= hash(row: row, tag: tag, writer: try writer(clock.transaction), value: old)
      }
      addToDigest(audience, digest)
    }
    clocks.setRegister(tag, context.writer.number, isNull: value.isNull, further: false)
    try raise(&clocks, by: context.writer)
    let update = plan.update
    update.bind(1, clocks.greatest)
    update.bind(2, clocks.encoded)
    update.bind(plan.cells[0], offset: 3, value)
    update.bind(3 + plan.columnCount, row)
    try update.run()
  }

  private func insertRow(_ operation: Operation, _ plan: ShapePlan, _ context: ApplyContext) throws
  {
    let row = operation.row.raw
    let number = context.writer.number
    var clocks = ClockColumn(transaction: number)
    var digest: UInt64 = 0
    let seed = context.isBase ? seed(row: row, context.writer) : 0
    let insert = plan.insert
    insert.bind(1, row)
    insert.bind(2, number)
    insert.bind(4, context.audience)
    for (index, tag) in operation.tags.enumerated() {
      let value = operation.values[index]
      if let columns = plan.columns[index] {
        insert.bind(columns, offset: 5, value)
        if value.isNull { clocks.setRegister(tag, number, isNull: true, further: false) }
        if context.isBase {
          scratch.removeAll()
          scratch.value(value)
          digest &+= scratch.bytes.withUnsafeBytes {
            CellHash.cell(seed: seed, tag: tag, value: $0)
          }
        }
      } else {
        let entry = ClockColumn.Entry(
          key: .null, heads: [RowImage.Head(transaction: number, value: value)])
        clocks[tag] = .unknown(.register, [entry])
        if context.isBase { digest &+= try hash(row: row, tag: tag, entry: entry, .register) }
      }
    }
    insert.bind(3, clocks.encoded)
    try insert.run()
    context.undo?.record(.inserted, entity: operation.entity, row: row)
    if context.isBase, let audience = context.audience { addToDigest(audience, digest) }
  }

  func update(
    _ operation: Operation, _ plan: ShapePlan, _ values: [(Int, Value)], _ clocks: ClockColumn
  ) throws {
    let known = values.filter { plan.columns[$0.0] != nil }
    let changed =
      known.count == operation.tags.count
      ? plan
      : try self.plan(
        Shape(
          kind: .write, entity: operation.entity, tags: known.map { operation.tags[$0.0] }))
    let update = changed.update
    update.bind(1, clocks.greatest)
    update.bind(2, clocks.encoded)
    for (position, value) in known.enumerated() {
      if let columns = changed.columns[position] { update.bind(columns, offset: 3, value.1) }
    }
    update.bind(3 + changed.columnCount, operation.row.raw)
    try update.run()
  }

  func rank(_ field: Field) -> (Ranking, Value) -> Int64 {
    var type = field.type
    if case .map(_, let value) = type { type = value }
    var list: ValueList?
    if case .enumeration(let name) = type { list = model.list(named: name) }
    return { ranking, value in ranking.rank(of: value, list: list) }
  }

  // MARK: Heads

  /// The heads of a register as they stand, the one that shows first.
  func heads(_ row: Int64, _ tag: Tag, shown: Value, _ clocks: ClockColumn) throws -> [Head] {
    guard let clock = clocks.register(tag, isNull: shown.isNull) else { return [] }
    var heads = [Head(writer: try writer(clock.transaction), value: shown)]
    if clock.further { heads += try furtherHeads(row, tag) }
    return heads
  }

  /// Heads beside the one that shows, by stamp, greatest first.
  func furtherHeads(_ row: Int64, _ tag: Tag) throws -> [Head] {
    let statement = try connection.statement(
      "SELECT txn, value FROM _head WHERE row = ? AND tag = ?")
    var found: [(Int64, Value)] = []
    do {
      defer { statement.reset() }
      statement.bind(1, row)
      statement.bind(2, Int64(tag))
      while try statement.step() {
        var reader = ByteReader(statement.rawBlob(1))
        found.append((statement.int(0), try reader.value()))
      }
    }
    var heads: [Head] = []
    for (number, value) in found { heads.append(Head(writer: try writer(number), value: value)) }
    return heads.sorted { $0.writer.stamp > $1.writer.stamp }
  }

  private func saveFurtherHeads(
    _ entity: Tag, _ row: Int64, _ tag: Tag, old: [Head], new: [Head], audience: Int64?
  ) throws {
    if old.count > 1 { try deleteFurtherHeads(row, tag) }
    for head in new.dropFirst() {
      try insertFurtherHead(
        entity, row, tag, head.writer.number, value: head.value, audience: audience)
    }
  }

  func deleteFurtherHeads(_ row: Int64, _ tag: Tag) throws {
    let statement = try connection.statement("DELETE FROM _head WHERE row = ? AND tag = ?")
    statement.bind(1, row)
    statement.bind(2, Int64(tag))
    try statement.run()
  }

  func insertFurtherHead(
    _ entity: Tag, _ row: Int64, _ tag: Tag, _ number: Int64, value: Value, audience: Int64?
  ) throws {
    let statement = try connection.statement(
      "INSERT INTO _head (row, tag, txn, entity, audience, value) VALUES (?, ?, ?, ?, ?, ?)")
    statement.bind(1, row)
    statement.bind(2, Int64(tag))
    statement.bind(3, number)
    statement.bind(4, Int64(entity))
    statement.bind(5, audience)
    statement.bind(6, value.encoded)
    try statement.run()
  }

  func unknownHeads(_ tag: Tag, _ clocks: ClockColumn, key: Value) throws -> [Head] {
    guard case .unknown(_, let entries) = clocks[tag],
      let entry = entries.first(where: { $0.key == key })
    else { return [] }
    return try entry.heads.map { Head(writer: try writer($0.transaction), value: $0.value) }
  }

  func decide(_ result: CellResult, old: [Head], newcomer: Head) throws -> [Head] {
    switch result {
    case .shown: return [newcomer]
    case .hidden: return old
    case .heads(let list):
      return try list.map { Head(writer: try writer(Int64($0.reference)), value: $0.value) }
    }
  }

  private static func result(old: [Head], new: [Head], newcomer: Writer) -> CellResult {
    if new.count == 1, new[0].writer.number == newcomer.number { return .shown }
    if new == old { return .hidden }
    return .heads(
      new.map { HeadReference(reference: Int($0.writer.number), value: $0.value) })
  }

  func raise(_ clocks: inout ClockColumn, by writer: Writer) throws {
    if clocks.greatest != writer.number,
      try self.writer(clocks.greatest).stamp < writer.stamp
    {
      clocks.raise(to: writer.number)
    }
  }

  func appendBefore(
    _ record: inout ByteWriter, _ greatest: Int64, _ clocks: [UInt8]?
  ) {
    record.varint(UInt64(greatest))
    record.varint(clocks.map { $0.count + 1 } ?? 0)
    if let clocks { record.raw(clocks) }
  }
}
