extension TextDocument {
  /// Takes what these steps inserted out of the text's past, for good: their bytes are in no history,
  /// encoding or batch any more. What is left is how many scalars there were, so that batches which
  /// count over them still mean the same.
  ///
  /// Where an erased scalar still stands in the text, U+FFFD takes its place; whoever wants it gone
  /// deletes it first, as any edit does. Erasing again changes nothing, and neither does the order in
  /// which several are erased; replicas with the same batches that erased the same are the same. The
  /// text from before the history has no steps: a cut after its deletion forgets it.
  ///
  /// Costs a merge of the whole history. After an error nothing has changed.
  ///
  /// - Returns: what it changes in the text, in order.
  @discardableResult
  public mutating func erase(_ spans: [TextSpan]) throws(TextError) -> [TextEdit] {
    let steps = try versions(of: spans)
    holes = TextHoles.union(holes, history.log.contentScalars(of: steps))
    let content = TextHoles.erased(holes, in: history.log.content)
    guard content.count <= limits.historyBytes else {
      throw .tooLarge(what: "bytes of history", limit: limits.historyBytes)
    }
    history.log.replaceContent(content)
    openFrom = history.count
    walker.drop()
    let edits = shown(steps).map { place in
      TextEdit(
        at: place.lowerBound, deleting: place.count,
        inserting: String(repeating: "\u{FFFD}", count: place.count))
    }
    for edit in edits {
      buffer.replace(at: edit.position, deleting: edit.deleted, with: edit.inserted)
    }
    return edits
  }

  private func versions(of spans: [TextSpan]) throws(TextError) -> [Range<Int32>] {
    var result: [Range<Int32>] = []
    for span in spans {
      var sequence = span.sequences.lowerBound
      while sequence < span.sequences.upperBound {
        let id = TextID(site: span.site, sequence: sequence)
        guard let version = history.sites.version(of: id) else { throw .unknownSpan(id) }
        let rest = Int32(clamping: span.sequences.upperBound - sequence)
        let end = min(history.sites.end(ofRunAt: version), version + rest)
        result.append(version..<end)
        sequence += Int(end - version)
      }
    }
    return result.sorted { $0.lowerBound < $1.lowerBound }
  }

  /// Where what the steps inserted stands in the text, ascending.
  private func shown(_ steps: [Range<Int32>]) -> [Range<Int>] {
    let walker = TextWalker()
    walker.replayAll(history, length: base.text.unicodeScalars.count)
    var result: [Range<Int>] = []
    var position = 0
    walker.forEachShown { id, shown in
      if id < TextItem.baseStart {
        let stretch = id..<id + shown
        for range in steps where range.overlaps(stretch) {
          let part = range.clamped(to: stretch)
          let start = position + Int(part.lowerBound - id)
          result.append(start..<start + part.count)
        }
      }
      // The last stretch is what is left of the base, which has no end.
      position += min(Int(shown), count - position)
    }
    return TextHoles.union(result, [])
  }
}

extension TextLog {
  /// Where what these steps inserted is, in scalars of the content.
  ///
  /// - Parameter versions: ascending.
  func contentScalars(of versions: [Range<Int32>]) -> [Range<Int>] {
    var result: [Range<Int>] = []
    forEachOverlap(versions.map { Int($0.lowerBound)..<Int($0.upperBound) }, byVersion: true) {
      result.append($0)
    }
    return TextHoles.union(result, [])
  }

  /// The steps that inserted these scalars of the content.
  func versions(ofContent scalars: [Range<Int>]) -> [Range<Int32>] {
    var result: [Range<Int32>] = []
    forEachOverlap(scalars, byVersion: false) {
      result.append(Int32($0.lowerBound)..<Int32($0.upperBound))
    }
    return result
  }

  /// Calls `body` with the other name of each part of an insertion that lies in one of the ascending
  /// ranges: by version they are given and by place in the content told, or the other way round.
  private func forEachOverlap(
    _ ranges: [Range<Int>], byVersion: Bool, _ body: (Range<Int>) -> Void
  ) {
    var scalars = 0
    var next = 0
    for run in runs where run.isInsertion {
      let (given, told) = byVersion ? (Int(run.version), scalars) : (scalars, Int(run.version))
      let extent = given..<given + Int(run.count)
      while next < ranges.count, ranges[next].upperBound <= extent.lowerBound { next += 1 }
      for range in ranges[next...].prefix(while: { $0.lowerBound < extent.upperBound }) {
        let part = range.clamped(to: extent)
        if !part.isEmpty {
          body(part.lowerBound - given + told..<part.upperBound - given + told)
        }
      }
      scalars += Int(run.count)
    }
  }
}
