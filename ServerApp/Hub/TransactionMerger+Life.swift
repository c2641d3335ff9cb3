import Protocol
import Storage

/// Deletion and revival (DESIGN 4): a deletion stands as long as its author had seen every write to
/// the whole record, and it does not matter which of them arrives first.
extension TransactionMerger {
  mutating func delete(
    _ operation: Operation, _ entity: Entity, _ audience: Int64, _ index: Int
  ) throws {
    let row = operation.row.raw
    if try late?.isDeletionHistory(row) == true {
      note(audience, [.hidden], index)
      return
    }
    if try hasUnseenWrite(entity.tag, row, knows) {
      let marks = try mark(entity.tag, row, by: writer, knows)
      note(
        audience,
        [
          .heads(
            marks.map { HeadReference(reference: Int($0.writer.number), value: .null) })
        ], index)
      return
    }
    for (child, childRow, childAudience) in try bury(entity.tag, row, by: writer, knows)
    where childRow != row {
      effects.extras.append(
        Effects.Extra(
          kind: .removed, entity: child, row: RowID(childRow), audience: childAudience,
          image: []))
    }
    note(audience, nil, index)
  }

  /// Puts a deletion beside a living row, in place of those its author had seen.
  private func mark(_ entity: Tag, _ row: Int64, by deletion: Writer, _ knows: Knowledge) throws
    -> [Head]
  {
    let old = try engine.lifeHeads(row)
    let new = Merge.remove(heads: old, knows: knows) + [Head(writer: deletion, value: .null)]
    try engine.setLifeHeads(entity, row, old: old, new: new, context(nil))
    return new
  }

  /// Takes a record away with all that lives in it, and keeps the images. Returns the rows with the
  /// audiences they had.
  @discardableResult
  private mutating func bury(_ entity: Tag, _ row: Int64, by deletion: Writer, _ knows: Knowledge)
    throws
    -> [(Tag, Int64, Int64)]
  {
    // Should the record come back, it must not bear deletions that this one had seen.
    let old = try engine.lifeHeads(row)
    let left = Merge.remove(heads: old, knows: knows)
    if left != old { try engine.setLifeHeads(entity, row, old: old, new: left, context(nil)) }
    var taken: [(Tag, Int64, Int64)] = []
    for (child, childRow) in try engine.recordRows(entity, row).reversed() {
      guard let declared = engine.model.entity(tag: child),
        let audience = try engine.rowAudience(child, childRow),
        let image = try engine.image(child, childRow)
      else { continue }
      let owner = try declared.parent.flatMap { try engine.reference(declared, childRow, $0) }
      try engine.bury(
        child, childRow, record: row, owner: owner ?? 0, transaction: deletion.number,
        audience: audience, image: image)
      try engine.removeRow(child, childRow, context(audience))
      try engine.insertTombstone(childRow, deletion.number, audience: audience)
      taken.append((child, childRow, audience))
      // The place is gone: what lies there is the city's, or stands for itself.
      for (entity, id) in try SpaceResolver(engine: engine).dependents(of: declared, childRow) {
        orphaned.append(Touched(entity: entity, row: id))
      }
    }
    return taken
  }

  /// Whether anybody wrote to a record, or to what hangs below it, dead or alive, what the author of
  /// a deletion had not seen.
  private func hasUnseenWrite(_ entity: Tag, _ row: Int64, _ knows: Knowledge) throws -> Bool {
    for part in try engine.recordRows(entity, row).map(\.1) + engine.buriedBelow(row) {
      for position in try engine.writes(to: part, after: knows.seen)
      where !knows.covers(try engine.writer(position)) {
        return true
      }
    }
    return false
  }

  // MARK: Writes to what is gone

  /// A write to a row that is not there: unknown, knowingly dead, or revived by this very write.
  mutating func writeToDead(_ operation: Operation, _ entity: Entity, _ index: Int) throws {
    let row = operation.row.raw
    guard let grave = try engine.grave(row), grave.entity == entity.tag else {
      throw MergeRefusal(.unknownRecord, operation.row.text)
    }
    try checkRight(grave.audience)
    if try late?.wasSeen(by: grave.transaction) == true {
      try writeToGrave(operation, entity, grave, index)
      return
    }
    if operation.kind == .delete {
      // Deleted by both: one deletion stands, the other is remembered for a revival.
      if !knows.covers(try engine.writer(grave.transaction)) {
        try engine.addLateDeletion(entity.tag, row, writer.number)
      }
      note(grave.audience, [.hidden], index)
      return
    }
    try revive(grave, knowingly: operation.kind == .keep)
    try applyToLiving(operation, entity, grave.audience, index)
  }

  // MARK: What comes late to what is gone

  /// Whoever deleted the row had seen this write: it stays gone, but should it be revived one day, the
  /// write is in its image.
  private mutating func writeToGrave(
    _ operation: Operation, _ entity: Entity, _ grave: Engine.Grave, _ index: Int
  ) throws {
    if operation.kind != .delete {
      let row = operation.row.raw
      try engine.putImage(
        try RowImage(encoded: grave.image), grave.entity, row, context(grave.audience))
      let history = try late?.history(operation, entity) ?? []
      if history.isEmpty {
        _ = try engine.apply(operation, context(grave.audience))
      } else {
        _ = try applyLate(operation, grave.audience, history)
      }
      try buryAgain(entity.tag, row, grave, owner: grave.owner)
    }
    note(
      grave.audience, [CellResult](repeating: .hidden, count: max(1, operation.tags.count)), index)
  }

