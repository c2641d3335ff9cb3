import Protocol
import Testing

/// Batches as bytes.
@Suite struct TextBatchTests {
  private let batch = TextBatchBuilder([
    TextEdit(at: 7, inserting: "is "), TextEdit(at: 5, deleting: 1, inserting: "4"),
  ]).batch(site: 300, sequence: 12, parents: .position(1_000))

  @Test("the example of TEXT.md")
  func example() throws {
    let batch = try #require(batch)
    let bytes = TextBatchCodec.encode(batch)
    #expect(
      bytes == [
        0x00, 0xac, 0x02, 0x0c, 0xe8, 0x07, 0x03, 0x06, 0x03, 0x02, 0x0e, 0x09, 0x00, 0x69, 0x73,
        0x20, 0x34,
      ])
    #expect(try TextBatchCodec.decode(bytes) == batch)
  }

  /// Batches of random histories, by steps and by position, some with holes.
  private func batches() throws -> [TextBatch] {
    var result: [TextBatch] = []
    for seed in 0..<30 {
      var dice = Dice(seed: UInt64(seed) + 500)
      let history = WrittenHistory.random(sites: 3, turns: 8, &dice)
      result += history.steps.flatMap { [$0.batch, $0.byPosition] }
    }
    // A batch that was erased in part: flags 1, one hole of two scalars after the first.
    result.append(
      try TextBatchCodec.decode([
        0x01, 0x05, 0x00, 0x00, 0x01, 0x08, 0x00, 0x01, 0x01, 0x02, 0x61, 0x64,
      ]))
    return result
  }

  @Test("every batch is read as what was written")
  func roundTrip() throws {
    for batch in try batches() {
      let bytes = TextBatchCodec.encode(batch)
      #expect(try TextBatchCodec.decode(bytes) == batch)
    }
  }

  @Test("what was erased is in a batch as a length alone, and shows as U+FFFD")
  func holes() throws {
    let batch = try #require(try batches().last)
    #expect(batch.holes == [1..<3])
    #expect(String(decoding: batch.content, as: UTF8.self) == "a\u{FFFD}\u{FFFD}d")
    var document = TextDocument()
    try document.apply(batch)
    #expect(document.text == "a\u{FFFD}\u{FFFD}d")
    #expect(document.checkInvariants() == [])
  }

  @Test("every beginning of a batch that is not the whole is a typed error")
  func truncated() throws {
    for batch in try batches() {
      let bytes = TextBatchCodec.encode(batch)
      for end in 0..<bytes.count {
        #expect(throws: DecodeError.self) { try TextBatchCodec.decode(Array(bytes[..<end])) }
      }
    }
  }

  @Test("a changed byte of a batch is refused, or makes another batch with that one encoding")
  func mutated() throws {
    var dice = Dice(seed: 4)
    for batch in try batches() {
      let bytes = TextBatchCodec.encode(batch)
      for _ in 0..<40 {
        var changed = bytes
        switch dice.below(3) {
        case 0: changed[dice.below(bytes.count)] = UInt8(dice.below(256))
        case 1: changed.insert(UInt8(dice.below(256)), at: dice.below(bytes.count + 1))
        default: changed.remove(at: dice.below(bytes.count))
        }
        do throws(DecodeError) {
          let other = try TextBatchCodec.decode(changed)
          #expect(TextBatchCodec.encode(other) == changed)
        } catch {}
      }
    }
  }

  @Test("random bytes are refused or read, and never more")
  func noise() {
    var dice = Dice(seed: 8)
    for _ in 0..<3_000 {
      let bytes = (0..<dice.below(24)).map { _ in UInt8(dice.below(256)) }
      do throws(DecodeError) {
        #expect(TextBatchCodec.encode(try TextBatchCodec.decode(bytes)) == bytes)
      } catch {}
    }
  }

  @Test("bounds are kept: a batch, a history and a text that grow too large are refused unchanged")
  func bounds() throws {
    var limits = TextLimits()
    limits.textBytes = 10
    limits.batchSteps = 8
    limits.historySteps = 12
    var document = TextDocument(limits: limits)
    func batch(_ text: String, _ sequence: Int) throws -> TextBatch {
      try #require(
        TextBatchBuilder([TextEdit(at: 0, inserting: text)])
          .batch(site: 1, sequence: sequence, parents: document.version))
    }
    #expect(throws: TextError.tooLarge(what: "steps of a batch", limit: 8)) {
      try document.apply(try batch("123456789", 0))
    }
    try document.apply(try batch("12345678", 0))
    #expect(throws: TextError.tooLarge(what: "bytes of text", limit: 10)) {
      try document.apply(try batch("éé", 8))
    }
    #expect(throws: TextError.tooLarge(what: "steps of history", limit: 12)) {
      try document.apply(try batch("abcde", 8))
    }
    #expect(document.text == "12345678")
    #expect(document.checkInvariants() == [])
  }

  @Test("an edit outside of the text its author saw is refused, wherever that was")
  func outside() throws {
    var document = TextDocument()
    try document.edit(TextEdit(at: 0, inserting: "abc"), by: 1)
    let known = document.version
    try document.edit(TextEdit(at: 3, inserting: "def"), by: 1)
    for edit in [TextEdit(at: 4, inserting: "x"), TextEdit(at: 2, deleting: 2)] {
      let batch = TextBatchBuilder([edit]).batch(site: 2, sequence: 0, parents: known)
      #expect(throws: TextError.outsideText(position: edit.position, length: 3)) {
        try document.apply(try #require(batch))
      }
    }
    #expect(document.text == "abcdef")
  }
}
