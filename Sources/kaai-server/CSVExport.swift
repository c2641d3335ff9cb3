import Interchange
import Protocol

/// The records of one entity as CSV (RFC 4180): a column for the id, then one for each field in the
/// order of the declaration, with one a part for groups. Values are in the form that the command
/// line reads back.
///
/// Nothing is changed in a text that begins as a formula does: what opens the file as a spreadsheet
/// should import it as text.
struct CSVExport {
  private let fields: [Field]

  init(_ entity: Entity) { fields = entity.fields.filter { $0.kind != .derived } }

  var header: String {
    Self.line(
      ["id"]
        + fields.flatMap { field in
          guard case .group(let parts) = field.type else { return [field.name] }
          return parts.map { "\(field.name).\($0.name)" }
        })
  }

  func line(_ record: Record) -> String {
    Self.line([record.id.text] + fields.flatMap { Self.cells(record.fields[$0.tag], $0.type) })
  }

  private static func cells(_ value: FieldValue?, _ type: ValueType) -> [String] {
    switch (value, type) {
    case (.scalar(.group(let values))?, .group(let parts)):
      parts.indices.map {
        $0 < values.count ? PlainText.text(values[$0], type: parts[$0].type) : ""
      }
    case (_, .group(let parts)): parts.map { _ in "" }
    case (nil, _): [""]
    case (.scalar(let value)?, _): [PlainText.text(value, type: type)]
    case (.counter(let sum)?, _): [String(sum)]
    case (.set(let elements)?, .set(let element)):
      [elements.map { escaped(PlainText.text($0, type: element)) }.sorted().joined(separator: ",")]
    case (let value?, _): [object(value, type)]
    }
  }

  private static func escaped(_ element: String) -> String {
    element.contains(",")
      ? element.split(separator: ",", omittingEmptySubsequences: false)
        .joined(separator: "\\,") : element
  }

  private static func object(_ value: FieldValue, _ type: ValueType) -> String {
    if RecordJSON.isEmpty(value) { return "" }
    var json = JSONText()
    RecordJSON.write(value, type: type, to: &json)
    return json.text
  }

  private static func line(_ cells: [String]) -> String {
    cells.map(quoted).joined(separator: ",") + "\r\n"
  }

  private static func quoted(_ cell: String) -> String {
    let needsQuotes = cell.utf8.contains {
      $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") || $0 == 10 || $0 == 13
    }
    guard needsQuotes else { return cell }
    let doubled = cell.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"")
    return "\"\(doubled)\""
  }
}
