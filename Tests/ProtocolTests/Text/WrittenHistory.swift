import Protocol
import Testing

/// A history of several sites' edits, written on slow replicas, with the text it must end in.
struct WrittenHistory {
  /// One site's turn.
  struct Turn {
    let site: Int
    /// Whether the site first takes in everything that was written so far.
    let knowsAll: Bool
    /// Given how many characters the site sees.
    let edits: (Int) -> [TextEdit]
  }

  struct Step {
    let batch: TextBatch
    /// The same with what it knows as a position; the first batch is at 1.
    let byPosition: TextBatch
    /// Which earlier batches the author knew, own ones included.
    let known: Set<Int>
  }

  private(set) var steps: [Step] = []
  private(set) var end = FugueMaxTree()

  init(sites: Int, _ turns: [Turn]) {
    var replicas = [FugueMaxTree](repeating: FugueMaxTree(), count: sites)
    var known = [Set<Int>](repeating: [], count: sites)
    var cursor = [Int](repeating: 0, count: sites)
    var next = [Int](repeating: 0, count: sites)
    var messages: [[FugueMaxTree.Message]] = []
    for turn in turns {
      let site = turn.site
      if turn.knowsAll {
        for index in messages.indices where known[site].insert(index).inserted {
          for message in messages[index] { replicas[site].apply(message) }
        }
        cursor[site] = messages.count
      }
      let edits = turn.edits(replicas[site].count)
      let builder = TextBatchBuilder(edits)
      let name = UInt32(site + 1)
      let parents = lastSteps(known[site])
      guard
        let batch = builder.batch(site: name, sequence: next[site], parents: .steps(parents)),
        let byPosition = builder.batch(
          site: name, sequence: next[site], parents: .position(UInt64(cursor[site])))
      else { continue }
      let told = replicas[site].edit(batch.edits, by: name, from: next[site])
      for message in told { end.apply(message) }
      next[site] = batch.sequences.upperBound
      steps.append(Step(batch: batch, byPosition: byPosition, known: known[site]))
      known[site].insert(messages.count)
      messages.append(told)
    }
  }

  private func lastSteps(_ known: Set<Int>) -> [TextID] {
    var last: [UInt32: Int] = [:]
    for index in known {
      let batch = steps[index].batch
      last[batch.site] = max(last[batch.site] ?? 0, batch.sequences.upperBound - 1)
    }
    return last.map { TextID(site: $0.key, sequence: $0.value) }.sorted()
  }

  /// The document after all batches, in this order.
  func document(_ order: [Int]? = nil) throws -> TextDocument {
    var document = TextDocument()
    for index in order ?? Array(steps.indices) { try document.apply(steps[index].batch) }
    return document
  }

  /// Some order in which no batch comes before one that its author knew.
  func order(_ dice: inout Dice) -> [Int] {
    var order: [Int] = []
    var left = Set(steps.indices)
    while !left.isEmpty {
      let ready = left.filter { steps[$0].known.isDisjoint(with: left) }.sorted()
      let index = ready[dice.below(ready.count)]
      left.remove(index)
      order.append(index)
    }
    return order
  }

  /// Sites that write here and there, in several alphabets, and seldom hear of each other.
  static func random(sites: Int, turns: Int, _ dice: inout Dice) -> WrittenHistory {
    let pieces = ["a", "bc", "é", "e\u{301}", "👩\u{200D}🚒", "🇧🇪", "漢字", "\n", "नि", "xyz"]
    return WrittenHistory(
      sites: sites,
      (0..<turns).map { _ in
        var dice = Dice(seed: dice.next())
        return Turn(site: dice.below(sites), knowsAll: dice.below(3) == 0) { count in
          var count = count
          return (0...dice.below(2)).map { _ in
            // Often at the same few places.
            let place = dice.below(2) == 0 ? min(count, 2) : dice.below(count + 1)
            let deleted = dice.below(3) == 0 ? min(count - place, dice.below(4)) : 0
            let inserted = dice.below(4) == 0 ? "" : pieces[dice.below(pieces.count)]
            count += inserted.unicodeScalars.count - deleted
            return TextEdit(at: place, deleting: deleted, inserting: inserted)
          }
        }
      })
  }
}

extension TextBatch {
  /// What the batch does, as edits.
  var edits: [TextEdit] {
    var scalars = Array(String(decoding: content, as: UTF8.self).unicodeScalars)[...]
    return runs.map { run in
      guard run.kind == .insertion else { return TextEdit(at: run.position, deleting: run.count) }
      var text = ""
      text.unicodeScalars.append(contentsOf: scalars.prefix(run.count))
      scalars = scalars.dropFirst(run.count)
      return TextEdit(at: run.position, inserting: text)
    }
  }
}
