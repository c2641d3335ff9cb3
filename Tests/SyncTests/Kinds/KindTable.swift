/// Who had seen whose write: `a→b` says that the author of b had seen a, `a∥b` that neither had.
enum Relation: String, CaseIterable, Sendable {
  case pairSeen = "a→b"
  case pairApart = "a∥b"
  case allApart = "a∥b∥c"
  case firstTwoSeen = "a→b∥c"
  case outerTwoSeen = "a→c∥b"
  case lastTwoSeen = "b→c∥a"
  case firstSeenByBoth = "a→(b∥c)"
  case bothSeenByLast = "(a∥b)→c"
  case allSeen = "a→b→c"

  var writes: Int { [.pairSeen, .pairApart].contains(self) ? 2 : 3 }
}

/// What shows after two or three writes of one cell, for each way in which their authors may have
/// seen each other's: written down for people to read, in blocks of lines.
///
/// A block has a head line, `ab` or `abc` and the relations; each further line has the writes of a,
/// b and c, whose stamps rise in this order, and what shows for each relation. `·` says that nobody
/// can write this so; after `/` comes what shows where one site makes both a and c. In a block with
/// the one column `any`, all relations give the same, and a line holds several pairs of writes and
/// outcome. What each letter does is the case's to say.
struct KindTable: Sendable {
  struct Line: Sendable {
    let writes: [String]
    let expected: [Relation: String]

    /// What shows after a script; nil where nobody can write so.
    func expected(_ script: Script) -> String? {
      guard let cell = expected[script.relation], cell != "·" else { return nil }
      let forms = cell.split(separator: "/").map(String.init)
      return script.isOuterByOne ? forms.last : forms.first
    }
  }
  let name: String
  let lines: [Line]

  init(name: String, lines: [Line]) {
    self.name = name
    self.lines = lines
  }

  init(_ name: String, _ text: String) {
    self.name = name
    var lines: [Line] = []
    var columns: [Relation] = []
    var isAny = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: true) {
      let words = line.split(separator: " ").map(String.init)
      guard let first = words.first else { continue }
      if first == "ab" || first == "abc" {
        isAny = words.dropFirst() == ["any"]
        columns =
          isAny
          ? Relation.allCases.filter { $0.writes == first.count }
          : words.dropFirst().map { word in
            guard let relation = Relation(rawValue: word) else {
              preconditionFailure("\(name): \(word) is no relation")
            }
            return relation
          }
        continue
      }
      if isAny {
        precondition(words.count.isMultiple(of: 2), "\(name): a write without its outcome")
        for index in stride(from: 0, to: words.count, by: 2) {
          lines.append(
            Line(
              writes: words[index].map { String($0) },
              expected: Dictionary(
                uniqueKeysWithValues: columns.map { ($0, words[index + 1]) })))
        }
      } else {
        precondition(words.count == columns.count + 1, "\(name): \(line)")
        lines.append(
          Line(
            writes: first.map { String($0) },
            expected: Dictionary(uniqueKeysWithValues: zip(columns, words.dropFirst()))))
      }
    }
    self.lines = lines
  }

  /// Every way to choose so many of these writes.
  static func choices(of letters: [String], _ count: Int) -> [[String]] {
    if count == 0 { return [[]] }
    return choices(of: letters, count - 1).flatMap { some in letters.map { some + [$0] } }
  }

  /// The lines of so many writes.
  func lines(of writes: Int) -> [Line] { lines.filter { $0.writes.count == writes } }
}
