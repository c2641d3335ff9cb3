import Foundation
import Protocol
import Testing

/// The merge of texts beside the tree of the paper.
@Suite struct TextMergeTests {
  /// What site `site` does at its `number`th turn: at the place that all love, at the ends, and away.
  private func edits(_ site: Int, _ number: Int, _ script: Int, _ count: Int) -> [TextEdit] {
    let letter = Array("abc")[site]
    let text = "\(letter)\(number)"
    switch (site + 2 * number + script) % 5 {
    case 0: return [TextEdit(at: 0, inserting: text)]
    case 1: return [TextEdit(at: count / 2, inserting: text)]
    case 2: return [TextEdit(at: count, inserting: text)]
    case 3: return [TextEdit(at: count / 2, deleting: min(1, count - count / 2), inserting: text)]
    default:
      // Backwards, the last letter first.
      return ["\(number)", "\(letter)"].map { TextEdit(at: count / 2, inserting: $0) }
    }
  }

  /// All orders of three turns of each of three sites.
  private var interleavings: [[Int]] {
    var result: [[Int]] = [[]]
    for _ in 0..<9 {
      result = result.flatMap { order in
        (0..<3).filter { site in order.filter { $0 == site }.count < 3 }.map { order + [$0] }
      }
    }
    return result
  }

  /// - Parameter mask: for each of the nine turns whether its author knows everything.
  private func history(_ order: [Int], _ mask: Int, _ script: Int) -> WrittenHistory {
    var numbers = [0, 0, 0]
    return WrittenHistory(
      sites: 3,
      order.enumerated().map { index, site in
        let number = numbers[site]
        numbers[site] += 1
        return WrittenHistory.Turn(site: site, knowsAll: mask >> index & 1 == 1) { count in
          edits(site, number, script, count)
        }
      })
  }

  private func check(_ history: WrittenHistory, _ what: @autoclosure () -> String) throws {
    let end = history.end.text
    let document = try history.document()
    if document.text != end { Issue.record("\(what()): \(document.text), not \(end)") }
    var hub = TextDocument()
    for (index, step) in history.steps.enumerated() {
      try hub.apply(step.byPosition, at: UInt64(index + 1))
    }
    if hub.text != end { Issue.record("by position, \(what()): \(hub.text), not \(end)") }
  }

  /// KAAI_ALL_TEXTS=1 tries all 512 ways to know or not to know before each turn, which takes long;
  /// without it each order has a few of them, others for each order.
  @Test("all interleavings of 3 sites with 3 edits each end in the text of the paper's tree")
  func interleavingsOfThree() throws {
    #expect(interleavings.count == 1_680)
    let isThorough = ProcessInfo.processInfo.environment["KAAI_ALL_TEXTS"] != nil
    for (index, order) in interleavings.enumerated() {
      var dice = Dice(seed: UInt64(index))
      let masks = isThorough ? Array(0..<512) : [0, dice.below(512), dice.below(512)]
      for mask in masks {
        let script = (index + mask) % 5
        try check(history(order, mask, script), "order \(order), known \(mask), script \(script)")
      }
    }
  }

  @Test("random histories of 2 to 5 sites end in the text of the paper's tree")
  func random() throws {
    for seed in 0..<150 {
      var dice = Dice(seed: UInt64(seed))
      let history = WrittenHistory.random(sites: 2 + seed % 4, turns: 16, &dice)
      try check(history, "seed \(seed)")
    }
  }

  @Test("in whatever order batches come, and however often, the text is the same")
  func permutedAndRepeated() throws {
    for seed in 0..<100 {
      var dice = Dice(seed: UInt64(seed) + 1_000)
      let history = WrittenHistory.random(sites: 4, turns: 14, &dice)
      for _ in 0..<3 {
        let order = history.order(&dice)
        var document = TextDocument()
        var shown = ""
        for index in order {
          let edits = try document.apply(history.steps[index].batch)
          shown = edits.applied(to: shown)
          #expect(shown == document.text, "the edits that are told lead to the text: seed \(seed)")
          let again = order[dice.below((order.firstIndex(of: index) ?? 0) + 1)]
          #expect(try document.apply(history.steps[again].batch).isEmpty)
        }
        #expect(document.text == history.end.text, "seed \(seed), order \(order)")
        #expect(document.checkInvariants() == [], "seed \(seed)")
      }
    }
  }

  @Test("a batch that builds on one that has not come is refused, and nothing is changed")
  func missingParent() throws {
    let history = WrittenHistory(
      sites: 2,
      [
        .init(site: 0, knowsAll: true) { _ in [TextEdit(at: 0, inserting: "kade")] },
        .init(site: 1, knowsAll: true) { count in [TextEdit(at: count, inserting: " 3")] },
      ])
    var document = TextDocument()
    #expect(throws: TextError.unknownParent(TextID(site: 1, sequence: 3))) {
      try document.apply(history.steps[1].batch)
    }
    #expect(document.text == "" && document.stepCount == 0)
    #expect(document.checkInvariants() == [])
  }

  @Test(
    "what several people write at one place at the same time never mixes, forwards or backwards",
    arguments: 2...4)
  func neverMixed(_ sites: Int) throws {
    let texts = ["hello", "WORLD", "12345", "éèêëē"]
    func forwards(_ text: [Character]) -> [TextEdit] {
      text.enumerated().map { TextEdit(at: 1 + $0.offset, inserting: String($0.element)) }
    }
    func backwards(_ text: [Character]) -> [TextEdit] {
      text.reversed().map { TextEdit(at: 1, inserting: String($0)) }
    }
    /// The last letters first, then what comes before them.
    func both(_ text: [Character]) -> [TextEdit] {
      forwards(Array(text[2...])) + backwards(Array(text[..<2]))
    }
    let ways = [forwards, backwards, both]
    for way in 0..<81 {
      let base = WrittenHistory.Turn(site: 0, knowsAll: true) { _ in
        [TextEdit(at: 0, inserting: "<>")]
      }
      let hearing = (0..<sites).map { site in
        WrittenHistory.Turn(site: site, knowsAll: true) { _ in [] }
      }
      var rest = way
      let writing = (0..<sites).map { site in
        defer { rest /= 3 }
        let way = ways[rest % 3]
        return WrittenHistory.Turn(site: site, knowsAll: false) { _ in way(Array(texts[site])) }
      }
      let history = WrittenHistory(sites: sites, [base] + hearing + writing)
      try check(history, "way \(way)")
      #expect(try history.document().text == "<" + texts[..<sites].joined() + ">")
    }
  }

  @Test("one site's batches one by one are the same as one batch of all")
  func oneOrMany() throws {
    var dice = Dice(seed: 3)
    let history = WrittenHistory.random(sites: 1, turns: 30, &dice)
    var builder = TextBatchBuilder()
    for edit in history.steps.flatMap(\.batch.edits) { builder.add(edit) }
    var document = TextDocument()
    try document.apply(try #require(builder.batch(site: 1, sequence: 0, parents: .steps([]))))
    #expect(document.text == history.end.text)
  }
}
