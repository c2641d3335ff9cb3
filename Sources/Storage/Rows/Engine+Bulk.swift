import Protocol

/// The loop of a first sync: rows from a page's columns into their tables, without a value made.
extension Engine {
  /// Inserts a base row whose every value shows. False, with nothing read or done, where the row is
  /// there already or has fields that the model does not know: the slow way is for those.
  ///
  /// - Parameter read: gives the value of each slot; called once a slot, in order, only when the
  ///   row is to be inserted.
  public func insertPlain(
    _ shape: Shape, row: RowID, _ context: ApplyContext,
    _ read: (Int) throws(DecodeError) -> ValueView
  ) throws -> Bool {
    let plan = try plan(shape)
    guard plan.isPlain, try !rowExists(shape.entity, row.raw) else { return false }
    let insert = plan.insert
    insert.bind(1, row.raw)
    insert.bind(2, context.writer.number)
    insert.bindNull(3)
    insert.bind(4, context.audience)
    let seed = seed(row: row.raw, context.writer)
    var digest: UInt64 = 0
    var nulls: ClockColumn?
    for slot in 0..<shape.tags.count {
      let view = try read(slot)
      if let columns = plan.columns[slot] { try insert.bind(columns, offset: 5, static: view) }
      if view.form == .null {
        var clocks = nulls ?? ClockColumn(transaction: context.writer.number)
        clocks.setRegister(
          shape.tags[slot], context.writer.number, isNull: true, further: false)
        nulls = clocks
      }
      digest &+= CellHash.cell(seed: seed, tag: shape.tags[slot], value: view.encoded)
    }
    if let nulls { insert.bind(3, nulls.encoded) }
    try insert.run()
    if let audience = context.audience { addToDigest(audience, digest) }
    return true
  }
}
