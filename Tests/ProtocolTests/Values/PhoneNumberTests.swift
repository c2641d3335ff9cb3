import Protocol
import Testing

@Suite struct PhoneNumberTests {
  private func reading(_ text: String) -> String {
    do throws(PhoneNumber.Refusal) {
      return try PhoneNumber(text: text).text
    } catch {
      return "invalid:\(error.rawValue)"
    }
  }

  @Test(
    "a number is read as people write it",
    arguments: [
      ("09 251 05 50", "+3292510550"),
      ("09/251.05.50", "+3292510550"),
      ("(09) 251-05-50", "+3292510550"),
      ("+32 (0)9 251 05 50", "+3292510550"),
      ("+32 09 251 05 50", "+3292510550"),
      ("(+32) 9 251 05 50", "+3292510550"),
      ("0032 9 251 05 50", "+3292510550"),
      ("0470/12.34.56", "+32470123456"),
      ("04 221 21 21", "+3242212121"),
      ("0800 12 345", "+3280012345"),
      ("+31 115 64 74 00", "+31115647400"),
      ("+39 06 698 1234", "+39066981234"),
    ])
  func read(text: String, expected: String) {
    #expect(reading(text) == expected)
  }

  @Test(
    "a text that is no whole number says why",
    arguments: [
      ("", "empty"), (" / ", "empty"),
      ("251 05 50", "no area"), ("+0 251 05 50", "no area"), ("00 0251", "no area"),
      ("09 251 05 5", "short"), ("+", "short"), ("+31 115", "short"), ("+32", "short"),
      ("09 251 05 500", "long"), ("0470 12 34 567", "long"), ("+3292510550999999", "long"),
      ("+31 1234 5678 9012 34", "long"),
      ("09 251 05 50 ext 3", "characters"), ("０９ 251 05 50", "characters"),
      ("+32 9 251+0550", "characters"),
    ])
  func refused(text: String, reason: String) {
    #expect(reading(text) == "invalid:\(reason)")
  }

  @Test("the stored form reads as itself")
  func canonical() throws {
    for text in ["+3292510550", "+32470123456", "+31115647400"] {
      #expect(try PhoneNumber(text: text).text == text)
    }
  }

  @Test(
    "phone numbers of the domain's table", .enabled(if: Vectors.has("phones.csv"), Vectors.missing))
  func vectors() throws {
    let rows = try Vectors.rows("phones.csv")
    #expect(rows.count == 9)
    for row in rows {
      let isValid = row["expect"]?.hasPrefix("valid") == true
      #expect(reading(row["input"] ?? "") == (isValid ? row["e164"] : row["expect"]), "\(row)")
    }
  }
}
