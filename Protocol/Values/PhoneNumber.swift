/// A telephone number in the international form of ITU-T E.164: `+`, country, number, at most
/// fifteen digits.
///
/// Reading takes what people type: blanks, dots, hyphens, slashes and brackets between digits, `00`
/// for `+`, the `(0)` that is dialled within a country only, and a number that begins with 0 as
/// Belgian. Belgian numbers are held to their length (eight digits, nine for mobiles); of others
/// only the bounds of E.164 are known here.
public struct PhoneNumber: Sendable, Hashable {
  /// The stored form: `+3292510550`.
  public let text: String

  public enum Refusal: String, Error, Sendable, CaseIterable {
    case empty
    case characters
    /// Neither a country nor the area's zero in front.
    case noArea = "no area"
    case short
    case long
  }

  private static let belgium = "32"

  public init(text: String) throws(Refusal) {
    var scalars = text.unicodeScalars.filter { !Self.isSeparator($0) }
    if scalars.isEmpty { throw .empty }
    let isInternational = Self.dropInternationalPrefix(&scalars)
    if isInternational { Self.dropTrunkZero(&scalars) }

    var digits: [UInt8] = []
    for scalar in scalars where scalar != "(" && scalar != ")" {
      guard scalar.isASCII, ASCII.isDigit(UInt8(scalar.value)) else { throw .characters }
      digits.append(UInt8(scalar.value))
    }
    if !isInternational {
      guard digits.first == UInt8(ascii: "0") else { throw .noArea }
      digits.replaceSubrange(0..<1, with: Self.belgium.utf8)
    }
    guard digits.first != UInt8(ascii: "0") else { throw .noArea }
    if digits.starts(with: Self.belgium.utf8) { try Self.checkBelgian(&digits) }
    if digits.count < 7 { throw .short }
    if digits.count > 15 { throw .long }
    self.text = "+" + String(decoding: digits, as: UTF8.self)
  }

  private static func dropInternationalPrefix(_ scalars: inout String.UnicodeScalarView) -> Bool {
    for prefix in ["+", "(+", "00", "(00"] where scalars.starts(with: prefix.unicodeScalars) {
      scalars.removeFirst(prefix.unicodeScalars.count)
      return true
    }
    return false
  }

  private static func dropTrunkZero(_ scalars: inout String.UnicodeScalarView) {
    guard let open = scalars.firstIndex(of: "("),
      scalars[open...].starts(with: "(0)".unicodeScalars)
    else { return }
    scalars.removeSubrange(open..<scalars.index(open, offsetBy: 3))
  }

  /// No Belgian number begins with 0 after the country, so a zero there is the one of the area.
  private static func checkBelgian(_ digits: inout [UInt8]) throws(Refusal) {
    if digits.count > 2, digits[2] == UInt8(ascii: "0") { digits.remove(at: 2) }
    let count = digits.count - 2
    if count < 8 { throw .short }
    let isMobile = digits[2] == UInt8(ascii: "4")
    if count > (isMobile ? 9 : 8) { throw .long }
  }

  private static func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "." || scalar == "-" || scalar == "/" || scalar.properties.isWhitespace
  }
}

extension PhoneNumber.Refusal {
  public var sentence: Label {
    switch self {
    case .empty:
      Label(
        nl: "vul een telefoonnummer in, zoals 09 251 05 50 of +32 9 251 05 50",
        en: "give a phone number, such as 09 251 05 50 or +32 9 251 05 50")
    case .characters:
      Label(
        nl: "een telefoonnummer heeft alleen cijfers, zoals 09 251 05 50 of +32 9 251 05 50",
        en: "a phone number has digits only, such as 09 251 05 50 or +32 9 251 05 50")
    case .noArea:
      Label(
        nl: "zet het zonenummer of het land ervoor, zoals 09 251 05 50 of +32 9 251 05 50",
        en: "put the area or the country in front, such as 09 251 05 50 or +32 9 251 05 50")
    case .short:
      Label(
        nl: "dit telefoonnummer mist cijfers; een volledig nummer is +32 9 251 05 50",
        en: "this phone number lacks digits; a whole one is +32 9 251 05 50")
    case .long:
      Label(
        nl: "dit telefoonnummer heeft te veel cijfers; een juist nummer is +32 9 251 05 50",
        en: "this phone number has too many digits; a right one is +32 9 251 05 50")
    }
  }
}
