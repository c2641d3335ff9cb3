/// The number of an enterprise in the Belgian register: ten digits, the first 0 or 1, the last two
/// 97 minus the remainder of the first eight by 97.
///
/// Reading is generous, because these numbers are copied from letters and invoices: dots, hyphens
/// and blanks, `BE` in front, nine digits of before 2005 (a zero is put in front) and `(0)439...`.
public struct EnterpriseNumber: Sendable, Hashable {
  /// The stored form: ten digits.
  public let text: String

  public init(text: String) throws(RegisterNumberRefusal) {
    var digits = try RegisterNumber.digits(of: text)
    if digits.count == 9, digits[0] != UInt8(ascii: "0") { digits.insert(UInt8(ascii: "0"), at: 0) }
    guard digits.count == 10 else { throw .length }
    guard digits[0] <= UInt8(ascii: "1") else { throw .kind }
    guard RegisterNumber.checkDigitsFit(digits) else { throw .checksum }
    guard ASCII.number(digits.prefix(8)) > 0 else { throw .range }
    self.text = String(decoding: digits, as: UTF8.self)
  }

  /// As people write it: `0207.451.227`.
  public var dotted: String { "\(text.prefix(4)).\(text.dropFirst(4).prefix(3)).\(text.suffix(3))" }

  public static func sentence(_ refusal: RegisterNumberRefusal) -> Label {
    switch refusal {
    case .empty:
      Label(
        nl: "vul een ondernemingsnummer in, zoals 0207.451.227",
        en: "give an enterprise number, such as 0207.451.227")
    case .characters:
      Label(
        nl: "een ondernemingsnummer heeft alleen cijfers, zoals 0207.451.227",
        en: "an enterprise number has digits only, such as 0207.451.227")
    case .length:
      Label(
        nl: "een ondernemingsnummer telt tien cijfers, zoals 0207.451.227",
        en: "an enterprise number has ten digits, such as 0207.451.227")
    case .kind:
      Label(
        nl: "een ondernemingsnummer begint met 0 of 1, zoals 0207.451.227;"
          + " met 2 tot 8 is het een vestigingsnummer",
        en: "an enterprise number begins with 0 or 1, such as 0207.451.227;"
          + " with 2 to 8 it is an establishment number")
    case .checksum, .range:
      Label(
        nl: "de laatste twee cijfers passen niet bij de rest: kijk na op typfouten"
          + " (goed is bijvoorbeeld 0207.451.227)",
        en: "the last two digits do not fit the others: look for a typing error"
          + " (0207.451.227, for example, is right)")
    }
  }
}
