import Protocol
import Testing

@Suite struct EmailAddressTests {
  private func reading(_ text: String) -> String {
    do throws(EmailAddress.Refusal) {
      return try EmailAddress(text: text).text
    } catch {
      return "invalid:\(error.rawValue)"
    }
  }

  @Test(
    "an address keeps its name and lowers its host",
    arguments: [
      ("info@stad.gent", "info@stad.gent"),
      (" Info@Stad.Gent ", "Info@stad.gent"),
      ("a.b+c@x.co.uk", "a.b+c@x.co.uk"),
      ("post@münchen.example", "post@xn--mnchen-3ya.example"),
    ])
  func read(text: String, expected: String) {
    #expect(reading(text) == expected)
    #expect(reading(expected) == expected)
  }

  @Test(
    "a text that is no address says why",
    arguments: [
      ("", "empty"), ("stad.gent", "no at"), ("@stad.gent", "no at"), ("a@b@c.be", "no at"),
      ("a b@stad.gent", "characters"), (".a@stad.gent", "characters"),
      ("a..b@stad.gent", "characters"), ("é@stad.gent", "characters"),
      ("\"a\"@stad.gent", "characters"),
      ("a@stad", "host"), ("a@10.0.0.1", "host"), ("a@stad gent.be", "host"), ("a@", "host"),
      (String(repeating: "a", count: 65) + "@stad.gent", "length"),
      (String(repeating: "a", count: 2_000), "length"),
    ])
  func refused(text: String, reason: String) {
    #expect(reading(text) == "invalid:\(reason)")
  }

  @Test("an address of a function is told from one that may be a person's")
  func functional() throws {
    #expect(try EmailAddress(text: "Info@n-cube.be").isFunctional)
    #expect(try EmailAddress(text: "contact+web@n-cube.be").isFunctional)
    #expect(try EmailAddress(text: "voornaam@bedrijf.example").isFunctional == false)
  }
}
