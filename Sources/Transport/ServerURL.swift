import Protocol

/// The address of a server as people give it: `http://host:port`, or https.
///
/// Kept in one spelling: lower case, no slash at the end, no port where it is the scheme's own.
public struct ServerURL: Hashable, Sendable, CustomStringConvertible {
  public enum Scheme: String, Sendable {
    case http
    case https

    var port: Int {
      switch self {
      case .http: 80
      case .https: 443
      }
    }
  }

  public let scheme: Scheme
  /// A name or an address; an IPv6 address bears its brackets.
  public let host: String
  public let port: Int

  /// Reads an address, with or without a slash at its end.
  public init(_ text: String) throws(ServerURLError) {
    guard text.utf8.count <= 512 else { throw ServerURLError.noHost }
    guard let separator = Self.split(text, at: "://") else { throw .noScheme }
    guard let scheme = Scheme(rawValue: separator.before.lowercased()) else { throw .noScheme }
    var authority = separator.after
    if authority.hasSuffix("/") { authority.removeLast() }
    guard !authority.contains(where: { "/?#".contains($0) }) else { throw .hasPath }
    guard !authority.contains("@") else { throw .hasUser }
    let (host, portText) = try Self.hostAndPort(authority)
    guard Self.isHost(host) else { throw .noHost }
    self.scheme = scheme
    self.host = host.lowercased()
    port = try portText.map(Self.portNumber) ?? scheme.port
  }

  public var description: String {
    port == scheme.port ? "\(scheme)://\(host)" : "\(scheme)://\(host):\(port)"
  }

  private static func split(
    _ text: String, at separator: String
  ) -> (before: String, after: String)? {
    guard let range = text.firstRange(of: separator) else { return nil }
    return (String(text[..<range.lowerBound]), String(text[range.upperBound...]))
  }

  /// The colons of an IPv6 address are within brackets and part no port off.
  private static func hostAndPort(
    _ authority: String
  ) throws(ServerURLError) -> (host: String, port: String?) {
    let start = authority.hasPrefix("[") ? authority.firstIndex(of: "]") : authority.startIndex
    guard let start else { throw .noHost }
    guard let colon = authority[start...].firstIndex(of: ":") else { return (authority, nil) }
    return (
      String(authority[..<colon]), String(authority[authority.index(after: colon)...])
    )
  }

  private static func isHost(_ host: String) -> Bool {
    if host.hasPrefix("[") {
      let inner = host.dropFirst().dropLast()
      return host.hasSuffix("]") && inner.contains(":")
        && inner.utf8.allSatisfy { isHexDigit($0) || $0 == UInt8(ascii: ":") || $0 == 0x2E }
    }
    return !host.isEmpty && host.utf8.count <= 253 && host.utf8.allSatisfy(isNameByte)
  }

  private static func isHexDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
      UInt8(ascii: "A")...UInt8(ascii: "F"):
      true
    default: false
    }
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "_"):
      true
    default: false
    }
  }

  private static func portNumber(_ text: String) throws(ServerURLError) -> Int {
    guard !text.isEmpty, text.utf8.count <= 5,
      text.utf8.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }),
      let port = Int(text), (1...65_535).contains(port)
    else { throw .badPort }
    return port
  }
}

/// Why a text is no address of a server.
public enum ServerURLError: Error, Hashable, Sendable, CustomStringConvertible {
  case noScheme
  case noHost
  case badPort
  case hasPath
  case hasUser

  private static let address = "http://192.0.2.7:8080"
  private static let named = "https://kaai.example.org"

  public var description: String { sentence.en }

  public var sentence: Label {
    let (nl, en) =
      switch self {
      case .noScheme:
        ("begint met http:// of https://", "begins with http:// or https://")
      case .noHost: ("noemt een computer", "names a host")
      case .badPort:
        ("heeft als poort een getal van 1 tot 65535", "has a number from 1 to 65535 as its port")
      case .hasPath: ("eindigt na de poort", "ends after the port")
      case .hasUser:
        (
          "noemt geen gebruiker: dit toestel heeft een eigen bewijs",
          "names no user: this device has a token of its own"
        )
      }
    return Label(
      nl: "Het adres van de server \(nl), bijvoorbeeld \(Self.address) of \(Self.named).",
      en: "The server's address \(en), for example \(Self.address) or \(Self.named).")
  }
}
