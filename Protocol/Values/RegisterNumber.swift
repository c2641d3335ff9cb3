/// What the ten-digit numbers of the Belgian enterprise register have in common.
enum RegisterNumber {
  /// The digits of `text` without dots, hyphens, blanks, a leading `BE` or the brackets of an old
  /// leading `(0)`. Any count of digits but none.
  static func digits(of text: String) throws(RegisterNumberRefusal) -> [UInt8] {
    var scalars = text.unicodeScalars.filter { !isSeparator($0) }[...]
    if scalars.isEmpty { throw .empty }
    if scalars.prefix(2).map({ $0.properties.lowercaseMapping }) == ["b", "e"] {
      scalars = scalars.dropFirst(2)
    }
    var result: [UInt8] = []
    if scalars.starts(with: "(0)".unicodeScalars) {
      scalars = scalars.dropFirst(3)
      result.append(UInt8(ascii: "0"))
    }
    for scalar in scalars {
      guard scalar.isASCII, ASCII.isDigit(UInt8(scalar.value)) else { throw .characters }
      result.append(UInt8(scalar.value))
    }
    if result.isEmpty { throw .empty }
    return result
  }

  /// Whether the last two of ten digits are 97 minus the remainder of the first eight by 97.
  static func checkDigitsFit(_ digits: [UInt8]) -> Bool {
    97 - ASCII.number(digits.prefix(8)) % 97 == ASCII.number(digits.suffix(2))
  }

  private static func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "." || scalar == "-" || scalar.properties.isWhitespace
  }
}

/// Why a text is no number of the enterprise register.
public enum RegisterNumberRefusal: String, Error, Sendable, CaseIterable {
  case empty
  /// Something that is neither a digit nor a usual separator, such as the letter O.
  case characters
  case length
  /// The first digit belongs to the other kind of number.
  case kind
  case checksum
  /// The check digits fit, but the number before them is zero.
  case range
}
