import Protocol
import Testing

/// What an edit of a text carries, byte by byte.
@Suite struct TextChangeTests {
  private let edits = [
    TextEdit(at: 7, inserting: "is "), TextEdit(at: 5, deleting: 1, inserting: "4"),
  ]

  @Test("the example of FORMAT.md")
  func example() throws {
    let change = try #require(TextChange(edits))
    #expect(
      change.encoded
        == [0x03, 0x06, 0x03, 0x02, 0x0e, 0x09, 0x00, 0x69, 0x73, 0x20, 0x34])
    #expect(change.edits.applied(to: "kade 3 vrij") == "kade 4 is vrij")
    #expect(try TextChange(encoded: change.encoded) == change)
  }

  @Test("edits that do nothing are no change")
  func nothing() {
    #expect(TextChange([]) == nil)
    #expect(TextChange([TextEdit(at: 3)]) == nil)
  }

  @Test("places are counted in scalars, whatever the letters")
  func scalars() throws {
    let change = try #require(
      TextChange([
        TextEdit(at: 0, inserting: "👩\u{200D}🚒é"), TextEdit(at: 4, deleting: 1, inserting: "ß"),
      ]))
    let again = try TextChange(encoded: change.encoded)
    #expect(again.edits.applied(to: "xy") == "👩\u{200D}🚒éßy")
    #expect(again.stepCount == 6)
  }

  @Test("every beginning of a change that is not the whole is a typed error")
  func truncated() throws {
    let bytes = try #require(TextChange(edits)).encoded
    for end in 0..<bytes.count {
      #expect(throws: DecodeError.self) { try TextChange(encoded: Array(bytes[..<end])) }
    }
  }

  @Test(
    "what is not the one encoding of a change is refused",
    arguments: [
      [0x00],
      // A run of nothing.
      [0x01, 0x00, 0x00],
      // Two runs that are one.
      [0x02, 0x02, 0x02, 0x00, 0x00, 0x61, 0x62],
      // Before the start.
      [0x01, 0x02, 0x01, 0x61],
      // More, and fewer, letters than are inserted.
      [0x01, 0x02, 0x00, 0x61, 0x62], [0x01, 0x04, 0x00, 0x61],
      // No UTF-8.
      [0x01, 0x02, 0x00, 0xff],
      // More runs than there is room for.
      [0xff, 0xff, 0x07, 0x02],
    ] as [[UInt8]])
  func malformed(_ bytes: [UInt8]) {
    #expect(throws: DecodeError.self) { try TextChange(encoded: bytes) }
  }
}
