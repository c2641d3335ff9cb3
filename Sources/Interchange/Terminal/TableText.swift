/// A table for people: columns as wide as their widest cell, two spaces apart, one record a line.
///
/// Cells are made safe for a terminal here, so that no caller can forget it.
public struct TableText: Sendable {
  public enum Alignment: Sendable {
    case left
    case right
  }

  public struct Column: Sendable {
    public let header: String
    public let alignment: Alignment
    public init(_ header: String, _ alignment: Alignment = .left) {
      self.header = header
      self.alignment = alignment
    }
  }

  private let columns: [Column]
  private var rows: [[String]] = []
  /// The widest a column may be; what is longer ends with `…`.
  private let cellWidth: Int

  public init(columns: [Column], cellWidth: Int = 60) {
    self.columns = columns
    self.cellWidth = cellWidth
  }

  /// Missing cells are empty, cells beyond the last column are left out.
  public mutating func append(_ cells: [String]) {
    rows.append(
      columns.indices.map { $0 < cells.count ? fitted(cells[$0]) : "" })
  }

  /// The lines, each with its line feed. With `width`, lines are cut there.
  public func text(width: Int? = nil) -> String {
    let headers = columns.map { fitted($0.header) }
    let all = [headers] + rows
    let widths = columns.indices.map { column in
      all.map { ColumnWidth.of($0[column]) }.max() ?? 0
    }
    return all.map { line($0, widths: widths, within: width) + "\n" }.joined()
  }

  private func fitted(_ cell: String) -> String {
    ColumnWidth.fit(Terminal.safe(cell), cellWidth)
  }

  private func line(_ cells: [String], widths: [Int], within limit: Int?) -> String {
    var line = cells.indices.map { index in
      let space = String(repeating: " ", count: widths[index] - ColumnWidth.of(cells[index]))
      return columns[index].alignment == .left ? cells[index] + space : space + cells[index]
    }.joined(separator: "  ")
    while line.last == " " { line.removeLast() }
    return limit.map { ColumnWidth.fit(line, $0) } ?? line
  }
}
