extension TextDocument {
  /// Carries out all steps of a history that was read whole.
  ///
  /// The steps fall into stretches: where each knew all before it, they are carried out as they
  /// stand; stretches in between are merged, each with ids that end with it.
  mutating func replay() throws(TextError) {
    var stretches = Stretches(history.graph)
    let walker = walker.take()
    var effects: [TextEffect] = []
    while let stretch = stretches.next(from: frontier, history.graph) {
      effects.removeAll(keepingCapacity: true)
      switch stretch {
      case .linear(let range):
        try checkSteps(range, length: buffer.count)
        addEffects(of: range, to: &effects)
        frontier.removeAll(keepingCapacity: true)
        frontier.append(range.upperBound - 1)
      case .concurrent(let pieces):
        try merge(pieces, walker, into: &effects)
      }
      carryOut(effects[...])
      guard buffer.byteCount <= limits.textBytes else {
        throw .tooLarge(what: "bytes of text", limit: limits.textBytes)
      }
    }
    openFrom = history.count
    self.walker.drop()
  }

  private mutating func merge(
    _ pieces: [TextGraph.Piece], _ walker: TextWalker, into effects: inout [TextEffect]
  ) throws(TextError) {
    guard let first = pieces.first?.range.lowerBound else { return }
    walker.end()
    var parents: [Int32] = []
    for piece in pieces {
      history.graph.forEachParent(of: piece) { if $0 < first { parents.append($0) } }
    }
    walker.begin(
      parents, fromStart: pieces.contains { $0.parents?.isEmpty == true },
      at: frontier, end: first, length: buffer.count, history)
    // A walk goes where it likes, so steps are checked where it comes to them.
    try walker.merge(pieces, history, into: &effects, check: checkSteps)
    for piece in pieces { history.graph.advance(&frontier, over: piece) }
  }

  /// Whether steps lie within the text, which has `length` scalars before the first.
  private func checkSteps(_ range: Range<Int32>, length: Int) throws(TextError) {
    try history.log.check(range, length: length)
  }
}

/// The steps of a history cut where all that follows knows all before.
struct Stretches {
  enum Stretch {
    /// Each step knows all before it.
    case linear(Range<Int32>)
    /// Some do not.
    case concurrent([TextGraph.Piece])
  }

  private var pieces: [TextGraph.Piece]
  /// The smallest parent of a piece or a later one; -1 where one builds on nothing.
  private var lowestParent: [Int32]
  private var next = 0

  init(_ graph: TextGraph) {
    pieces = graph.pieces(of: 0..<Int32(graph.count))
    lowestParent = [Int32](repeating: .max, count: pieces.count + 1)
    for index in pieces.indices.reversed() {
      lowestParent[index] = min(
        lowestParent[index + 1], graph.lowestParent(of: pieces[index]))
    }
  }

  /// The stretch after a text with this frontier, which must be where the one before ended.
  mutating func next(from frontier: [Int32], _ graph: TextGraph) -> Stretch? {
    guard next < pieces.count else { return nil }
    let piece = pieces[next].range
    // All later pieces know this version and all before it.
    let known = lowestParent[next + 1]
    if known >= piece.lowerBound, graph.builds(pieces[next], on: frontier) {
      if known >= piece.upperBound - 1 {
        next += 1
        return .linear(piece)
      }
      pieces[next].range = known + 1..<piece.upperBound
      pieces[next].parents = nil
      return .linear(piece.lowerBound..<known + 1)
    }
    return .concurrent(concurrent(from: frontier, graph))
  }

  /// The pieces up to the next one that knows everything and is known by everything.
  private mutating func concurrent(
    from frontier: [Int32], _ graph: TextGraph
  ) -> [TextGraph.Piece] {
    var frontier = frontier
    let first = next
    repeat {
      graph.advance(&frontier, over: pieces[next])
      next += 1
    } while next < pieces.count
      && !(graph.builds(pieces[next], on: frontier)
        && lowestParent[next + 1] >= pieces[next].range.lowerBound)
    return Array(pieces[first..<next])
  }
}
