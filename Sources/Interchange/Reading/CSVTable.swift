import Protocol

/// A CSV file whose first record names its columns.
public struct CSVTable: Sendable {
  public struct Row: Sendable {
    public let line: Int
    let fields: [String]
    let columns: [String: Int]

    /// The trimmed text of a column; nil where the cell is empty or missing, or the table has no
    /// such column.
    public subscript(_ column: String) -> String? {
      guard let index = columns[column], index < fields.count else { return nil }
      let text = fields[index].trimmed
      return text.isEmpty ? nil : text
    }
  }

  public let columns: [String]
  public let rows: [Row]

  /// Refuses a table without one of the `required` columns, with a column twice, or with a row
  /// longer than its header.
  public init(_ reader: CSVReader, required: [String] = []) throws(ReadingError) {
    var reader = reader
    guard let header = try reader.next() else { throw ReadingError(line: 0, .nothingToRead) }
    columns = header.fields.map(\.trimmed)
    var index: [String: Int] = [:]
    for (place, name) in columns.enumerated() where !name.isEmpty {
      guard index.updateValue(place, forKey: name) == nil else {
        throw ReadingError(line: header.line, .columnTwice(name))
      }
    }
    for name in required where index[name] == nil {
      throw ReadingError(line: header.line, .columnMissing(name))
    }
    var rows: [Row] = []
    while let record = try reader.next() {
      guard record.fields.count <= columns.count else {
        throw ReadingError(
          line: record.line,
          .moreFieldsThanColumns(fields: record.fields.count, columns: columns.count))
      }
      rows.append(Row(line: record.line, fields: record.fields, columns: index))
    }
    self.rows = rows
  }
}
