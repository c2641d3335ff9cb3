import Testing

@testable import Protocol

/// Languages, countries, digests and UUIDs.
@Suite struct CodeTextTests {
  @Test(
    "a language tag takes the usual case of its parts",
    arguments: [
      ("NL", "nl"), ("nl-be", "nl-BE"), ("ZH-HANT-TW", "zh-Hant-TW"), ("es-419", "es-419"),
      ("zh-yue", "zh-yue"), ("sl-rozaj-1994", "sl-rozaj-1994"),
      ("en-u-ca-gregory", "en-u-ca-gregory"),
    ])
  func language(text: String, expected: String) throws {
    #expect(try LanguageTag(text: text).text == expected)
  }

  @Test(
    "a text that is no language tag is refused",
    arguments: ["n", "nl_BE", "nl--BE", "-nl", "nederlandstalig", "x-nl", "en-u", "1a", "nl-BE-BE"])
  func noLanguage(text: String) {
    #expect(throws: LanguageTag.Refusal.form) { try LanguageTag(text: text) }
  }

  @Test("an empty or endless language is refused")
  func languageBounds() {
    #expect(throws: LanguageTag.Refusal.empty) { try LanguageTag(text: " ") }
    #expect(throws: LanguageTag.Refusal.length) {
      try LanguageTag(text: "nl" + String(repeating: "-abcde", count: 10))
    }
  }

  @Test("a country is one of the 249 codes of ISO 3166-1")
  func country() throws {
    #expect(CountryCode.count == 249)
    #expect(try CountryCode(text: " be ").text == "BE")
    #expect(throws: CountryCode.Refusal.unknown) { try CountryCode(text: "UK") }
    #expect(throws: CountryCode.Refusal.unknown) { try CountryCode(text: "XX") }
    #expect(throws: CountryCode.Refusal.form) { try CountryCode(text: "BEL") }
    #expect(throws: CountryCode.Refusal.form) { try CountryCode(text: "ÉE") }
    #expect(throws: CountryCode.Refusal.empty) { try CountryCode(text: "") }
  }

  @Test("a digest is 64 hexadecimal digits")
  func digest() throws {
    let digits = String(repeating: "0aF9", count: 16)
    #expect(try SHA256Text(text: digits).text == digits.lowercased())
    #expect(throws: SHA256Text.Refusal.length) { try SHA256Text(text: String(digits.dropLast())) }
    #expect(throws: SHA256Text.Refusal.characters) { try SHA256Text(text: "g" + digits.dropLast()) }
    #expect(throws: SHA256Text.Refusal.empty) { try SHA256Text(text: "") }
  }

  @Test("a UUID is of version 7")
  func uuid() throws {
    let text = "0192a4b6-7c8d-7e0f-8a1b-2c3d4e5f6071"
    #expect(try UUIDText(text: text.uppercased()).text == text)
    #expect(throws: UUIDText.Refusal.version) {
      try UUIDText(text: "0192a4b6-7c8d-4e0f-8a1b-2c3d4e5f6071")
    }
    #expect(throws: UUIDText.Refusal.version) {
      try UUIDText(text: "0192a4b6-7c8d-7e0f-ca1b-2c3d4e5f6071")
    }
    #expect(throws: UUIDText.Refusal.form) { try UUIDText(text: String(text.dropLast())) }
    #expect(throws: UUIDText.Refusal.form) { try UUIDText(text: "{\(text)}") }
    #expect(throws: UUIDText.Refusal.empty) { try UUIDText(text: "") }
  }
}
