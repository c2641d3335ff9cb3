import CSQLite
import Protocol

/// The loop of a first sync, and of what people make: rows from encoded values into their tables,
/// without a value made.
extension Engine {
  /// Inserts a row whose every value shows. False, with nothing done, where the row is there already
  /// or has fields that the model does not know: the slow way is for those.
  ///
  /// - Parameter values: one for each tag of the shape, still in their bytes.
  public func insertPlain(
    _ shape: Shape, row: RowID, _ context: ApplyContext, _ values: [ValueView]
  ) throws -> Bool {
    let plan = try plan(shape)
    guard plan.isPlain else { return false }
    let insert = plan.insert
    insert.bind(1, row.raw)
    insert.bind(2, context.writer.number)
    insert.bind(4, context.audience)
    var nulls: ClockColumn?
    for slot in 0..<plan.cells.count {
      try insert.bind(plan.cells[slot], offset: 5, static: values[slot])
      if values[slot].form == .null {
        var clocks = nulls ?? ClockColumn(transaction: context.writer.number)
        clocks.setRegister(
          plan.cells[slot].tag, context.writer.number, isNull: true, further: false)
        nulls = clocks
      }
    }
    if let nulls { insert.bind(3, nulls.encoded) } else { insert.bindNull(3) }
    try insert.run()
    // The statement does nothing where the row is there.
    guard connection.changes == 1 else { return false }
    if let undo = context.undo {
      undo.record(.inserted, entity: shape.entity, row: row.raw)
    } else if let audience = context.audience {
      let seed = seed(row: row.raw, context.writer)
      var digest: UInt64 = 0
      for slot in 0..<plan.cells.count {
        digest &+= CellHash.cell(
          seed: seed, tag: plan.cells[slot].tag, value: values[slot].encoded)
      }
      addToDigest(audience, digest)
    }
    return true
  }
}
