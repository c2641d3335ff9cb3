/// The number of an establishment unit in the Belgian register: ten digits, the first 2 to 8.
///
/// Its check digits are taken to follow the rule of enterprise numbers. No source confirms that, so
/// a stored number is asked for its shape only, and `fitsCheckDigits` is there for a warning.
public struct EstablishmentNumber: Sendable, Hashable {
  /// The stored form: ten digits.
  public let text: String
  public let fitsCheckDigits: Bool

  public init(text: String) throws(RegisterNumberRefusal) {
    try self.init(uncheckedText: text)
    guard fitsCheckDigits else { throw .checksum }
  }

  /// Accepts a number that is right in all but its check digits.
  public init(uncheckedText text: String) throws(RegisterNumberRefusal) {
    let digits = try RegisterNumber.digits(of: text)
    guard digits.count == 10 else { throw .length }
    guard (UInt8(ascii: "2")...UInt8(ascii: "8")).contains(digits[0]) else { throw .kind }
    fitsCheckDigits = RegisterNumber.checkDigitsFit(digits)
    self.text = String(decoding: digits, as: UTF8.self)
  }

  /// As people write it: `2.123.456.791`.
  public var dotted: String {
    let rest = text.dropFirst()
    return "\(text.prefix(1)).\(rest.prefix(3)).\(rest.dropFirst(3).prefix(3)).\(rest.suffix(3))"
  }

  public static func sentence(_ refusal: RegisterNumberRefusal) -> Label {
    switch refusal {
    case .empty:
      Label(
        nl: "vul een vestigingsnummer in, zoals 2.123.456.791",
        en: "give an establishment number, such as 2.123.456.791")
    case .characters:
      Label(
        nl: "een vestigingsnummer heeft alleen cijfers, zoals 2.123.456.791",
        en: "an establishment number has digits only, such as 2.123.456.791")
    case .length:
      Label(
        nl: "een vestigingsnummer telt tien cijfers, zoals 2.123.456.791",
        en: "an establishment number has ten digits, such as 2.123.456.791")
    case .kind:
      Label(
        nl: "een vestigingsnummer begint met 2 tot 8, zoals 2.123.456.791;"
          + " met 0 of 1 is het een ondernemingsnummer",
        en: "an establishment number begins with 2 to 8, such as 2.123.456.791;"
          + " with 0 or 1 it is an enterprise number")
    case .checksum, .range:
      Label(
        nl: "de laatste twee cijfers passen niet bij de rest: kijk na op typfouten"
          + " (goed is bijvoorbeeld 2.123.456.791)",
        en: "the last two digits do not fit the others: look for a typing error"
          + " (2.123.456.791, for example, is right)")
    }
  }
}
