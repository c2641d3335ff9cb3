import Protocol
import Storage

/// Deletion and revival (DESIGN 4): a deletion stands as long as its author had seen every write to
/// the whole record, and it does not matter which of them arrives first.
extension TransactionMerger {
  mutating func delete(
    _ operation: Operation, _ entity: Entity, _ audience: Int64, _ index: Int
  ) throws {
    let row = operation.row.raw
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
  private mutating func bury(_ entity: Tag, _ row: Int64, by deletion: Writer, _ knows: Knowledge) throws
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
    guard let field = entity.parent.flatMap(entity.field(named:)),
      let slot = operation.tags.firstIndex(of: field.tag),
      let owner = operation.values[slot].intValue, let grave = try engine.grave(owner)
    else { return }
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

  private func context(_ audience: Int64?) -> ApplyContext {
    ApplyContext(writer: writer, knows: knows, audience: audience, undo: nil)
  }
}

extension Engine {
  /// What the author of an accepted transaction had seen, in the numbering of the log.
  func knowledge(of writer: Writer) throws -> Knowledge {
    guard let stored = try transactions(where: "id = ?", [writer.number]).first else {
      throw EngineError.danglingTransaction(writer.number)
    }
    return Knowledge(
      site: writer.id.site, sequence: writer.id.sequence,
      seen: try seenPosition(stored.header.seen) ?? 0)
  }

  /// `seen` as a position of the log, judged in its own epoch; nil where no position was ever meant.
  func seenPosition(_ seen: Cursor) throws -> Int64? {
    if seen == .none { return 0 }
    guard let end = try epochEnd(seen.epoch), seen.position <= end else { return nil }
    return seen.position
  }
}
