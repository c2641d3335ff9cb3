/// Walks over steps in an order that respects what each builds on, and says what each changes in the
/// text.
///
/// Steps that know all that is in the text are carried out as they stand; ids come into being only
/// for stretches of the history in which somebody did not know something, and end with them.
///
/// A class, because ids may be of use for the next batch too: a document keeps its walker while it
/// merges concurrent batches one by one. The document uses it only when nobody shares it.
final class TextWalker {
  private var tracker = TextTracker()
  /// The version under all that is merged; nil while no merge is going on.
  private var base: [Int32]?
  /// What was merged, ascending.
  private var merged: [Range<Int32>] = []
  /// How many scalars the text had at `base`.
  private var baseLength = 0
  private var silent: [TextEffect] = []
  private var plan = Plan()

  /// Forgets all ids.
  func end() { base = nil }

  /// Prepares to merge steps into a text at `version` with `length` scalars.
  ///
  /// - Parameters:
  ///   - parents: what the steps build on, apart from each other.
  ///   - fromStart: whether one of them builds on nothing.
  ///   - end: all versions below it are in the text.
  func begin(
    _ parents: [Int32], fromStart: Bool, at version: [Int32], end: Int32, length: Int,
    _ history: TextHistory
  ) {
    if let base, covers(parents, fromStart: fromStart, base) { return }
    let (newBase, above) =
      fromStart
      ? ([], end == 0 ? [] : [0..<end])
      // Mostly all build on the one step that everybody knew.
      : version.count == 1 && parents.allSatisfy({ $0 == version[0] })
        ? (version, []) : history.graph.base(under: version + parents)
    base = newBase
    merged = above
    let first = above.first?.lowerBound ?? end
    tracker.reset(
      base: newBase,
      firstRun: first < history.count ? history.log.index(of: first) : history.log.runs.count)
    silent.removeAll(keepingCapacity: true)
    // What is in the text was checked when it came, so nothing can be thrown.
    try? walk(
      above.flatMap(history.graph.pieces), history, into: &silent,
      check: { _, _ throws(TextError) in })
    baseLength = length - tracker.effectiveGrowth
  }

  private func covers(_ parents: [Int32], fromStart: Bool, _ base: [Int32]) -> Bool {
    if fromStart && !base.isEmpty { return false }
    return parents.allSatisfy { parent in
      base.contains(parent) || merged.contains { $0.contains(parent) }
    }
  }

  /// How many scalars the text had at a version at or above the base.
  func length(at version: [Int32], _ history: TextHistory) -> Int {
    tracker.move(to: version[...], history)
    return baseLength + tracker.preparedGrowth
  }

  /// Merges new steps. `begin` must have been told of all their parents outside of them.
  ///
  /// - Parameter check: is given each piece and the text's length before it; what it throws ends the
  ///   merge, and the walker is of no use any more.
  func merge(
    _ pieces: [TextGraph.Piece], _ history: TextHistory, into effects: inout [TextEffect],
    check: (Range<Int32>, Int) throws(TextError) -> Void
  ) throws(TextError) {
    try walk(pieces, history, into: &effects, check: check)
    for piece in pieces {
      if let last = merged.last, last.upperBound == piece.range.lowerBound {
        merged[merged.count - 1] = last.lowerBound..<piece.range.upperBound
      } else {
        merged.append(piece.range)
      }
    }
  }

  /// Merges a whole history with ids for all of it, on a walker of its own.
  func replayAll(_ history: TextHistory, length: Int) {
    begin([], fromStart: true, at: [], end: 0, length: length, history)
    var effects: [TextEffect] = []
    // What is in a document was checked when it came, so nothing can be thrown.
    try? merge(
      history.graph.pieces(of: 0..<history.count), history, into: &effects,
      check: { _, _ throws(TextError) in })
  }

  /// Merges the pieces, each after those it builds on; where there is a choice, one that builds on
  /// what was merged last, so that few steps have to be retreated and advanced.
  private func walk(
    _ pieces: [TextGraph.Piece], _ history: TextHistory, into effects: inout [TextEffect],
    check: (Range<Int32>, Int) throws(TextError) -> Void
  ) throws(TextError) {
    guard pieces.count > 1 else {
      if let piece = pieces.first { try step(piece, history, &effects, check) }
      return
    }
    var plan = Plan()
    swap(&plan, &self.plan)
    defer { swap(&plan, &self.plan) }
    plan.begin(pieces.count)
    for index in pieces.indices.reversed() {
      history.graph.forEachParent(of: pieces[index]) { parent in
        if let holder = Self.index(of: parent, in: pieces) { plan.add(index, after: holder) }
      }
    }
    for index in pieces.indices.reversed() where plan.waiting[index] == 0 {
      plan.ready.append(index)
    }
    while let index = plan.ready.popLast() {
      try step(pieces[index], history, &effects, check)
      plan.release(after: index)
    }
  }

  /// In which order pieces are merged. It is kept for its memory: most merges are of a few pieces.
  private struct Plan {
    /// How many pieces a piece still waits for.
    var waiting: [Int32] = []
    /// Each piece's children, as a list: the first one's index in `children`, and so on.
    private var firstChild: [Int] = []
    private var children: [(piece: Int, next: Int)] = []
    /// Pieces that wait for nothing; the last one is next.
    var ready: [Int] = []

    mutating func begin(_ count: Int) {
      waiting.removeAll(keepingCapacity: true)
      firstChild.removeAll(keepingCapacity: true)
      children.removeAll(keepingCapacity: true)
      ready.removeAll(keepingCapacity: true)
      for _ in 0..<count {
        waiting.append(0)
        firstChild.append(-1)
      }
    }

    mutating func add(_ piece: Int, after holder: Int) {
      waiting[piece] += 1
      children.append((piece, firstChild[holder]))
      firstChild[holder] = children.count - 1
    }

    /// The first child comes next.
    mutating func release(after index: Int) {
      let first = ready.count
      var child = firstChild[index]
      while child >= 0 {
        let piece = children[child].piece
        waiting[piece] -= 1
        if waiting[piece] == 0 { ready.append(piece) }
        child = children[child].next
      }
      ready[first...].reverse()
    }
  }

  private func step(
    _ piece: TextGraph.Piece, _ history: TextHistory, _ effects: inout [TextEffect],
    _ check: (Range<Int32>, Int) throws(TextError) -> Void
  ) throws(TextError) {
    tracker.move(to: piece, history)
    try check(piece.range, baseLength + tracker.preparedGrowth)
    tracker.merge(piece.range, history, into: &effects)
  }

  /// The piece that holds a version, of pieces that are ascending.
  private static func index(of version: Int32, in pieces: [TextGraph.Piece]) -> Int? {
    var low = 0
    var high = pieces.count
    while low < high {
      let middle = (low + high) / 2
      if pieces[middle].range.lowerBound <= version { low = middle + 1 } else { high = middle }
    }
    return low > 0 && pieces[low - 1].range.contains(version) ? low - 1 : nil
  }

  func forEachShown(_ body: (Int32, Int32) -> Void) { tracker.forEachShown(body) }
}
