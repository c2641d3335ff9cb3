import Protocol
import Testing

/// The text itself, edited by scalar positions.
@Suite struct TextBufferTests {
  @Test("a buffer holds what a list of scalars holds, whatever the letters and the places")
  func likeAList() {
    let pieces = ["a", "é", "漢", "👩", "\u{301}", "lange tekst zonder einde ", "\n"]
    for seed in 0..<30 {
      var dice = Dice(seed: UInt64(seed))
      var buffer = TextBuffer("begin é")
      var list = Array("begin é".unicodeScalars)
      for _ in 0..<200 {
        let place = dice.below(list.count + 1)
        let deleted = min(list.count - place, dice.below(dice.below(4) == 0 ? 200 : 5))
        let text = String(
          repeating: pieces[dice.below(pieces.count)],
          count: dice.below(dice.below(9) == 0 ? 300 : 4))
        buffer.replace(at: place, deleting: deleted, with: text)
        list.replaceSubrange(place..<place + deleted, with: text.unicodeScalars)
        #expect(buffer.count == list.count)
      }
      var text = ""
      text.unicodeScalars.append(contentsOf: list)
      #expect(buffer.text == text && buffer.byteCount == text.utf8.count)
      let start = dice.below(list.count + 1)
      let end = start + dice.below(list.count - start + 1)
      var part = ""
      part.unicodeScalars.append(contentsOf: list[start..<end])
      #expect(buffer.text(from: start, to: end) == part)
    }
  }
}
