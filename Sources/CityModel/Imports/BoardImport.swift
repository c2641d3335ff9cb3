import Interchange
import Protocol

/// The organisations in a board, from CSV with one member a row: partners of one programme, a
/// cluster, that bears the board's name.
enum BoardImport {
  static func fill(_ builder: inout ImportBuilder, _ reader: CSVReader) throws {
    let table = try CSVTable(reader, required: ["board", "organisation"])
    for (board, rows) in grouped(table.rows) {
      let partners = try rows.compactMap { row in
        try row["organisation"].map { (name: $0, reference: try builder.organisation($0)) }
      }
      try builder.add(entity: "programme", key: key(board), line: rows[0].line) { programme in
        programme.put("name", board)
        programme.put("kind", "cluster")
        programme.putGroup("period", ["start": rows.compactMap { $0["since"] }.min()])
        programme.putOrigin(rows[0])
        programme.putPartners(partners)
      }
      for row in rows.dropFirst() { builder.join(line: row.line) }
    }
  }

  private static func key(_ board: String) -> String {
    "sample-board:\(FoldedText.words(board).joined(separator: "-"))"
  }

  /// The rows of each board, boards in the order of their first row.
  private static func grouped(_ rows: [CSVTable.Row]) -> [(String, [CSVTable.Row])] {
    var order: [String] = []
    var members: [String: [CSVTable.Row]] = [:]
    for row in rows {
      guard let board = row["board"] else { continue }
      if members[board] == nil { order.append(board) }
      members[board, default: []].append(row)
    }
    return order.map { ($0, members[$0] ?? []) }
  }
}
