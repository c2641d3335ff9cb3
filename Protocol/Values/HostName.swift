/// The name of a host on the internet, lower-case and in ASCII: letters beyond it as `xn--` labels.
///
/// A name has a dot and does not end in a number, so neither `localhost` nor an address such as
/// 10.0.0.1 is one: nobody else could open it. Labels that are `xn--` already are not decoded.
/// The text is taken to be composed (NFC). A letter with its accent beside it, and characters that
/// a browser would replace by others (wide forms, ligatures, invisible ones), are refused rather
/// than encoded as a name that nobody meant.
public struct HostName: Sendable, Hashable {
  public let text: String

  public enum Refusal: String, Error, Sendable, CaseIterable {
    case empty
    case characters
    case length
    /// No dot, two dots in a row, or a number at the end.
    case form
  }

  public init(text: some StringProtocol) throws(Refusal) {
    if text.isEmpty { throw .empty }
    if text.utf8.count > 1_000 { throw .length }
    var labels: [String] = []
    for label in text.split(separator: ".", omittingEmptySubsequences: false) {
      labels.append(try Self.ascii(String(label)))
    }
    if labels.last == "" { labels.removeLast() }
    guard labels.count >= 2, let last = labels.last else { throw .form }
    guard !last.utf8.allSatisfy(ASCII.isDigit) else { throw .form }
    guard !labels.contains("") else { throw .form }
    let name = labels.joined(separator: ".")
    guard name.utf8.count <= 253 else { throw .length }
    self.text = name
  }

  private static func ascii(_ label: String) throws(Refusal) -> String {
    let scalars = Array(label.lowercased().unicodeScalars)
    if scalars.count > 63 { throw .length }
    guard scalars.allSatisfy(isAllowed), scalars.first != "-", scalars.last != "-" else {
      throw .characters
    }
    let isPlain = scalars.allSatisfy(\.isASCII)
    let result = isPlain ? label.lowercased() : "xn--" + Punycode.encode(scalars)
    if result.utf8.count > 63 { throw .length }
    return result
  }

  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII {
      return ASCII.isAlphanumeric(UInt8(scalar.value)) || scalar == "-"
    }
    // IDNA 2008 keeps these two although folding would replace them.
    if scalar == "ß" || scalar == "ς" { return true }
    let properties = scalar.properties
    if properties.changesWhenNFKCCaseFolded { return false }
    switch properties.generalCategory {
    case .lowercaseLetter, .otherLetter, .modifierLetter, .decimalNumber: return true
    case .nonspacingMark, .spacingMark: return !isAccent(properties.canonicalCombiningClass)
    default: return false
    }
  }

  /// The marks that composition joins to Latin, Greek and Cyrillic letters.
  private static func isAccent(_ combining: Unicode.CanonicalCombiningClass) -> Bool {
    switch combining {
    case .above, .below, .attachedBelow, .attachedAbove, .attachedAboveRight, .overlay: true
    default: false
    }
  }
}
