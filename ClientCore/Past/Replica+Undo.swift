import Protocol
import Storage

/// What an undo or a restore did, and what it left as it was.
public struct UndoReport: Sendable {
  /// The transactions that it saved, oldest first; empty where there was nothing to take back.
  public internal(set) var transactions: [TransactionID] = []
  /// Their operations, in the order in which they were made.
  public internal(set) var operations: [Operation] = []
  public internal(set) var kept: [KeptChange] = []
}

extension Replica {
  /// Takes transactions back by new ones that say the opposite, as far as nobody has built on them.
  ///
  /// What was changed since by a transaction that is not among them stays as it is and is reported. All
  /// of it is saved together, or nothing.
  ///
  /// - Parameter isDry: says what would happen and saves nothing.
  /// - Throws: `UndoError` where a transaction is not known here; `ReplicaError`.
  public func undo(_ ids: Set<TransactionID>, isDry: Bool = false) throws -> UndoReport {
    try saveTogether(isDry) { engine, report, saver in
      var unknown = ids
      var rows: Set<Int64> = []
      try engine.forEachTransaction(limits, where: ids.contains) { id, operations in
        unknown.remove(id)
        rows.formUnion(operations.map(\.row.raw))
      }
      if let id = unknown.min() { throw UndoError.unknownTransaction(id) }
      let past = try RecordPast(
        engine, rows: rows, withParts: true, keepsImages: true, limits: limits)
      var steps: [(step: PastStep, taken: [Engine.RestoredRow])] = []
      var later: [Int64: [LaterChange]] = [:]
      try past.replay { step in
        if ids.contains(step.head.id) {
          steps.append((step, try past.taken(by: step)))
        } else if !steps.isEmpty {
          for change in step.changes {
            for row in Self.rows(of: change, engine.model) {
              later[row, default: []].append(LaterChange(head: step.head, change: change))
            }
          }
        }
      }
      for (step, taken) in steps.reversed() {
        let first = report.kept.count
        try saver.commit(Self.undoLabel + step.head.id.text) { draft in
          try takeBack(step, taken, later, &draft, &report)
        }
        for index in first..<report.kept.count {
          let kept = report.kept[index]
          let last = later[kept.row.raw]?.last {
            step.head.precedes($0.head)
              && (kept.tag == Field.lifeTag
                || ($0.change.row == kept.row && $0.change.touches(kept.tag)))
          }
          report.kept[index].by = try last.map { try PastAuthor($0.head, engine) }
        }
      }
    }
  }

  /// Puts a record with its parts back as they were at a time; without one, brings a deleted record
  /// back as it was.
  ///
  /// - Parameter milliseconds: the author's time up to which transactions count.
  /// - Throws: `UndoError` where this replica knows nothing of the record then.
  public func restore(_ row: RowID, at milliseconds: Int64?, isDry: Bool = false) throws
    -> UndoReport
  {
    try saveTogether(isDry) { engine, report, saver in
      let past = try RecordPast(
        engine, rows: [row.raw], withParts: true, keepsImages: true, limits: limits)
      var then: [Int64: Record] = [:]
      var entity: Tag?
      var taken: [Int64: [Engine.RestoredRow]] = [:]
      try past.replay { step in
        let gone = try past.taken(by: step)
        for change in step.changes {
          if change.row == row { entity = change.entity }
          if change.after == nil { taken[change.row.raw] = gone }
          if let milliseconds, step.head.atMilliseconds > milliseconds { continue }
          then[change.row.raw] = change.after
        }
      }
      guard let entity else { throw UndoError.unknownRecord(row) }
      let isGone = try !engine.rowExists(entity, row.raw)
      if milliseconds == nil, !isGone { throw UndoError.isThere(row) }
      if milliseconds != nil, then[row.raw] == nil { throw UndoError.notYetThere(row) }
      let (states, images) = (then, taken)
      try saver.commit("restore \(row.text)") { draft in
        if isGone { try draft.bringBack(entity, row, images[row.raw] ?? []) }
        guard milliseconds != nil else { return }
        try restore(row, entity, to: states, images, &draft, &report)
      }
    }
  }

  /// The records that were deleted and not brought back, the last first.
  public func deletedRecords(of entity: Tag? = nil) throws -> [DeletedRecord] {
    try database.read { engine in
      var rows: Set<Int64> = []
      try engine.forEachTransaction(limits, where: { _ in true }) { _, operations in
        for operation in operations where operation.kind == .delete {
          rows.insert(operation.row.raw)
        }
      }
      let past = try RecordPast(engine, rows: rows, withParts: false, limits: limits)
      var found: [RowID: DeletedRecord] = [:]
      try past.replay { step in
        for change in step.changes {
          guard let before = change.before, change.after == nil else {
            found[change.row] = nil
            continue
          }
          let isDeletion = step.operations.contains { $0.kind == .delete && $0.row == change.row }
          guard isDeletion, entity == nil || entity == change.entity else { continue }
          found[change.row] = DeletedRecord(
            record: before, by: try PastAuthor(step.head, engine))
        }
      }
      return found.values.sorted {
        ($0.by.atMilliseconds, $0.record.id) > ($1.by.atMilliseconds, $1.record.id)
      }
    }
  }

  /// The last own transaction that is neither an undo nor taken back by one; nil where there is none.
  public func lastUndoable() throws -> TransactionID? {
    try database.read { engine in
      let own = try OwnState.load(engine)
      var candidates: [TransactionID] = []
      var undone: Set<String> = []
      try engine.forEachHead(limits) { head in
        if let name = Self.undone(by: head.label) {
          undone.insert(name)
        } else if own.isOwn(head.id) {
          candidates.append(head.id)
        }
      }
      return candidates.last { !undone.contains($0.text) }
    }
  }

