/// A VAT number of a country of the European Union: two letters and what that country puts behind.
///
/// A Belgian one is checked as an enterprise number; of the others only the shape is. Reading drops
/// dots, hyphens and blanks and raises letters; digits alone are read as Belgian.
public struct VATNumber: Sendable, Hashable {
  /// The stored form: `BE0440966354`, `NL123456789B01`.
  public let text: String

  public enum Refusal: Error, Sendable, Hashable {
    case empty
    case characters
    /// The two letters are no country of the union (or `XI`, Northern Ireland).
    case country
    /// Not the shape that this country uses.
    case pattern
    /// Belgian, but not a right enterprise number.
    case enterprise(RegisterNumberRefusal)
  }

  public init(text: String) throws(Refusal) {
    var bytes: [UInt8] = []
    for scalar in text.unicodeScalars where !Self.isSeparator(scalar) {
      guard scalar.isASCII, Self.isAllowed(UInt8(scalar.value)) else { throw .characters }
      bytes.append(ASCII.raised(UInt8(scalar.value)))
    }
    if bytes.isEmpty { throw .empty }
    if bytes.allSatisfy(ASCII.isDigit) { bytes.insert(contentsOf: "BE".utf8, at: 0) }

    let country = String(decoding: bytes.prefix(2), as: UTF8.self)
    let rest = String(decoding: bytes.dropFirst(2), as: UTF8.self)
    if country == "BE" {
      self.text = try "BE" + Self.enterpriseNumber(rest)
    } else {
      guard let patterns = Self.patterns[country] else { throw .country }
      guard patterns.contains(where: { Self.matches(rest.utf8, $0.utf8) }) else { throw .pattern }
      self.text = country + rest
    }
  }

  private static func enterpriseNumber(_ text: String) throws(Refusal) -> String {
    do {
      return try EnterpriseNumber(text: text).text
    } catch {
      throw .enterprise(error)
    }
  }

  private static func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "." || scalar == "-" || scalar.properties.isWhitespace
  }

  /// Irish and Dutch numbers may hold `+` and `*`.
  private static func isAllowed(_ byte: UInt8) -> Bool {
    ASCII.isAlphanumeric(byte) || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "*")
  }

  private static func matches(_ text: String.UTF8View, _ pattern: String.UTF8View) -> Bool {
    text.count == pattern.count
      && zip(text, pattern).allSatisfy { byte, mark in
        switch mark {
        case UInt8(ascii: "d"): ASCII.isDigit(byte)
        case UInt8(ascii: "l"): ASCII.isUpper(byte)
        case UInt8(ascii: "x"): ASCII.isAlphanumeric(byte)
        case UInt8(ascii: "?"): true
        default: byte == mark
        }
      }
  }

  /// `d` a digit, `l` a letter, `x` either, `?` also `+` or `*`; a capital or digit stands for
  /// itself. After the structure that the European Commission publishes with VIES.
  private static let patterns: [String: [String]] = [
    "AT": ["Udddddddd"],
    "BG": ["ddddddddd", "dddddddddd"],
    "CY": ["ddddddddl"],
    "CZ": ["dddddddd", "ddddddddd", "dddddddddd"],
    "DE": ["ddddddddd"],
    "DK": ["dddddddd"],
    "EE": ["ddddddddd"],
    "EL": ["ddddddddd"],
    "ES": ["xdddddddx"],
    "FI": ["dddddddd"],
    "FR": ["xxddddddddd"],
    "HR": ["ddddddddddd"],
    "HU": ["dddddddd"],
    "IE": ["d?dddddl", "dddddddll"],
    "IT": ["ddddddddddd"],
    "LT": ["ddddddddd", "dddddddddddd"],
    "LU": ["dddddddd"],
    "LV": ["ddddddddddd"],
    "MT": ["dddddddd"],
    "NL": ["????????????"],
    "PL": ["dddddddddd"],
    "PT": ["ddddddddd"],
    "RO": [
      "dd", "ddd", "dddd", "ddddd", "dddddd", "ddddddd", "dddddddd", "ddddddddd", "dddddddddd",
    ],
    "SE": ["dddddddddddd"],
    "SI": ["dddddddd"],
    "SK": ["dddddddddd"],
    "XI": ["ddddddddd", "dddddddddddd", "GDddd", "HAddd"],
  ]
}

extension VATNumber.Refusal {
  public var sentence: Label {
    switch self {
    case .empty:
      Label(
        nl: "vul een btw-nummer in, zoals BE0440966354",
        en: "give a VAT number, such as BE0440966354")
    case .characters:
      Label(
        nl: "een btw-nummer heeft alleen letters en cijfers, zoals BE0440966354",
        en: "a VAT number has letters and digits only, such as BE0440966354")
    case .country:
      Label(
        nl: "een btw-nummer begint met de letters van een land van de Europese Unie,"
          + " zoals BE0440966354",
        en: "a VAT number begins with the letters of a country of the European Union,"
          + " such as BE0440966354")
    case .pattern:
      Label(
        nl: "zo ziet een btw-nummer van dat land er niet uit; een voorbeeld is NL123456789B01",
        en: "that is not what a VAT number of that country looks like; one is NL123456789B01")
    case .enterprise(let refusal): EnterpriseNumber.sentence(refusal)
    }
  }
}
