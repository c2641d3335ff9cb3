import Protocol
import Testing

@Suite struct RegisterNumberTests {
  private func reading(_ text: String) -> String {
    do throws(RegisterNumberRefusal) {
      return try EnterpriseNumber(text: text).text
    } catch {
      return "invalid:\(error.rawValue)"
    }
  }

  @Test(
    "an enterprise number is read from what letters and invoices hold",
    arguments: [
      ("0207.451.227", "0207451227"),
      ("BE 0207.451.227", "0207451227"),
      (" 0207-451-227 ", "0207451227"),
      ("0207\u{A0}451\u{202F}227", "0207451227"),
      ("207451227", "0207451227"),
      ("(0)207.451.227", "0207451227"),
      ("be0207451227", "0207451227"),
    ])
  func read(text: String, expected: String) {
    #expect(reading(text) == expected)
  }

  @Test(
    "a text that is no enterprise number says why",
    arguments: [
      ("", "empty"), ("  ", "empty"), ("BE", "empty"),
      ("O207451227", "characters"), ("٠207451227", "characters"), ("NL0207451227", "characters"),
      ("020745122", "length"), ("02074512271", "length"),
      ("2123456791", "kind"), ("9207451227", "kind"),
      ("0207451228", "checksum"), ("0000000097", "range"),
    ])
  func refused(text: String, reason: String) {
    #expect(reading(text) == "invalid:\(reason)")
  }

  @Test(
    "enterprise numbers of the domain's table",
    .enabled(
      if: Vectors.has("enterprise_numbers.csv"), Vectors.missing))
  func enterpriseVectors() throws {
    let rows = try Vectors.rows("enterprise_numbers.csv")
    #expect(rows.count == 19)
    for row in rows {
      let isValid = row["expect"] == "valid"
      #expect(
        reading(row["input"] ?? "") == (isValid ? row["normalised"] : row["expect"]), "\(row)")
    }
  }

  @Test(
    "establishment numbers of the domain's table",
    .enabled(
      if: Vectors.has("establishment_numbers.csv"), Vectors.missing))
  func establishmentVectors() throws {
    let rows = try Vectors.rows("establishment_numbers.csv")
    #expect(rows.count == 4)
    for row in rows {
      let number = Result { try EstablishmentNumber(text: row["input"] ?? "") }
      let isValid = row["expect"] == "valid"
      #expect((try? number.get())?.text == (isValid ? row["input"] : nil), "\(row)")
    }
  }

  @Test("an establishment number is told from an enterprise number by its first digit")
  func establishment() throws {
    #expect(try EstablishmentNumber(text: "2.123.456.791").text == "2123456791")
    #expect(try EstablishmentNumber(text: "2.123.456.791").dotted == "2.123.456.791")
    #expect(throws: RegisterNumberRefusal.kind) { try EstablishmentNumber(text: "0207451227") }
    #expect(throws: RegisterNumberRefusal.kind) { try EstablishmentNumber(text: "9123456791") }
    #expect(throws: RegisterNumberRefusal.length) { try EstablishmentNumber(text: "212345679") }
    #expect(throws: RegisterNumberRefusal.checksum) { try EstablishmentNumber(text: "2123456700") }
  }

  @Test("check digits of an establishment are a hint only where they are not asked for")
  func uncheckedEstablishment() throws {
    #expect(try EstablishmentNumber(uncheckedText: "2123456700").fitsCheckDigits == false)
    #expect(try EstablishmentNumber(uncheckedText: "2123456791").fitsCheckDigits)
    #expect(throws: RegisterNumberRefusal.length) {
      try EstablishmentNumber(uncheckedText: "21234567")
    }
  }

  @Test("an enterprise number is shown with its dots")
  func dotted() throws {
    #expect(try EnterpriseNumber(text: "BE0440966354").dotted == "0440.966.354")
  }

  @Test("a Belgian VAT number is an enterprise number, one of another country has its shape")
  func vat() throws {
    #expect(try VATNumber(text: "be 0440.966.354").text == "BE0440966354")
    #expect(try VATNumber(text: "0440966354").text == "BE0440966354")
    #expect(try VATNumber(text: "NL123456789B01").text == "NL123456789B01")
    #expect(try VATNumber(text: "FR 83 404 833 048").text == "FR83404833048")
    #expect(try VATNumber(text: "ATU12345678").text == "ATU12345678")
    #expect(try VATNumber(text: "IE1234567WA").text == "IE1234567WA")
    #expect(throws: VATNumber.Refusal.enterprise(.checksum)) { try VATNumber(text: "BE0440966355") }
    #expect(throws: VATNumber.Refusal.country) { try VATNumber(text: "US123456789") }
    #expect(throws: VATNumber.Refusal.pattern) { try VATNumber(text: "DE12345678") }
    #expect(throws: VATNumber.Refusal.pattern) { try VATNumber(text: "AT123456789") }
    #expect(throws: VATNumber.Refusal.empty) { try VATNumber(text: " . ") }
    #expect(throws: VATNumber.Refusal.characters) { try VATNumber(text: "BE0440966354!") }
  }
}