  /// The transactions of one import, or whatever else shares a label.
  public func transactions(labelled label: String) throws -> Set<TransactionID> {
    try database.read { engine in
      var found: Set<TransactionID> = []
      try engine.forEachHead(limits) { head in
        if head.label == label { found.insert(head.id) }
      }
      return found
    }
  }

  private static let undoLabel = "undo "

  /// The name of the transaction that one with this label takes back.
  private static func undone(by label: String) -> String? {
    label.hasPrefix(undoLabel) ? String(label.dropFirst(undoLabel.count)) : nil
  }

  // MARK: Pieces

  private func saveTogether(
    _ isDry: Bool, _ body: (Engine, inout UndoReport, Saver) throws -> Void
  ) throws -> UndoReport {
    var report = UndoReport()
    do {
      try database.write { engine in
        let saver = Saver(replica: self, engine: engine)
        try body(engine, &report, saver)
        report.transactions = saver.transactions
        report.operations = saver.operations
        if isDry { throw DryRun() }
      }
      CrashPoint.reach(.saveCommitted)
    } catch is DryRun {
      report.transactions = []
    }
    return report
  }

  private struct DryRun: Error {}

  private func takeBack(
    _ step: PastStep, _ taken: [Engine.RestoredRow], _ later: [Int64: [LaterChange]],
    _ draft: inout Draft, _ report: inout UndoReport
  ) throws {
    for change in step.changes.reversed() {
      guard let entity = model.entity(tag: change.entity), !entity.isServerOwned else { continue }
      let current = try draft.read { try $0.record(entity.tag, change.row) }
      func keep(_ tag: Tag, _ reason: KeptChange.Reason) {
        report.kept.append(
          KeptChange(entity: entity.tag, row: change.row, tag: tag, reason: reason, by: nil))
      }
      switch (change.before, change.after) {
      case (nil, _?):
        guard current != nil else { continue }
        let builtOn = later[change.row.raw]?.contains {
          step.head.precedes($0.head) && $0.change.after != nil
        }
        if builtOn == true {
          keep(Field.lifeTag, .builtOn)
        } else {
          try draft.apply(.delete(entity.tag, change.row))
        }
      case (_?, nil):
        guard current == nil,
          step.operations.contains(where: { $0.kind == .delete && $0.row == change.row })
        else { continue }
        try draft.bringBack(entity.tag, change.row, taken)
      case (let before?, let after?):
        guard let current else {
          keep(Field.lifeTag, .deletedSince)
          continue
        }
        let inverse = Inverse(entity, after: after, before: before, current: current)
        for operation in inverse.operations { try draft.apply(operation) }
        for (tag, reason) in inverse.kept { keep(tag, reason) }
      case (nil, nil): continue
      }
    }
  }

  private func restore(
    _ row: RowID, _ entity: Tag, to states: [Int64: Record],
    _ images: [Int64: [Engine.RestoredRow]], _ draft: inout Draft, _ report: inout UndoReport
  ) throws {
    let present = try draft.read { try $0.recordRows(entity, row.raw) }
    for (tag, part) in present.reversed() {
      guard let declared = model.entity(tag: tag) else { continue }
      guard let then = states[part] else {
        try draft.apply(.delete(tag, RowID(part)))
        continue
      }
      guard let current = try draft.read({ try $0.record(tag, RowID(part)) }) else { continue }
      let inverse = Inverse(declared, after: current, before: then, current: current)
      for operation in inverse.operations { try draft.apply(operation) }
      for (field, reason) in inverse.kept {
        report.kept.append(
          KeptChange(entity: tag, row: RowID(part), tag: field, reason: reason, by: nil))
      }
    }
    let there = Set(present.map(\.1))
    for (part, then) in states.sorted(by: { $0.key < $1.key }) where !there.contains(part) {
      try draft.bringBack(then.entity, RowID(part), images[part] ?? [])
    }
  }

  /// A row, and what it hangs below: work on a part is work on the whole.
  private static func rows(of change: PastStep.Change, _ model: Model) -> [Int64] {
    guard let entity = model.entity(tag: change.entity),
      let parent = entity.parent.flatMap(entity.field(named:)),
      let owner = (change.after ?? change.before)?.fields[parent.tag].scalar.intValue
    else { return [change.row.raw] }
    return [change.row.raw, owner]
  }
}

/// A record that was deleted, as it was then.
public struct DeletedRecord: Sendable {
  public let record: Record
  public let by: PastAuthor
}

/// Why something cannot be taken back.
public enum UndoError: Error, Equatable {
  /// This replica does not have the transaction.
  case unknownTransaction(TransactionID)
  case unknownRecord(RowID)
  /// The record is not deleted.
  case isThere(RowID)
  /// The record did not exist at that time, as far as this replica knows.
  case notYetThere(RowID)
  /// There is no own change left to take back.
  case nothing
}

/// Saves the actions of an undo in the transaction that they share.
private final class Saver {
  private let replica: Replica
  private let engine: Engine
  private(set) var transactions: [TransactionID] = []
  private(set) var operations: [Operation] = []

  init(replica: Replica, engine: Engine) {
    self.replica = replica
    self.engine = engine
  }

  func commit(_ label: String, _ build: (inout Draft) throws -> Void) throws {
    var made: [Operation] = []
    let id = try replica.commit(engine, seen: nil, label: label) { draft in
      try build(&draft)
      made = try draft.operations
    }
    guard let id else { return }
    transactions.append(id)
    operations += made
  }
}

/// A change that is not taken back, after those that are.
private struct LaterChange {
  let head: TransactionHead
  let change: PastStep.Change
}
