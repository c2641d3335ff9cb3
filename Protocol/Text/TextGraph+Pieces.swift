extension TextGraph {
  /// A part of an entry. It holds no list of its own, since a merge copies pieces all the time.
  struct Piece {
    var range: Range<Int32>
    /// Where what the first of its steps builds on stands in the pool; nil for the step before it,
    /// where a piece does not begin with its entry.
    var parents: Range<Int32>?
  }

  /// The steps of a range as pieces, ascending.
  func pieces(of range: Range<Int32>) -> [Piece] {
    guard !range.isEmpty else { return [] }
    var pieces: [Piece] = []
    var index = index(of: range.lowerBound)
    while index < entries.count, entries[index].start < range.upperBound {
      let entry = entries[index]
      let part = range.clamped(to: entry.start..<entry.end)
      let parents = entry.firstParent..<entry.firstParent + entry.parentCount
      pieces.append(
        Piece(range: part, parents: part.lowerBound == entry.start ? parents : nil))
      index += 1
    }
    return pieces
  }

  /// What the first step of a piece builds on, ascending.
  func parents(of piece: Piece) -> ArraySlice<Int32> {
    guard let parents = piece.parents else { return [piece.range.lowerBound - 1] }
    return pool[Int(parents.lowerBound)..<Int(parents.upperBound)]
  }

  @inline(__always)
  func forEachParent(of piece: Piece, _ body: (Int32) -> Void) {
    guard let parents = piece.parents else { return body(piece.range.lowerBound - 1) }
    for index in parents { body(pool[Int(index)]) }
  }

  /// The smallest parent; -1 where the piece builds on nothing.
  @inline(__always)
  func lowestParent(of piece: Piece) -> Int32 {
    guard let parents = piece.parents else { return piece.range.lowerBound - 1 }
    return parents.isEmpty ? -1 : pool[Int(parents.lowerBound)]
  }

  /// Whether the first step of a piece builds on exactly this frontier.
  @inline(__always)
  func builds(_ piece: Piece, on frontier: [Int32]) -> Bool {
    guard let parents = piece.parents else {
      return frontier.count == 1 && frontier[0] == piece.range.lowerBound - 1
    }
    guard parents.count == frontier.count else { return false }
    for index in 0..<frontier.count
    where pool[Int(parents.lowerBound) + index] != frontier[index] {
      return false
    }
    return true
  }

  /// `frontier` after the steps of a piece.
  func advance(_ frontier: inout [Int32], over piece: Piece) {
    if builds(piece, on: frontier) {
      frontier.removeAll(keepingCapacity: true)
    } else {
      forEachParent(of: piece) { parent in
        if let index = frontier.firstIndex(of: parent) { frontier.remove(at: index) }
      }
    }
    frontier.append(piece.range.upperBound - 1)
  }
}
