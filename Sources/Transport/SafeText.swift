/// Makes text from others safe to print: nothing in it can move a cursor or turn a line around.
enum SafeText {
  /// The first line of UTF-8 `bytes`, which may end in the middle of a character. Control and format
  /// characters become a question mark.
  static func line(_ bytes: [UInt8]) -> String {
    let text = String(decoding: bytes, as: UTF8.self)
    let line = text.split(whereSeparator: \.isNewline).first ?? ""
    var safe = String.UnicodeScalarView()
    for scalar in line.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate,
        .unassigned:
        safe.append("?")
      default:
        safe.append(scalar)
      }
    }
    return String(safe)
  }
}
