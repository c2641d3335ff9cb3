extension TextDocument {
  /// Edits the text as `site`, which sees all of it. Typing on, and deleting on in either direction,
  /// lengthens the last run.
  ///
  /// `batch(since:)` makes a batch of such edits.
  public mutating func edit(_ edit: TextEdit, by site: UInt32) throws(TextError) {
    var inserted = edit.inserted
    // A closure cannot throw a typed error through `withUTF8`.
    let result: Result<Void, TextError> = inserted.withUTF8 { utf8 in
      do throws(TextError) {
        try self.edit(at: edit.position, deleting: edit.deleted, inserting: utf8, by: site)
        return .success(())
      } catch {
        return .failure(error)
      }
    }
    try result.get()
  }

  /// - Parameter inserted: valid UTF-8.
  @inline(__always)
  public mutating func edit(
    at position: Int, deleting deleted: Int, inserting inserted: UnsafeBufferPointer<UInt8>,
    by site: UInt32
  ) throws(TextError) {
    guard position >= 0, deleted >= 0, position <= buffer.count - deleted else {
      throw .outsideText(position: position, length: buffer.count)
    }
    let scalars =
      inserted.count <= 1
      ? inserted.count
      : inserted.baseAddress.map { UTF8Scalars.count($0, inserted.count) } ?? 0
    let steps = deleted + scalars
    if steps == 0 { return }
    guard steps <= limits.historySteps - stepCount else {
      throw .tooLarge(what: "steps of history", limit: limits.historySteps)
    }
    guard inserted.count <= limits.textBytes - buffer.byteCount else {
      throw .tooLarge(what: "bytes of text", limit: limits.textBytes)
    }
    // A run may reach over what one author adds to the last entry, never into another entry.
    let continues = isLinear
    var joins = continues && history.sites.extend(site: site, steps: steps)
    if joins {
      history.graph.extend(steps: steps)
    } else {
      let entries = history.graph.entries.count
      history.graph.append(steps: steps, parents: frontier)
      history.sites.append(site: site, sequence: nextSequence(of: site), steps: steps)
      joins = history.graph.entries.count == entries
    }
    if deleted > 0 {
      let run = TextRun(.deletion, at: position, count: deleted)
      let nothing = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
      if joins {
        // Only steps that nobody has named yet may be joined from the front.
        let isOpen = (history.log.runs.last?.version ?? 0) >= openFrom
        history.log.extend(run, nothing, backwards: isOpen)
      } else {
        history.log.append(run, nothing)
        joins = true
      }
    }
    if scalars > 0 {
      let run = TextRun(.insertion, at: position, count: scalars)
      if joins {
        history.log.extend(run, inserted, backwards: false)
      } else {
        history.log.append(run, inserted)
      }
    }
    buffer.replace(at: position, deleting: deleted, with: inserted, scalars: scalars)
    if continues {
      frontier[0] = history.count - 1
    } else {
      frontier = [history.count - 1]
      walker.drop()
    }
  }

  /// Whether the last step of all is the only one on which no other builds.
  @inline(__always)
  private var isLinear: Bool { frontier.count == 1 && frontier[0] == history.count - 1 }
}