  /// The grave of the record that a row which comes late would hang below, where whoever deleted the
  /// record had seen the row.
  func lateOwnerGrave(of operation: Operation, _ entity: Entity) throws -> Engine.Grave? {
    guard let late, let owner = owner(in: operation, entity), let grave = try engine.grave(owner),
      try late.wasSeen(by: grave.transaction)
    else { return nil }
    return grave
  }

  mutating func createBuried(
    _ operation: Operation, _ entity: Entity, _ grave: Engine.Grave, _ index: Int
  ) throws {
    try checkRight(grave.audience)
    _ = try engine.apply(operation, context(grave.audience))
    try buryAgain(entity.tag, operation.row.raw, grave, owner: grave.row)
    note(grave.audience, nil, index)
    effects.extras.append(
      Effects.Extra(
        kind: .removed, entity: entity.tag, row: operation.row, audience: grave.audience, image: [])
    )
  }

  private func buryAgain(_ entity: Tag, _ row: Int64, _ grave: Engine.Grave, owner: Int64) throws {
    guard let image = try engine.image(entity, row) else { return }
    try engine.removeRow(entity, row, context(grave.audience))
    try engine.bury(
      entity, row, record: grave.record, owner: owner, transaction: grave.transaction,
      audience: grave.audience, image: image)
    try engine.insertTombstone(row, grave.transaction, audience: grave.audience)
  }

  private func owner(in operation: Operation, _ entity: Entity) -> Int64? {
    guard let field = entity.parent.flatMap(entity.field(named:)),
      let slot = operation.tags.firstIndex(of: field.tag)
    else { return nil }
    return operation.values[slot].intValue
  }

  /// A row whose id comes from its content is made again by somebody who knew it was deleted: it
  /// starts empty. Returns the deletions that they had not seen, which mark it.
  func beginAnew(_ row: Int64) throws -> [Head] {
    try engine.forgetGrave(row)
    try engine.forgetTombstone(row)
    return try engine.takeLateDeletions(row).map {
      Head(writer: try engine.writer($0), value: .null)
    }.filter { !knows.covers($0.writer) }
  }

  /// A child that is made revives the record it hangs below.
  mutating func reviveOwner(of operation: Operation, _ entity: Entity) throws {
    guard let owner = owner(in: operation, entity), let grave = try engine.grave(owner) else {
      return
    }
    try checkRight(grave.audience)
    try revive(grave)
  }

  /// Brings a row back with all that its deletion took, marked, and what it hangs below.
  ///
  /// - Parameter knowingly: the author wants it back, whatever deletions they knew.
  private mutating func revive(_ grave: Engine.Grave, knowingly: Bool = false) throws {
    // The row and what it hangs below are being written: no deletion made elsewhere has seen that.
    var chain: [Engine.Grave] = [grave]
    while let last = chain.last, let above = try engine.grave(last.owner),
      !chain.contains(where: { $0.row == above.row })
    {
      chain.append(above)
    }
    let written = Set(chain.map(\.row))
    var late: [Engine.Grave] = []
    for present in chain where try engine.grave(present.row) != nil {
      let deletion = try engine.writer(present.transaction)
      guard knowingly || !knows.covers(deletion) else {
        throw MergeRefusal(.unknownRecord, RowID(present.row).text)
      }
      let taken = try engine.graves(of: present.record).filter {
        $0.transaction == present.transaction
      }
      for grave in taken { try putBack(grave, deletion) }
      late += taken
    }
    for taken in late { try judgeLateDeletions(taken, isWritten: written.contains(taken.row)) }
  }

  private mutating func putBack(_ grave: Engine.Grave, _ deletion: Writer) throws {
    let late = try engine.takeLateDeletions(grave.row)
    try engine.putImage(
      try RowImage(encoded: grave.image), grave.entity, grave.row, context(grave.audience))
    try engine.forgetGrave(grave.row)
    try engine.forgetTombstone(grave.row)
    revived.append((grave.entity, grave.row))
    if grave.row == grave.record {
      let old = try engine.lifeHeads(grave.row)
      try engine.setLifeHeads(
        grave.entity, grave.row, old: old, new: old + [Head(writer: deletion, value: .null)],
        context(grave.audience))
    }
    lateDeletions[grave.row] = late
  }

  /// A deletion that came when the row was dead already has its turn now.
  private mutating func judgeLateDeletions(_ grave: Engine.Grave, isWritten: Bool) throws {
    for number in (lateDeletions.removeValue(forKey: grave.row) ?? []).sorted() {
      let deletion = try engine.writer(number)
      let knows = try engine.knowledge(of: deletion)
      guard try engine.rowExists(grave.entity, grave.row) else {
        // An earlier one has taken the row again.
        try engine.addLateDeletion(grave.entity, grave.row, number)
        continue
      }
      if try isWritten || hasUnseenWrite(grave.entity, grave.row, knows) {
        _ = try mark(grave.entity, grave.row, by: deletion, knows)
      } else {
        try bury(grave.entity, grave.row, by: deletion, knows)
      }
    }
  }

  func context(_ audience: Int64?) -> ApplyContext {
    ApplyContext(writer: writer, knows: knows, audience: audience, undo: nil)
  }
}

extension Engine {
  /// What the author of an accepted transaction had seen, in the numbering of the log.
  func knowledge(of writer: Writer) throws -> Knowledge {
    try knowledge(writer.id, try judgedSeen(writer.number))
  }
}
