extension TextDocument {
  /// Carries out all steps of a history that was read whole.
  ///
  /// The steps fall into stretches: where each knew all before it, they are carried out as they
  /// stand; stretches in between are merged, each with ids that end with it.
  mutating func replay() throws(TextError) {
    var stretches = Stretches(
      TextWalker.pieces(of: 0..<history.count, history.graph))
    let walker = walker.take()
    var effects: [TextEffect] = []
    while let stretch = stretches.next(from: frontier) {
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
    _ pieces: [TextWalker.Piece], _ walker: TextWalker, into effects: inout [TextEffect]
  ) throws(TextError) {
    guard let first = pieces.first?.range.lowerBound else { return }
    walker.end()
    walker.begin(
      pieces.flatMap { $0.parents.filter { $0 < first } },
      fromStart: pieces.contains { $0.parents.isEmpty },
      at: frontier, end: first, length: buffer.count, history)
    // A walk goes where it likes, so steps are checked where it comes to them.
    try walker.merge(pieces, history, into: &effects, check: checkSteps)
    for piece in pieces {
      TextGraph.advance(&frontier, parents: piece.parents, to: piece.range.upperBound - 1)
    }
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
    case concurrent([TextWalker.Piece])
  }

  private var pieces: [TextWalker.Piece]
  /// The smallest parent of a piece or a later one; -1 where one builds on nothing.
  private var lowestParent: [Int32]
  private var next = 0

  init(_ pieces: [TextWalker.Piece]) {
    self.pieces = pieces
    lowestParent = [Int32](repeating: .max, count: pieces.count + 1)
    for index in pieces.indices.reversed() {
      lowestParent[index] = min(lowestParent[index + 1], pieces[index].parents.first ?? -1)
    }
  }

  /// The stretch after a text with this frontier, which must be where the one before ended.
  mutating func next(from frontier: [Int32]) -> Stretch? {
    guard next < pieces.count else { return nil }
    let piece = pieces[next].range
    // All later pieces know this version and all before it.
    let known = lowestParent[next + 1]
    if known >= piece.lowerBound, pieces[next].parents.elementsEqual(frontier) {
      if known >= piece.upperBound - 1 {
        next += 1
        return .linear(piece)
      }
      pieces[next].range = known + 1..<piece.upperBound
      pieces[next].parents = [known]
      return .linear(piece.lowerBound..<known + 1)
    }
    return .concurrent(concurrent(from: frontier))
  }

  /// The pieces up to the next one that knows everything and is known by everything.
  private mutating func concurrent(from frontier: [Int32]) -> [TextWalker.Piece] {
    var frontier = frontier
    let first = next
    repeat {
      TextGraph.advance(
        &frontier, parents: pieces[next].parents, to: pieces[next].range.upperBound - 1)
      next += 1
    } while next < pieces.count
      && !(pieces[next].parents.elementsEqual(frontier)
        && lowestParent[next + 1] >= pieces[next].range.lowerBound)
    return Array(pieces[first..<next])
  }
}
