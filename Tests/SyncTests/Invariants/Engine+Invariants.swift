import Protocol
import Testing

@testable import Storage

/// What must hold of the rows, their clocks and heads on both ends:
///
/// - every clock names a transaction that exists, and a row's greatest clock is the greatest;
/// - a register bears the mark "further" exactly when other heads stand in `_head`;
/// - a further head belongs to a row that is there, and has its audience;
/// - the JSON that shows a set or a map is made from its elements;
/// - a tombstone stands only for a row that is not there;
/// - with no pending write applied, kept digests equal those from scratch.
extension Engine {
  func rowProblems() throws -> [String] {
    var problems: [String] = []
    var heads = try headCells()
    for layout in try storedLayouts() {
      let entity = layout.entity
      let scan = try connection.statement(layout.scan)
      defer { scan.reset() }
      while try scan.step() {
        let row = scan.int(0)
        let clocks = try ClockColumn(greatest: scan.int(1), encoded: scan.rawBlob(2))
        let audience = scan.optionalInt(3)
        try problems += clockProblems(clocks, "\(entity.name) \(RowID(row).text)")
        for column in layout.columns {
          let tag = column.field.tag
          let name = "\(entity.name).\(column.field.name) of \(RowID(row).text)"
          let further = heads.removeValue(forKey: HeadCell(row: row, tag: tag))
          switch CellForm(column.field.kind) {
          case .register:
            let isNull = scan.isNull(column, offset: 4)
            let marked = clocks.register(tag, isNull: isNull)?.further ?? false
            if marked != (further != nil) {
              problems.append("\(name): mark \(marked), further heads \(further?.count ?? 0)")
            }
          case .set, .map:
            let shown = scan.value(column, offset: 4)
            var expected = Value.null
            if case .entries(let entries) = clocks[tag] {
              expected = .text(EntriesText.json(entries, CellForm(column.field.kind)))
            }
            if shown != expected { problems.append("\(name) shows \(shown), is \(expected)") }
          case .counter: break
          }
          if further?.contains(where: { $0 != audience }) == true {
            problems.append("\(name): a further head of another audience")
          }
        }
        if let life = heads.removeValue(forKey: HeadCell(row: row, tag: Field.lifeTag)),
          life.contains(where: { $0 != audience })
        {
          problems.append("\(RowID(row).text): a deletion of another audience")
        }
        if try connection.scalar("SELECT 1 FROM _tombstone WHERE row = ?", row) != nil {
          problems.append("\(RowID(row).text) lives and has a tombstone")
        }
      }
    }
    for (cell, audiences) in heads {
      // On a server a deletion of what is dead already waits, without audience, beside the grave.
      if role == .server, cell.tag == Field.lifeTag,
        audiences == [nil] || audiences.allSatisfy({ $0 == nil }),
        try connection.scalar("SELECT 1 FROM _grave WHERE row = ?", cell.row) != nil
      {
        continue
      }
      problems.append("heads of \(RowID(cell.row).text).\(cell.tag), which is not there")
    }
    return problems
  }

  func digestProblems() throws -> [String] {
    let (kept, computed) = (try digests(), try digestsFromScratch())
    return kept == computed ? [] : ["digests \(kept) kept, \(computed) from scratch"]
  }

  private struct HeadCell: Hashable {
    let row: Int64
    let tag: Tag
  }

  private func headCells() throws -> [HeadCell: [Int64?]] {
    let statement = try connection.statement("SELECT row, tag, audience, txn FROM _head")
    defer { statement.reset() }
    var result: [HeadCell: [Int64?]] = [:]
    while try statement.step() {
      let cell = HeadCell(
        row: statement.int(0), tag: Tag(truncatingIfNeeded: statement.int(1)))
      result[cell, default: []].append(statement.optionalInt(2))
      _ = try writer(statement.int(3))
    }
    return result
  }

  private func clockProblems(_ clocks: ClockColumn, _ name: String) throws -> [String] {
    var numbers = [clocks.base]
    for item in clocks.items {
      switch item.content {
      case .register(let number, _), .counter(let number): numbers.append(number)
      case .entries(let entries), .unknown(_, let entries):
        numbers += entries.flatMap { $0.heads.map(\.transaction) }
        if entries.contains(where: { $0.heads.isEmpty }) {
          return ["\(name): an entry without head"]
        }
      }
    }
    let greatest = try writer(clocks.greatest)
    for number in numbers {
      guard let writer = try? writer(number) else {
        return ["\(name): a clock names \(number), which is not there"]
      }
      if greatest.stamp < writer.stamp { return ["\(name): its greatest clock is not"] }
    }
    return []
  }
}
