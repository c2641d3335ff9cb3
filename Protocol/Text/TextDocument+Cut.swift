extension TextDocument {
  /// Forgets how the text came about up to a version: its text there takes the place of the steps.
  ///
  /// Every step that is kept must build on all of that version, else `.unaware` is thrown. What is
  /// merged afterwards gives the same text as without the cut; batches that build on less are refused
  /// (`.beforeHistory`). A site's batches must arrive in its order: where a later one was forgotten, an
  /// earlier one counts as there.
  ///
  /// Costs a replay of the history. After an error nothing has changed.
  public mutating func cut(at version: TextParents) throws(TextError) {
    let known: [Int32]
    var position = base.position
    switch version {
    case .steps(let ids): known = try resolve(ids)
    case .position(let place):
      known = try frontier(at: place)
      position = place
    }
    var difference = TextGraph.Difference()
    history.graph.compare(frontier, known[...], into: &difference)
    let kept = Array(difference.onlyFirst.reversed())
    try checkAll(kept, buildOn: known)
    for mark in marks where mark.frontier.allSatisfy({ !kept.holds($0) }) {
      position = max(position, mark.position)
    }

    let past = try part(kept.rest(below: history.count), of: base)
    var next = base.nextSequences
    for site in past.history.sites.sites {
      next[site] = max(next[site] ?? 0, past.history.sites.spans(of: site).last?.end ?? 0)
    }
    var rest = try part(
      kept,
      of: TextBase(
        text: past.text, version: ids(of: known), nextSequences: next, position: position))
    rest.marks = marks.filter { $0.position > position }.map { mark in
      Mark(position: mark.position, frontier: kept.renumbered(mark.frontier))
    }
    self = rest
  }

  private func checkAll(
    _ kept: [Range<Int32>], buildOn known: [Int32]
  ) throws(TextError) {
    for piece in kept.flatMap(history.graph.pieces) {
      // One that builds on a kept one builds on all that that one does.
      guard
        history.graph.builds(piece, on: known)
          || history.graph.parents(of: piece).contains(where: kept.holds)
      else {
        throw .unaware(history.sites.id(of: piece.range.lowerBound))
      }
    }
  }

  /// A document of some of the steps, which build on nothing outside of them but `base`.
  private func part(
    _ versions: [Range<Int32>], of base: TextBase
  ) throws(TextError) -> TextDocument {
    var result = try TextDocument(base: base, limits: limits)
    result.history = history.part(versions)
    let erased = history.log.versions(ofContent: holes).flatMap { range in
      versions.map { $0.clamped(to: range) }.filter { !$0.isEmpty }.map { part in
        versions.renumbered(part.lowerBound)..<versions.renumbered(part.upperBound - 1) + 1
      }
    }
    result.holes = result.history.log.contentScalars(of: erased)
    try result.replay()
    return result
  }
}

/// Some versions, as ascending ranges apart from each other.
extension [Range<Int32>] {
  fileprivate func holds(_ version: Int32) -> Bool { contains { $0.contains(version) } }

  /// All other versions from 0 on.
  fileprivate func rest(below count: Int32) -> [Range<Int32>] {
    var result: [Range<Int32>] = []
    var start: Int32 = 0
    for range in self + [count..<count] {
      if start < range.lowerBound { result.append(start..<range.lowerBound) }
      start = range.upperBound
    }
    return result
  }

  /// The number of a version when only these are left.
  fileprivate func renumbered(_ version: Int32) -> Int32 {
    var before: Int32 = 0
    for range in self {
      if version < range.upperBound { return before + version - range.lowerBound }
      before += Int32(range.count)
    }
    return before
  }

  fileprivate func renumbered(_ versions: [Int32]) -> [Int32] {
    versions.filter(holds).map { renumbered($0) }
  }
}

extension TextHistory {
  /// Some of the steps, in the same order; what the others were to them is left out.
  fileprivate func part(_ versions: [Range<Int32>]) -> TextHistory {
    var result = TextHistory()
    for piece in versions.flatMap(graph.pieces) {
      let entries = result.graph.entries.count
      result.graph.append(
        steps: piece.range.count, parents: versions.renumbered(Array(graph.parents(of: piece))))
      result.addSites(of: piece.range, from: sites)
      result.addRuns(
        of: piece.range, from: log, continues: result.graph.entries.count == entries)
    }
    return result
  }

  private mutating func addSites(of range: Range<Int32>, from sites: TextSites) {
    var version = range.lowerBound
    while version < range.upperBound {
      let id = sites.id(of: version)
      let end = min(range.upperBound, sites.end(ofRunAt: version))
      self.sites.append(site: id.site, sequence: id.sequence, steps: Int(end - version))
      version = end
    }
  }

  private mutating func addRuns(
    of range: Range<Int32>, from log: TextLog, continues: Bool
  ) {
    var continues = continues
    log.forEachStep(in: range) { _, step in
      let run = TextRun(
        step.isInsertion ? .insertion : .deletion, at: Int(step.position), count: Int(step.count))
      log.content[step.content].withUnsafeBufferPointer { text in
        if continues {
          self.log.extend(run, text, backwards: false)
        } else {
          self.log.append(run, text)
        }
      }
      continues = true
    }
  }
}
