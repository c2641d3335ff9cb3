import Protocol

/// Whether a row is there, and the deletions that stand beside it (DESIGN 4).
extension Engine {
  /// Somebody wants a record to live: deletions that they knew of stand no more.
  func applyKeep(
    _ operation: Operation, _ context: ApplyContext, _ given: [CellResult]??
  ) throws -> Applied {
    let row = operation.row.raw
    if try !rowExists(operation.entity, row) {
      // A deleted record comes back: its author sees it at once, others when the server has said so.
      guard !context.isBase, try showRestored(row, context) else { return .missing }
    }
    let old = try furtherHeads(row, Field.lifeTag)
    let new: [Head]
    if case .some(let decided) = given {
      switch decided?[0] ?? .shown {
      case .shown: new = []
      case .hidden: new = old
      case .heads(let list):
        new = try list.map { Head(writer: try writer(Int64($0.reference)), value: $0.value) }
      }
    } else {
      new = Merge.remove(heads: old, knows: context.knows)
    }
    if new != old { try setLifeHeads(operation.entity, row, old: old, new: new, context) }
    if new.isEmpty { return .done(nil) }
    return .done([
      new == old
        ? .hidden
        : .heads(new.map { HeadReference(reference: Int($0.writer.number), value: .null) })
    ])
  }

  /// Replaces the deletions that stand beside a living row.
  public func setLifeHeads(
    _ entity: Tag, _ row: Int64, old: [Head], new: [Head], _ context: ApplyContext
  ) throws {
    let audience = try rowAudience(entity, row)
    context.undo?.record(.life, entity: entity, row: row) { record in
      record.varint(old.count)
      for head in old { record.varint(UInt64(head.writer.number)) }
    }
    try deleteFurtherHeads(row, Field.lifeTag)
    var digest: UInt64 = 0
    for head in new {
      try insertFurtherHead(
        entity, row, Field.lifeTag, head.writer.number, value: .null, audience: audience)
      digest &+= hash(row: row, tag: Field.lifeTag, writer: head.writer, value: .null)
    }
    for head in old {
      digest &-= hash(row: row, tag: Field.lifeTag, writer: head.writer, value: .null)
    }
    if context.isBase, let audience { addToDigest(audience, digest) }
  }

  public func rowExists(_ entity: Tag, _ row: Int64) throws -> Bool {
    try rowState(entity, row) != nil
  }

  public func rowAudience(_ entity: Tag, _ row: Int64) throws -> Int64? {
    try rowState(entity, row) ?? nil
  }

  /// nil where there is no such row; inside, its audience, nil while it is only pending.
  private func rowState(_ entity: Tag, _ row: Int64) throws -> Int64?? {
    guard let layout = layout(entity) else { throw EngineError.unknownEntity(entity) }
    let statement = try connection.statement(
      "SELECT _a FROM \(Guard.quote(layout.entity.table)) WHERE id = ?")
    defer { statement.reset() }
    statement.bind(1, row)
    guard try statement.step() else { return .none }
    return .some(statement.optionalInt(0))
  }
}
