import Testing

@testable import Transport

@Suite("A sentence from a server")
struct SafeTextTests {
  @Test(
    "is one line without anything that moves a cursor or turns text around",
    arguments: [
      ("Send less.\n", "Send less."), ("één – zin.", "één – zin."),
      ("\u{1b}[2Jgone", "?[2Jgone"), ("a\u{202E}b", "a?b"), ("a\tb\u{7}", "a?b?"),
      ("first\r\nsecond", "first"), ("\n\nlater", "later"), ("", ""), ("a\u{9b}31m", "a?31m"),
    ])
  func line(text: String, safe: String) {
    #expect(SafeText.line(bytes(text)) == safe)
  }

  @Test("may end in the middle of a character")
  func cut() {
    #expect(SafeText.line(Array(bytes("né").dropLast())) == "n\u{FFFD}")
  }
}
