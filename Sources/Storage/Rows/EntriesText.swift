import Protocol

/// The JSON by which a set or a map shows in its column, for any tool that reads the database.
enum EntriesText {
  static func json(_ entries: [ClockColumn.Entry], _ form: CellForm) -> String {
    var result = form == .map ? "{" : "["
    for (index, entry) in entries.enumerated() {
      if index > 0 { result += "," }
      if form == .map {
        result += entry.key.textValue.map(quoted) ?? quoted(plain(entry.key))
        result += ":" + plain(entry.heads.first?.value ?? .null)
      } else {
        result += plain(entry.key)
      }
    }
    return result + (form == .map ? "}" : "]")
  }

  private static func plain(_ value: Value) -> String {
    switch value {
    case .null: "null"
    case .int(let number): String(number)
    case .real(let number): "\(number)"
    case .text(let text): quoted(text)
    case .bytes: "null"
    case .group(let parts): "[" + parts.map(plain).joined(separator: ",") + "]"
    }
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      default:
        if scalar.value < 0x20 {
          let digits = String(scalar.value, radix: 16)
          result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }
}
