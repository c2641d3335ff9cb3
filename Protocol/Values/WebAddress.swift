/// The address of a web site: `http` or `https`, a host in ASCII, the rest percent-encoded.
///
/// Reading puts `https://` in front where no scheme is, lowers scheme and host, drops the port that
/// the scheme implies, and encodes what RFC 3986 does not allow; what is encoded already stays. Any
/// other scheme (`javascript:`, `file:`), a name or password before the host, and an e-mail address
/// are refused: such a value would be opened with a click.
public struct WebAddress: Sendable, Hashable {
  public let text: String

  public static let maximumLength = 2_000

  public enum Refusal: String, Error, Sendable, CaseIterable {
    case empty
    case email = "e-mail"
    case personalEmail = "e-mail of a person"
    case scheme
    /// A name or password before the host.
    case user
    case host
    case port
    case characters
    case length
  }

  public init(text: String) throws(Refusal) {
    let trimmed = text.trimmedOfBlanks
    if trimmed.isEmpty { throw .empty }
    if trimmed.utf8.count > Self.maximumLength { throw .length }
    guard !trimmed.unicodeScalars.contains(where: Self.isInvisible) else { throw .characters }
    if let refusal = Self.refusalOfEmail(trimmed) { throw refusal }

    let (scheme, rest) = try Self.splitScheme(trimmed)
    let authorityEnd = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
    let authority = try Self.authority(rest[..<authorityEnd], scheme: scheme)
    let address = "\(scheme)://\(authority)\(Self.percentEncoded(rest[authorityEnd...]))"
    if address.utf8.count > Self.maximumLength { throw .length }
    self.text = address
  }

  private static func refusalOfEmail(_ text: Substring) -> Refusal? {
    let isMail = text.lowercased().hasPrefix("mailto:")
    let candidate = isMail ? text.dropFirst(7) : text
    guard let email = try? EmailAddress(text: String(candidate)) else { return nil }
    return email.isFunctional ? .email : .personalEmail
  }

  /// A colon behind a host is a port, not the end of a scheme: `example.be:8080`.
  private static func splitScheme(_ text: Substring) throws(Refusal) -> (String, Substring) {
    if text.hasPrefix("//") { return ("https", text.dropFirst(2)) }
    let head = text.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    guard let colon = head.firstIndex(of: ":"), !head[..<colon].contains("@") else {
      return ("https", text)
    }
    let name = head[..<colon].lowercased()
    let rest = text[text.index(after: colon)...]
    if !rest.hasPrefix("//"), name.contains("."), rest.utf8.first.map(ASCII.isDigit) == true {
      return ("https", text)
    }
    guard name == "http" || name == "https" else { throw .scheme }
    guard rest.hasPrefix("//") else { throw .host }
    return (name, rest.dropFirst(2))
  }

  private static func authority(_ text: Substring, scheme: String) throws(Refusal) -> String {
    if text.contains("@") { throw .user }
    let halves = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard let host = try? HostName(text: halves[0]) else { throw .host }
    guard halves.count == 2, !halves[1].isEmpty else { return host.text }
    guard halves[1].utf8.count <= 5, halves[1].utf8.allSatisfy(ASCII.isDigit) else { throw .port }
    let port = ASCII.number(halves[1].utf8)
    guard (1...65_535).contains(port) else { throw .port }
    return port == (scheme == "http" ? 80 : 443) ? host.text : "\(host.text):\(port)"
  }

  /// Path, query and fragment keep the characters that RFC 3986 allows in one of them, but a second
  /// `#` is encoded.
  private static func percentEncoded(_ text: Substring) -> String {
    let bytes = Array(text.utf8)
    let fragment = bytes.firstIndex(of: UInt8(ascii: "#"))
    var result: [UInt8] = []
    for (index, byte) in bytes.enumerated() {
      let isEscape =
        byte == UInt8(ascii: "%") && index + 2 < bytes.count
        && ASCII.isHexadecimal(bytes[index + 1]) && ASCII.isHexadecimal(bytes[index + 2])
      if isEscape || index == fragment || isPlain(byte) {
        result.append(byte)
      } else {
        result.append(UInt8(ascii: "%"))
        result.append(hexadecimal[Int(byte >> 4)])
        result.append(hexadecimal[Int(byte & 15)])
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static let hexadecimal = Array("0123456789ABCDEF".utf8)

  private static func isPlain(_ byte: UInt8) -> Bool {
    ASCII.isAlphanumeric(byte) || "-._~!$&'()*+,;=:@/?".utf8.contains(byte)
  }

  /// Control and format characters: nobody can see what such an address says.
  private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }
}

extension WebAddress.Refusal {
  public var sentence: Label {
    switch self {
    case .empty:
      Label(
        nl: "vul een webadres in, zoals https://stad.gent",
        en: "give a web address, such as https://stad.gent")
    case .email, .personalEmail:
      Label(
        nl: "dit is een e-mailadres en hoort niet in een webadres; juist is https://stad.gent",
        en: "this is an e-mail address and does not belong in a web address;"
          + " https://stad.gent is right")
    case .scheme:
      Label(
        nl: "een webadres begint met http of https, zoals https://stad.gent",
        en: "a web address begins with http or https, such as https://stad.gent")
    case .user:
      Label(
        nl: "laat naam en wachtwoord weg uit het webadres; juist is https://stad.gent",
        en: "leave name and password out of the web address; https://stad.gent is right")
    case .host:
      Label(
        nl: "het webadres heeft geen geldige naam van een site; juist is https://stad.gent",
        en: "the web address has no valid name of a site; https://stad.gent is right")
    case .port:
      Label(
        nl: "de poort van een webadres is een getal van 1 tot 65535, zoals"
          + " https://voorbeeld.be:8080",
        en: "the port of a web address is a number from 1 to 65535, such as"
          + " https://example.be:8080")
    case .characters:
      Label(
        nl: "het webadres heeft een onzichtbaar teken: typ het over, zoals https://stad.gent",
        en: "the web address has an invisible character: type it again, such as https://stad.gent")
    case .length:
      Label(
        nl: "een webadres telt hoogstens 2000 tekens; een kort adres is https://stad.gent",
        en: "a web address has at most 2000 characters; a short one is https://stad.gent")
    }
  }
}
