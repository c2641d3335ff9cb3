import Protocol
import Testing

/// What a reader makes of any text at all is the one form that the check of stored values accepts.
@Suite struct StoredFormTests {
  /// SplitMix64 (Steele, Lea and Flood 2014): the same cases on every machine.
  private struct Seeded: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var word = state
      word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
      word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
      return word ^ (word >> 31)
    }
  }

  private static let pieces = [
    "a", "Z", "0", "1", "9", "32", "97", "+", "-", ".", "/", ":", "@", "#", "?", "%", "%4", " ",
    "(0)", "00", "BE", "NL", "be", "gent", ".be", "http://", "https://", "mailto:", "2026", "-10",
    "é", "e\u{301}", "ß", "İ", "ｗ", "日本", "\u{200D}", "\u{202E}", "\n", "\u{0}", "\u{1F469}",
    "xn--",
    "0207451227", "info", "_", "[", "\\", "x", "Hant",
  ]

  private static let readers: [(ValueType, @Sendable (String) -> String?)] = [
    (.date, { (try? PartialDate(text: $0))?.text }),
    (.url, { (try? WebAddress(text: $0))?.text }),
    (.email, { (try? EmailAddress(text: $0))?.text }),
    (.phone, { (try? PhoneNumber(text: $0))?.text }),
    (.enterpriseNumber, { (try? EnterpriseNumber(text: $0))?.text }),
    (.establishmentNumber, { (try? EstablishmentNumber(text: $0))?.text }),
    (.vatNumber, { (try? VATNumber(text: $0))?.text }),
    (.language, { (try? LanguageTag(text: $0))?.text }),
    (.country, { (try? CountryCode(text: $0))?.text }),
    (.sha256, { (try? SHA256Text(text: $0))?.text }),
    (.uuid, { (try? UUIDText(text: $0))?.text }),
  ]

  @Test("a form that a reader makes is legal when stored, whatever was typed", arguments: 1...8)
  func stable(seed: UInt64) {
    var random = Seeded(state: seed)
    var accepted = 0
    for _ in 0..<2_000 {
      let count = Int.random(in: 0...6, using: &random)
      let text = (0..<count).map { _ in Self.pieces.randomElement(using: &random) ?? "" }.joined()
      for (type, read) in Self.readers {
        guard let form = read(text) else { continue }
        accepted += 1
        let violation = type.violation(of: .text(form), model: ValueCheckTests.model)
        #expect(violation == nil, "seed \(seed): \(type) read \(text.debugDescription) as \(form)")
      }
    }
    #expect(accepted > 20, "the cases of seed \(seed) are too wild to test anything")
  }
}
