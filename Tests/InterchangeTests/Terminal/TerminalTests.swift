import Testing

@testable import Interchange

@Suite("What a terminal is sent")
struct TerminalTests {
  @Test("nothing that acts reaches it: controls, direction marks, hidden characters")
  func safe() {
    #expect(Terminal.safe("a\u{1B}[31mb\u{7}") == "a␛[31mb␇")
    #expect(Terminal.safe("evil\u{202E}gpj.exe") == "evil‹U+202E›gpj.exe")
    #expect(Terminal.safe("\u{9B}31m\u{7F}\u{85}") == "‹U+009B›31m␡‹U+0085›")
    #expect(Terminal.safe("a\nb\tc\r\nd") == "a b c␍ d")
    #expect(Terminal.safe("a\nb", keepsLines: true) == "a\nb")
    #expect(Terminal.safe("\u{200B}\u{FEFF}\u{E0041}") == "‹U+200B›‹U+FEFF›‹U+E0041›")
  }

  @Test("every C0, C1 and bidirectional control is replaced")
  func every() throws {
    let acting =
      Array(UInt32(0)...0x1F) + Array(0x7F...0x9F)
      + [0x61C, 0x200E, 0x200F] + Array(0x202A...0x202E) + Array(0x2066...0x2069)
    for value in acting {
      let scalar = try #require(Unicode.Scalar(value))
      #expect(!Terminal.safe(String(Character(scalar))).unicodeScalars.contains(scalar))
    }
  }

  @Test("what people write stays")
  func kept() {
    let text = "Café Ørsted – 港 👩‍🚀 नमस्ते"
    #expect(Terminal.safe(text) == text)
  }

  @Test(
    "width counts columns, not characters",
    arguments: [
      ("abc", 3), ("é", 1), ("e\u{301}", 1), ("港口", 4), ("🚢", 2), ("👩‍🚀", 2), ("☀\u{FE0F}", 2),
      ("한", 2), ("ａ", 2), ("", 0),
    ])
  func width(text: String, columns: Int) {
    #expect(ColumnWidth.of(text) == columns)
  }

  @Test("a text is cut at a column, never inside a character")
  func fit() {
    #expect(ColumnWidth.fit("Wintercircus", 12) == "Wintercircus")
    #expect(ColumnWidth.fit("Wintercircus", 7) == "Winter…")
    #expect(ColumnWidth.fit("港口港口", 4) == "港…")
    #expect(ColumnWidth.fit("港口", 0) == "")
  }

  @Test("a table lines up whatever its cells hold, and is safe")
  func table() {
    var table = TableText(columns: [.init("Name"), .init("Free", .right)])
    table.append(["港", "1.000"])
    table.append(["A\u{1B}", "5", "beyond"])
    table.append(["last"])
    #expect(table.text() == "Name   Free\n港    1.000\nA␛        5\nlast\n")
    #expect(table.text(width: 6).split(separator: "\n").allSatisfy { ColumnWidth.of($0) <= 6 })
  }
}
