/// An e-mail address as people use them: `name@host`, the host lower-case and in ASCII.
///
/// Of what RFC 5321 allows, quoted names, names beyond ASCII and addresses of bare numbers are
/// refused: a typing error is far likelier. Whether mail arrives is not known here.
public struct EmailAddress: Sendable, Hashable {
  public let text: String

  public enum Refusal: String, Error, Sendable, CaseIterable {
    case empty
    /// Not exactly one `@`.
    case noAt = "no at"
    case characters
    case length
    case host
  }

  public init(text: String) throws(Refusal) {
    let trimmed = text.trimmedOfBlanks
    if trimmed.isEmpty { throw .empty }
    if trimmed.utf8.count > 1_000 { throw .length }
    let halves = trimmed.split(separator: "@", omittingEmptySubsequences: false)
    guard halves.count == 2, !halves[0].isEmpty else { throw .noAt }
    try Self.checkName(halves[0])
    guard let host = try? HostName(text: halves[1]) else { throw .host }
    let address = halves[0] + "@" + host.text
    guard address.utf8.count <= 254 else { throw .length }
    self.text = String(address)
  }

  /// Whether the name says a function and not a person: `info@`, `contact@`. A short list, so `false`
  /// means "perhaps a person".
  public var isFunctional: Bool {
    Self.functions.contains(text.prefix { $0 != "@" && $0 != "+" }.lowercased())
  }

  /// Letters, digits and the marks of an RFC 5322 atom; dots only between them.
  private static func checkName(_ name: Substring) throws(Refusal) {
    if name.utf8.count > 64 { throw .length }
    for part in name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
      guard !part.isEmpty, part.allSatisfy(isAtom) else { throw .characters }
    }
  }

  private static func isAtom(_ byte: UInt8) -> Bool {
    ASCII.isAlphanumeric(byte) || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
  }

  private static let functions: Set<String> = [
    "admin", "administratie", "bookings", "contact", "events", "finance", "hallo", "hello", "help",
    "helpdesk", "hr", "info", "information", "jobs", "mail", "marketing", "office", "onthaal",
    "pers", "press", "privacy", "reception", "receptie", "sales", "secretariaat", "service",
    "support", "team", "verkoop", "welcome", "welkom",
  ]
}

extension EmailAddress.Refusal {
  public var sentence: Label {
    switch self {
    case .empty:
      Label(
        nl: "vul een e-mailadres in, zoals info@voorbeeld.be",
        en: "give an e-mail address, such as info@example.be")
    case .noAt:
      Label(
        nl: "een e-mailadres heeft één @ met iets ervoor, zoals info@voorbeeld.be",
        en: "an e-mail address has one @ with something before it, such as info@example.be")
    case .characters:
      Label(
        nl: "dit e-mailadres heeft een teken dat er niet in hoort; juist is info@voorbeeld.be",
        en: "this e-mail address has a character that does not belong; info@example.be is right")
    case .length:
      Label(
        nl: "dit e-mailadres is te lang (64 tekens voor de @, 254 in het geheel);"
          + " juist is info@voorbeeld.be",
        en: "this e-mail address is too long (64 characters before the @, 254 in all);"
          + " info@example.be is right")
    case .host:
      Label(
        nl: "na de @ hoort de naam van een domein, zoals info@voorbeeld.be",
        en: "after the @ comes the name of a domain, such as info@example.be")
    }
  }
}
