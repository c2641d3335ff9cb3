import Protocol

/// Values as plain text for machines: the form that `FieldParser` reads back.
public enum PlainText {
  public static func text(_ value: Value, type: ValueType) -> String {
    switch (value, type) {
    case (.null, _): ""
    case (.int(let number), .bool): number != 0 ? "true" : "false"
    case (.int(let cents), .money): euros(cents)
    case (.int(let raw), .reference): RowID(raw).text
    case (.int(let milliseconds), .instant): instant(milliseconds)
    case (.int(let number), _): String(number)
    case (.real(let number), _): real(number)
    case (.text(let text), _): text
    case (.bytes(let bytes), _): bytes.map(hexadecimal).joined()
    case (.group(let values), .group(let parts)):
      zip(parts, values).filter { !$1.isNull }
        .map { "\($0.name)=\(text($1, type: $0.type))" }.joined(separator: ";")
    case (.group(let values), _):
      values.map { text($0, type: type) }.joined(separator: ";")
    }
  }

  /// `-1234.56`
  public static func euros(_ cents: Int64) -> String {
    let (whole, rest) = cents.magnitude.quotientAndRemainder(dividingBy: 100)
    return "\(cents < 0 ? "-" : "")\(whole).\(CivilTime.padded(Int(rest)))"
  }

  /// `2026-10-20T07:00:00.000Z`; an instant outside the years 1 to 9999 as its milliseconds.
  public static func instant(_ milliseconds: Int64) -> String {
    CivilTime(milliseconds: milliseconds)?.iso8601UTC ?? String(milliseconds)
  }

  private static func real(_ number: Double) -> String {
    let text = number == 0 ? "0" : number.description
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  private static func hexadecimal(_ byte: UInt8) -> String {
    let text = String(byte, radix: 16)
    return byte < 16 ? "0\(text)" : text
  }
}
