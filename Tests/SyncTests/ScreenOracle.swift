import Protocol
import Storage
import Testing

private typealias M = SmallModel

/// Judges merges by what people's screens had shown when they saved, and by nothing else: no
/// `seen`, no position, no stamp.
///
/// A value may leave the heads of an asking field only when a later writer's screen had shown it,
/// or when whoever deleted the record had it on theirs.
struct ScreenOracle {
  struct Cell: Hashable {
    let row: RowID
    let tag: Tag
  }
  /// A save that wrote or deleted, with what its author's screen had shown until then.
  private struct Event {
    let transaction: TransactionID
    /// The cells it wrote; for a deletion, every cell of the record.
    let cells: [Cell: Value]
    let deleted: Set<RowID>
    let shown: Set<Value>
  }
  private var events: [Event] = []
  /// What each screen has ever shown of asking fields, by device.
  private(set) var screens: [String: Set<Value>] = [:]

  static let asking: [Tag] = [M.name, M.period]

  /// The screen of a device is drawn anew.
  mutating func look(_ device: Device) throws {
    let shown = try device.look(Self.values)
    screens[device.name, default: []].formUnion(shown.values.joined())
  }

  /// A person saved.
  ///
  /// - Parameter looking: what their form had shown when it was opened; nil for the present screen.
  mutating func saved(
    _ device: Device, _ transaction: TransactionID, _ operations: [Operation],
    looking: Set<Value>? = nil
  ) throws {
    var cells: [Cell: Value] = [:]
    var deleted: Set<RowID> = []
    for operation in operations where operation.entity == M.company {
      if operation.kind == .delete { deleted.insert(operation.row) }
      guard [.create, .write].contains(operation.kind) else { continue }
      for (tag, value) in zip(operation.tags, operation.values) where Self.asking.contains(tag) {
        cells[Cell(row: operation.row, tag: tag)] = value
      }
    }
    var shown = looking ?? screens[device.name] ?? []
    // What they wrote themselves, they know.
    for event in events where event.transaction.site == transaction.site {
      shown.formUnion(event.cells.values)
    }
    events.append(
      Event(transaction: transaction, cells: cells, deleted: deleted, shown: shown))
    try look(device)
  }

  /// Every merged value that is gone was on the screen of somebody who wrote over it later.
  func check(_ server: Engine, merged: Set<TransactionID>) throws -> [String] {
    let present = try Self.values(server)
    let counted = events.filter { merged.contains($0.transaction) }
    var lost: [String] = []
    for event in counted {
      for (cell, value) in event.cells where !value.isNull {
        if present[cell]?.contains(value) == true { continue }
        let isExcused = counted.contains { other in
          guard other.transaction != event.transaction, other.shown.contains(value) else {
            return false
          }
          return other.cells[cell] != nil || other.deleted.contains(cell.row)
        }
        if !isExcused {
          lost.append("\(event.transaction.text) wrote \(value) in \(cell.row.text).\(cell.tag)")
        }
      }
    }
    return lost
  }

  /// The values that stand in asking fields, shown or kept as losers.
  private static func values(_ engine: Engine) throws -> [Cell: Set<Value>] {
    var result: [Cell: Set<Value>] = [:]
    try engine.forEachRecord(M.company) { record in
      for tag in asking {
        if case .scalar(let value) = record.fields[tag] {
          result[Cell(row: record.id, tag: tag), default: []].insert(value)
        }
      }
      return true
    }
    for entry in try engine.conflicts() where asking.contains(entry.tag) {
      result[Cell(row: entry.record, tag: entry.tag), default: []]
        .formUnion(entry.losers.map(\.value))
    }
    return result
  }
}
