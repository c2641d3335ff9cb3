/// A stretch of a text and who wrote it.
public struct TextAttribution: Hashable, Sendable {
  /// How many scalars.
  public let count: Int
  /// The step that inserted the first of them, the others count on from it; nil for text from before
  /// the history.
  public let author: TextID?

  public init(count: Int, author: TextID?) {
    self.count = count
    self.author = author
  }
}

extension TextDocument {
  /// Who wrote what of the text, from its start to its end. Costs a merge of the whole history.
  ///
  /// Neighbours differ: by site, by a gap in the sequence, or by what was deleted between them.
  public func attribution() -> [TextAttribution] {
    var result: [TextAttribution] = []
    forEachStretch { source, count in
      let author: TextID? = if case .step(let id) = source { id } else { nil }
      Self.add(TextAttribution(count: count, author: author), to: &result)
    }
    return result
  }

  /// Where a stretch of the text comes from, by its first scalar; the others count on from it.
  enum Source {
    /// A place in the text from before the history.
    case base(Int)
    case step(TextID)
  }

  /// Calls `body` with each stretch of the text and how many scalars it has, from the text's start to
  /// its end. Costs a merge of the whole history.
  func forEachStretch(_ body: (Source, Int) -> Void) {
    let walker = TextWalker()
    walker.replayAll(history, length: base.text.unicodeScalars.count)
    var rest = count
    walker.forEachShown { id, shown in
      // The last stretch is what is left of the base, which has no end.
      guard rest > 0 else { return }
      guard id < TextItem.baseStart else {
        let count = min(Int(shown), rest)
        rest -= count
        return body(.base(Int(id - TextItem.baseStart)), count)
      }
      rest -= Int(shown)
      var version = id
      while version < id + shown {
        let end = min(id + shown, history.sites.end(ofRunAt: version))
        body(.step(history.sites.id(of: version)), Int(end - version))
        version = end
      }
    }
  }

  private static func add(_ next: TextAttribution, to result: inout [TextAttribution]) {
    if let last = result.last, last.author?.site == next.author?.site,
      last.author.map({ $0.sequence + last.count }) == next.author?.sequence
    {
      result[result.count - 1] = TextAttribution(
        count: last.count + next.count, author: last.author)
    } else {
      result.append(next)
    }
  }

  /// The sites that changed the text after a version, ascending: "edited by 2" are two.
  public func editors(since version: TextParents = .steps([])) throws(TextError) -> [UInt32] {
    let known: [Int32]
    switch version {
    case .steps([]): known = []
    case .steps(let ids): known = try resolve(ids)
    case .position(let position): known = try frontier(at: position)
    }
    var difference = TextGraph.Difference()
    history.graph.compare(frontier, known[...], into: &difference)
    var sites: Set<UInt32> = []
    for range in difference.onlyFirst {
      var version = range.lowerBound
      while version < range.upperBound {
        sites.insert(history.sites.id(of: version).site)
        version = history.sites.end(ofRunAt: version)
      }
    }
    return sites.sorted()
  }

  /// The sites whose steps after a version did not all know each other, ascending; none where one
  /// wrote after the other.
  public func concurrentEditors(
    since version: TextParents = .steps([])
  ) throws(TextError) -> [UInt32] {
    let editors = Set(try editors(since: version))
    var stretches = Stretches(history.graph)
    var frontier: [Int32] = []
    var sites: Set<UInt32> = []
    while let stretch = stretches.next(from: frontier, history.graph) {
      switch stretch {
      case .linear(let range): frontier = [range.upperBound - 1]
      case .concurrent(let pieces):
        for piece in pieces {
          history.graph.advance(&frontier, over: piece)
          var version = piece.range.lowerBound
          while version < piece.range.upperBound {
            sites.insert(history.sites.id(of: version).site)
            version = history.sites.end(ofRunAt: version)
          }
        }
      }
    }
    return editors.intersection(sites).sorted()
  }
}
