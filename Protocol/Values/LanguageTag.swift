/// A language in the form of BCP 47 (RFC 5646): `nl`, `nl-BE`, `zh-Hant`.
///
/// The shape is checked, the registry of subtags is not. Letters take their usual case: language
/// lower, script capitalised, region upper. The irregular tags of before 1996 (`i-klingon`) are
/// refused, private ones (`x-...`) too: nobody could tell what they mean.
public struct LanguageTag: Sendable, Hashable {
  public let text: String

  public enum Refusal: String, Error, Sendable, CaseIterable {
    case empty
    case form
    case length
  }

  public init(text: String) throws(Refusal) {
    let trimmed = text.trimmedOfBlanks
    if trimmed.isEmpty { throw .empty }
    if trimmed.utf8.count > 35 { throw .length }
    let subtags = trimmed.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
      .map { $0.map(ASCII.lowered) }
    guard subtags.allSatisfy({ (1...8).contains($0.count) && $0.allSatisfy(ASCII.isAlphanumeric) })
    else { throw .form }
    guard let canonical = Self.canonical(subtags) else { throw .form }
    self.text = canonical
  }

  private static func canonical(_ subtags: [[UInt8]]) -> String? {
    var rest = subtags[...]
    var result: [[UInt8]] = []
    func take(_ isWanted: ([UInt8]) -> Bool, _ change: ([UInt8]) -> [UInt8] = { $0 }) -> Bool {
      guard let first = rest.first, isWanted(first) else { return false }
      result.append(change(first))
      rest.removeFirst()
      return true
    }
    guard take({ $0.count >= 2 && $0.allSatisfy(ASCII.isLetter) }) else { return nil }
    if result[0].count <= 3 {
      // At most three extended languages: `zh-yue`.
      for _ in 0..<3 where !take({ $0.count == 3 && $0.allSatisfy(ASCII.isLetter) }) { break }
    }
    _ = take({ $0.count == 4 && $0.allSatisfy(ASCII.isLetter) }, capitalised)
    _ = take(isRegion, { $0.map(ASCII.raised) })
    while take(isVariant) {}
    // Extensions: a single letter or digit and what it governs.
    while take({ $0.count == 1 && $0[0] != UInt8(ascii: "x") }) {
      guard take({ $0.count >= 2 }) else { return nil }
      while take({ $0.count >= 2 }) {}
    }
    guard rest.isEmpty else { return nil }
    return result.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "-")
  }

  private static func capitalised(_ subtag: [UInt8]) -> [UInt8] {
    subtag.prefix(1).map(ASCII.raised) + subtag.dropFirst()
  }

  private static func isRegion(_ subtag: [UInt8]) -> Bool {
    (subtag.count == 2 && subtag.allSatisfy(ASCII.isLetter))
      || (subtag.count == 3 && subtag.allSatisfy(ASCII.isDigit))
  }

  private static func isVariant(_ subtag: [UInt8]) -> Bool {
    subtag.count >= 5 || (subtag.count == 4 && ASCII.isDigit(subtag[0]))
  }
}

extension LanguageTag.Refusal {
  public var sentence: Label {
    switch self {
    case .empty:
      Label(nl: "vul een taal in, zoals nl of nl-BE", en: "give a language, such as nl or nl-BE")
    case .form:
      Label(
        nl: "een taal is een code van twee of drie letters, zoals nl, fr of nl-BE",
        en: "a language is a code of two or three letters, such as nl, fr or nl-BE")
    case .length:
      Label(
        nl: "een code van een taal telt hoogstens 35 tekens, zoals nl-BE",
        en: "a language code has at most 35 characters, such as nl-BE")
    }
  }
}
