import Protocol

/// What it costs to find the edits of a text that came back whole.
struct DiffRun {
  let runs: Int
  private static let words = 180_000

  func measure(_ report: inout Report) throws {
    var dice = Dice(seed: 7)
    func word() -> String {
      String((0...dice.below(9)).map { _ in Character(Unicode.Scalar(UInt8(97 + dice.below(26)))) })
    }
    func text(_ words: [String]) -> String {
      var text = ""
      for (index, word) in words.enumerated() {
        text += word
        text += index % 12 == 11 ? "\n" : " "
      }
      return text
    }
    let old = (0..<Self.words).map { _ in word() }
    var edited = old
    for _ in 0..<500 { edited[dice.below(edited.count)] = word() }
    let other = (0..<Self.words).map { _ in word() }
    for (name, new) in [("500 words changed", edited), ("every word another", other)] {
      let (old, new) = (text(old), text(new))
      var edits: [TextEdit] = []
      let seconds = Stopwatch.least(of: runs) {
        Stopwatch.seconds { edits = TextDiff.edits(from: old, to: new) }
      }
      guard edits.applied(to: old) == new else { throw BenchError.wrongEnd("a difference") }
      report.add(
        .shown("text: difference of two texts of a megabyte, \(name)", "ms", seconds * 1e3))
    }
  }
}
