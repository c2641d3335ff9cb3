import Protocol

/// Applying operations on sets, maps and counters.
extension Engine {
  // MARK: Sets and maps

  func applyEntry(
    _ operation: Operation, _ context: ApplyContext, _ given: [CellResult]??
  ) throws -> Applied {
    let isMap = operation.kind == .put || operation.kind == .drop
    let isAddition = operation.kind == .add || operation.kind == .put
    let element = operation.values[0]
    return try changeEntries(operation, context, isMap ? .map : .set) { old, writer in
      let value = operation.kind == .put ? operation.values[1] : isMap ? .null : element
      let newcomer = Head(writer: writer, value: value)
      if case .some(let decided) = given {
        if !isAddition, (decided?[0] ?? .shown) == .shown { return [] }
        let heads = try decide(decided?[0] ?? .shown, old: old, newcomer: newcomer)
        return isMap ? heads : heads.map { Head(writer: $0.writer, value: $0.value.or(element)) }
      }
      if !isAddition { return Merge.remove(heads: old, knows: context.knows) }
      if let field = model.entity(tag: operation.entity)?.field(tag: operation.tags[0]) {
        guard case .map(let kind) = field.kind else {
          return Merge.add(heads: old, newcomer: newcomer, knows: context.knows)
        }
        return Merge.put(
          kind, heads: old, newcomer: newcomer, knows: context.knows, rank: rank(field))
      }
      guard let declared = declaredField(operation.entity, operation.tags[0]),
        case .map(let kind) = declared.kind
      else { return Merge.add(heads: old, newcomer: newcomer, knows: context.knows) }
      return Merge.put(kind, heads: old, newcomer: newcomer, knows: context.knows) {
        $0.rank(of: $1, list: declared.list)
      }
    }
    .map { old, new in
      // Of a set, a spelling is told only where it is not that of the operation.
      let told = isMap ? new : new.map { Head(writer: $0.writer, value: $0.value.unless(element)) }
      if isAddition {
        if new.count == 1, new[0].writer.number == context.writer.number { return .shown }
      } else if new.isEmpty {
        return .shown
      }
      if new == old { return .hidden }
      return .heads(told.map { HeadReference(reference: Int($0.writer.number), value: $0.value) })
    }
  }

  private enum EntryChange {
    case missing
    case changed(old: [Head], new: [Head])

    func map(_ result: ([Head], [Head]) -> CellResult) -> Applied {
      switch self {
      case .missing: return .missing
      case .changed(let old, let new):
        let result = result(old, new)
        return .done(result == .shown ? nil : [result])
      }
    }
  }

  /// Changes one element of a set or key of a map, and the column that shows them.
  private func changeEntries(
    _ operation: Operation, _ context: ApplyContext, _ form: CellForm,
    _ change: ([Head], Writer) throws -> [Head]
  ) throws -> EntryChange {
    let tag = operation.tags[0]
    // A counter comes here only where the model does not know it.
    let key = form == .counter ? .null : operation.values[0]
    let row = operation.row.raw
    let plan = try plan(Shape(kind: .write, entity: operation.entity, tags: [tag]))
    let select = plan.select
    select.bind(1, row)
    guard try select.step() else {
      select.reset()
      return .missing
    }
    var clocks = try ClockColumn(greatest: select.int(0), encoded: select.rawBlob(1))
    let oldClocks = select.optionalBlob(1)
    let oldGreatest = clocks.greatest
    let audience = select.optionalInt(2)
    let oldColumn = plan.columns[0].map { select.value($0, offset: 3) } ?? .null
    select.reset()

    var entries: [ClockColumn.Entry] = []
    switch clocks[tag] {
    case .entries(let known), .unknown(_, let known): entries = known
    default: break
    }
    let position = entries.index(of: key, form)
    let old = try position.map { try heads(of: entries[$0], form) } ?? []
    let new = try change(old, context.writer)
    guard new != old else { return .changed(old: old, new: new) }

    context.undo?.record(.updated, entity: operation.entity, row: row) { record in
      appendBefore(&record, oldGreatest, oldClocks)
      record.varint(1)
      record.varint(tag)
      record.value(oldColumn)
      record.varint(0)
    }
    let entry = ClockColumn.Entry(key: key, heads: new, form)
    if context.isBase, let audience {
      var digest: UInt64 = 0
      if let position {
        digest &-= try hash(row: row, tag: tag, entry: entries[position], form)
      }
      digest &+= try hash(row: row, tag: tag, entry: entry, form)
      addToDigest(audience, digest)
    }
    if let position { entries.remove(at: position) }
    if !new.isEmpty {
      // Another spelling may stand elsewhere in the order.
      let place = entries.firstIndex { !$0.key.precedes(entry.key) } ?? entries.count
      entries.insert(entry, at: place)
    }
    if plan.columns[0] == nil {
      clocks[tag] = entries.isEmpty ? nil : .unknown(form, entries)
    } else {
      clocks[tag] = entries.isEmpty ? nil : .entries(entries)
    }
    try raise(&clocks, by: context.writer)
    let shown: Value = entries.isEmpty ? .null : .text(EntriesText.json(entries, form))
    try update(
      Operation(.write, entity: operation.entity, row: operation.row, tags: [tag], values: [.null]),
      plan, [(0, shown)], clocks)
    return .changed(old: old, new: new)
  }

  // MARK: Counters

  func applyIncrement(_ operation: Operation, _ context: ApplyContext) throws -> Applied {
    if operation.kind == .bump {
      return try changeEntries(operation, context, .map) { old, writer in
        [Merge.increment(sum: old.first, by: Head(writer: writer, value: operation.values[1]))]
      }
      .map { _, _ in .shown }
    }
    let tag = operation.tags[0]
    let row = operation.row.raw
    let plan = try plan(Shape(kind: .write, entity: operation.entity, tags: [tag]))
    guard let columns = plan.columns[0] else {
      return try changeEntries(operation, context, .counter) { old, writer in
        [Merge.increment(sum: old.first, by: Head(writer: writer, value: operation.values[0]))]
      }
      .map { _, _ in .shown }
    }
    let select = plan.select
    select.bind(1, row)
    guard try select.step() else {
      select.reset()
      return .missing
    }
    var clocks = try ClockColumn(greatest: select.int(0), encoded: select.rawBlob(1))
    let oldClocks = select.optionalBlob(1)
    let oldGreatest = clocks.greatest
    let audience = select.optionalInt(2)
    let oldColumn = select.value(columns, offset: 3)
    select.reset()

    var sum: Head?
    if case .counter(let transaction) = clocks[tag] {
      sum = Head(writer: try writer(transaction), value: oldColumn)
    }
    let new = Merge.increment(
      sum: sum, by: Head(writer: context.writer, value: operation.values[0]))
    context.undo?.record(.updated, entity: operation.entity, row: row) { record in
      appendBefore(&record, oldGreatest, oldClocks)
      record.varint(1)
      record.varint(tag)
      record.value(oldColumn)
      record.varint(0)
    }
    if context.isBase, let audience {
      var digest: UInt64 = 0
      if let sum { digest &-= hash(row: row, tag: tag, writer: sum.writer, value: sum.value) }
      digest &+= hash(row: row, tag: tag, writer: new.writer, value: new.value)
      addToDigest(audience, digest)
    }
    clocks[tag] = .counter(transaction: new.writer.number)
    try raise(&clocks, by: context.writer)
    try update(
      Operation(.write, entity: operation.entity, row: operation.row, tags: [tag], values: [.null]),
      plan, [(0, new.value)], clocks)
    return .done(nil)
  }
}
