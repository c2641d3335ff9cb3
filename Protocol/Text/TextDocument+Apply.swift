extension TextDocument {
  /// Merges a batch and says what it changes in the text, in order.
  ///
  /// A batch that is there already changes nothing. After an error nothing has changed.
  ///
  /// - Parameter position: the server's position of the batch's transaction, which must be above all
  ///   earlier ones; nil while it has none. Later batches can then name it as what they knew.
  @discardableResult
  public mutating func apply(
    _ batch: TextBatch, at position: UInt64? = nil
  ) throws(TextError) -> [TextEdit] {
    let steps = try check(batch)
    let present = try presence(of: batch, steps)
    if present {
      if let position { mark(position) }
      return []
    }
    let parents = try resolve(batch)
    var effects: [TextEffect] = []
    if parents == frontier {
      try check(batch.runs, length: buffer.count)
      try checkGrowth(batch)
      walker.drop()
      append(batch, parents)
      let range = history.count - Int32(steps)..<history.count
      frontier = [history.count - 1]
      addEffects(of: range, to: &effects)
    } else {
      let walker = walker.take()
      walker.begin(
        parents, fromStart: parents.isEmpty, at: frontier, end: history.count,
        length: buffer.count, history)
      try check(batch.runs, length: walker.length(at: parents, history))
      try checkGrowth(batch)
      append(batch, parents)
      let range = history.count - Int32(steps)..<history.count
      // The runs were checked above: here the text can no longer be left half changed.
      try walker.merge(
        history.graph.pieces(of: range), history, into: &effects,
        check: { _, _ throws(TextError) in })
      TextGraph.advance(&frontier, parents: parents[...], to: history.count - 1)
    }
    carryOut(effects[...])
    if let position { mark(position) }
    return edits(effects)
  }

  /// What `edits` of an earlier version of this text are in the text of now. Nothing is changed.
  ///
  /// - Parameters:
  ///   - version: what their author was looking at.
  ///   - site: whose edits they are; decides where two wrote at the same place.
  public func rebased(
    _ edits: [TextEdit], from version: TextParents, by site: UInt32
  ) throws(TextError) -> [TextEdit] {
    guard
      let batch = TextBatchBuilder(edits).batch(
        site: site, sequence: nextSequence(of: site), parents: version)
    else { return [] }
    var copy = self
    return try copy.apply(batch)
  }

  private mutating func append(_ batch: TextBatch, _ parents: [Int32]) {
    let scalars = history.log.contentScalars
    if !batch.holes.isEmpty {
      let added = batch.holes.map { $0.lowerBound + scalars..<$0.upperBound + scalars }
      holes = TextHoles.union(holes, added)
    }
    history.append(batch, parents: parents)
    openFrom = history.count
  }

  private mutating func mark(_ position: UInt64) {
    precondition(position > marks.last?.position ?? base.position, "positions ascend")
    marks.append(Mark(position: position, frontier: frontier))
  }

  // MARK: Checks

  /// The rules of a batch's form; returns its steps.
  private func check(_ batch: TextBatch) throws(TextError) -> Int {
    guard batch.runs.count <= limits.batchRuns else {
      throw .tooLarge(what: "runs of a batch", limit: limits.batchRuns)
    }
    var steps = 0
    for run in batch.runs {
      guard run.count <= limits.batchSteps - steps else {
        throw .tooLarge(what: "steps of a batch", limit: limits.batchSteps)
      }
      steps += run.count
    }
    guard batch.sequence >= 0, batch.sequence <= Int.max / 2 else {
      throw .malformed("sequences count from 0")
    }
    guard steps <= limits.historySteps - stepCount else {
      throw .tooLarge(what: "steps of history", limit: limits.historySteps)
    }
    guard batch.content.count <= limits.historyBytes - history.log.content.count else {
      throw .tooLarge(what: "bytes of history", limit: limits.historyBytes)
    }
    return steps
  }

  /// Whether all steps of the batch are there already.
  private func presence(of batch: TextBatch, _ steps: Int) throws(TextError) -> Bool {
    let end = batch.sequence + steps
    if let first = base.nextSequences[batch.site], batch.sequence < first {
      guard end <= first else { throw .overlap(TextID(site: batch.site, sequence: first)) }
      return true
    }
    let present = history.sites.overlap(site: batch.site, batch.sequence..<end)
    guard present == 0 || present == steps else {
      throw .overlap(TextID(site: batch.site, sequence: batch.sequence))
    }
    return present > 0
  }

  /// Whether every run lies within the text that the one before it left, of a length at first.
  private func check(_ runs: [TextRun], length: Int) throws(TextError) {
    var length = length
    for run in runs {
      switch run.kind {
      case .insertion:
        guard run.position <= length else {
          throw .outsideText(position: run.position, length: length)
        }
        length += run.count
      case .deletion:
        guard run.position <= length - run.count else {
          throw .outsideText(position: run.position, length: length)
        }
        length -= run.count
      }
    }
  }

  private func checkGrowth(_ batch: TextBatch) throws(TextError) {
    guard batch.content.count <= limits.textBytes - buffer.byteCount else {
      throw .tooLarge(what: "bytes of text", limit: limits.textBytes)
    }
  }

  // MARK: Parents

  private func resolve(_ batch: TextBatch) throws(TextError) -> [Int32] {
    switch batch.parents {
    case .steps(let ids): try resolve(ids)
    case .position(let position): try resolve(position, batch.site, before: batch.sequence)
    }
  }

  /// The frontier of these steps.
  func resolve(_ ids: [TextID]) throws(TextError) -> [Int32] {
    guard ids.count <= limits.parents else {
      throw .tooLarge(what: "parents", limit: limits.parents)
    }
    var versions: [Int32] = []
    var below = 0
    for id in ids {
      if let version = history.sites.version(of: id) {
        versions.append(version)
      } else if let end = base.nextSequences[id.site], id.sequence < end {
        below += 1
      } else {
        throw .unknownParent(id)
      }
    }
    // All that is kept builds on the base, so a parent below it says nothing beside one above it.
    // Alone, parents must be all of the base: less is a state that was forgotten.
    if versions.isEmpty, !base.version.allSatisfy(ids.contains) { throw .beforeHistory }
    return versions.count < 2 ? versions : history.graph.frontier(of: versions)
  }

  private func resolve(
    _ position: UInt64, _ site: UInt32, before sequence: Int
  ) throws(TextError) -> [Int32] {
    let known = try frontier(at: position)
    guard let own = history.sites.lastVersion(of: site, before: sequence), known.last != own else {
      return known
    }
    return history.graph.frontier(of: known + [own])
  }

  /// What the server had accepted up to a position.
  func frontier(at position: UInt64) throws(TextError) -> [Int32] {
    guard position >= base.position else { throw .beforeHistory }
    var low = 0
    var high = marks.count
    while low < high {
      let middle = (low + high) / 2
      if marks[middle].position <= position { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? [] : marks[low - 1].frontier
  }

  // MARK: Effects

  /// Steps that know all of the text are their own effects.
  func addEffects(of range: Range<Int32>, to effects: inout [TextEffect]) {
    history.log.forEachStep(in: range) { _, step in
      effects.append(
        TextEffect(
          position: step.position, deleted: step.isInsertion ? 0 : step.count,
          inserted: step.isInsertion ? step.count : 0, content: step.content))
    }
  }

  mutating func carryOut(_ effects: ArraySlice<TextEffect>) {
    history.log.content.withUnsafeBufferPointer { content in
      for effect in effects {
        buffer.replace(
          at: Int(effect.position), deleting: Int(effect.deleted),
          with: UnsafeBufferPointer(rebasing: content[effect.content]),
          scalars: Int(effect.inserted))
      }
    }
  }

  private func edits(_ effects: [TextEffect]) -> [TextEdit] {
    effects.map { effect in
      TextEdit(
        at: Int(effect.position), deleting: Int(effect.deleted),
        inserting: String(decoding: history.log.content[effect.content], as: UTF8.self))
    }
  }
}
