import Protocol

/// Prints measurements, for people or for programs.
struct Report {
  var rows: [Measurement] = []
  /// What the table's column of the other side is called.
  var baseline = "plain"

  mutating func add(_ row: Measurement) { rows.append(row) }

  func print(asJSON: Bool) {
    Swift.print(asJSON ? json : table)
  }

  private var json: String {
    var text = JSONText()
    text.array { text in
      for row in rows {
        text.object { text in
          text.member("work", string: row.work)
          text.member("unit", string: row.unit)
          member("kaai", row.kaai, &text)
          member("baseline", row.baseline, &text)
          member("ratio", row.ratio, &text)
          text.member("goal", string: row.goal)
          text.member("met", bool: row.met)
        }
      }
    }
    return text.text
  }

  private func member(_ name: String, _ value: Double?, _ text: inout JSONText) {
    text.key(name)
    if let value, value.isFinite { text.real(value) } else { text.null() }
  }

  private var table: String {
    let head = ["work", "unit", "kaai", baseline, "ratio", "goal", "met"]
    let lines =
      [head]
      + rows.map { row in
        [
          row.work, row.unit, Measurement.number(row.kaai),
          row.baseline.map(Measurement.number) ?? "-", row.ratio.map(Measurement.number) ?? "-",
          row.goal, row.goal.isEmpty ? "" : row.met ? "yes" : "NO",
        ]
      }
    let widths = head.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    return lines.map { line in
      line.enumerated().map { column, text in
        let padding = String(repeating: " ", count: widths[column] - text.count)
        return (2...4).contains(column) ? padding + text : text + padding
      }.joined(separator: "  ")
    }.joined(separator: "\n")
  }
}
