import Testing

@testable import Protocol

@Suite struct WebAddressTests {
  private func reading(_ text: String) -> String {
    do throws(WebAddress.Refusal) {
      return try WebAddress(text: text).text
    } catch {
      return "invalid:\(error.rawValue)"
    }
  }

  @Test(
    "a web address is completed and encoded",
    arguments: [
      ("startit.be", "https://startit.be"),
      (" www.stad.gent ", "https://www.stad.gent"),
      ("//stad.gent/nl", "https://stad.gent/nl"),
      ("HTTP://WWW.Stad.Gent/Nl", "http://www.stad.gent/Nl"),
      ("https://stad.gent./", "https://stad.gent/"),
      ("https://stad.gent:443/a", "https://stad.gent/a"),
      ("http://stad.gent:8080", "http://stad.gent:8080"),
      ("stad.gent:8080/a", "https://stad.gent:8080/a"),
      ("https://stad.gent/a b?q=c d#é", "https://stad.gent/a%20b?q=c%20d#%C3%A9"),
      ("https://stad.gent/%C3%A4", "https://stad.gent/%C3%A4"),
      ("https://stad.gent/100%", "https://stad.gent/100%25"),
      ("https://stad.gent/#a#b", "https://stad.gent/#a%23b"),
      ("https://stad.gent/<script>", "https://stad.gent/%3Cscript%3E"),
      ("https://stad.gent?x=a@b.be", "https://stad.gent?x=a@b.be"),
      ("https://münchen.example/ä", "https://xn--mnchen-3ya.example/%C3%A4"),
      ("MÜNCHEN.example", "https://xn--mnchen-3ya.example"),
      ("https://straße.example", "https://xn--strae-oqa.example"),
      ("https://例え.テスト", "https://xn--r8jz45g.xn--zckzah"),
    ])
  func read(text: String, expected: String) {
    #expect(reading(text) == expected)
    #expect(reading(expected) == expected)
  }

  @Test(
    "what nobody should open with a click is refused",
    arguments: [
      ("", "empty"),
      ("info@n-cube.be", "e-mail"), ("mailto:info@n-cube.be", "e-mail"),
      ("voornaam@bedrijf.example", "e-mail of a person"),
      ("javascript:alert(1)", "scheme"), ("JavaScript:alert(1)", "scheme"),
      ("javascript://stad.gent/%0Aalert(1)", "scheme"), ("file:///etc/passwd", "scheme"),
      ("ftp://stad.gent", "scheme"), ("data:text/html,x", "scheme"), ("a.b:c", "scheme"),
      ("https://user:word@stad.gent", "user"), ("https://stad.gent@evil.example", "user"),
      ("localhost", "host"), ("https://", "host"), ("https:stad.gent", "host"),
      ("https://10.0.0.1/", "host"), ("https://[::1]/", "host"), ("https://-a.be", "host"),
      ("https://a..be", "host"), ("https://stad_gent.be", "host"),
      ("https://stad\\gent.be", "host"),
      ("https://ｓｔａｄ.gent", "host"), ("https://mu\u{308}nchen.example", "host"),
      ("https://stad.gent:0", "port"), ("https://stad.gent:99999", "port"),
      ("https://stad.gent:8a", "port"),
      ("https://stad.gent/\u{202E}x", "characters"), ("https://stad.gent/a\nb", "characters"),
      ("https://stad.gent/" + String(repeating: "a", count: 2_000), "length"),
      ("https://stad.gent/" + String(repeating: "é", count: 400), "length"),
    ])
  func refused(text: String, reason: String) {
    #expect(reading(text) == "invalid:\(reason)")
  }

  @Test(
    "web addresses of the domain's table", .enabled(if: Vectors.has("urls.csv"), Vectors.missing))
  func vectors() throws {
    let rows = try Vectors.rows("urls.csv")
    #expect(rows.count == 7)
    for row in rows {
      let words = [
        "invalid:scheme": "invalid:scheme", "wrong field: e-mail": "invalid:e-mail",
        "wrong field: e-mail of a person": "invalid:e-mail of a person",
      ]
      #expect(
        reading(row["input"] ?? "") == words[row["expect"] ?? ""] ?? row["normalised"], "\(row)")
    }
  }

  /// The samples of RFC 3492, section 7.1, and labels that live on the internet.
  @Test(
    "punycode encodes the samples of its specification",
    arguments: [
      ("他们为什么不说中文", "ihqwcrb4cv8a8dqg056pqjye"),
      ("почемужеонинеговорятпорусски", "b1abfaaepdrnnbgefbadotcwatmq2g4l"),
      ("PorquénopuedensimplementehablarenEspañol", "PorqunopuedensimplementehablarenEspaol-fmd56a"),
      ("3年B組金八先生", "3B-ww4c5e180e575a65lsy2b"),
      ("そのスピードで", "d9juau41awczczp"),
      ("bücher", "bcher-kva"),
      ("faß", "fa-hia"),
      ("gent", "gent-"),
    ])
  func punycode(label: String, expected: String) {
    #expect(Punycode.encode(Array(label.unicodeScalars)) == expected)
  }

  @Test("a host name has labels of at most 63 bytes and 253 in all")
  func hostLengths() throws {
    let label = String(repeating: "a", count: 63)
    #expect(try HostName(text: "\(label).be").text == "\(label).be")
    #expect(throws: HostName.Refusal.length) { try HostName(text: "a\(label).be") }
    let long = Array(repeating: label, count: 4).joined(separator: ".")
    #expect(throws: HostName.Refusal.length) { try HostName(text: long) }
    let umlauts = String(repeating: "ü", count: 63)
    #expect(throws: HostName.Refusal.length) { try HostName(text: "a\(umlauts).be") }
  }
}
