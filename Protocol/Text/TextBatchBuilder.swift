/// Makes a batch out of edits as they come, as few runs as possible.
///
/// Typing on, deleting forwards and deleting backwards each become one run.
public struct TextBatchBuilder: Sendable {
  public private(set) var runs: [TextRun] = []
  private var content: [UInt8] = []
  private let joinsBackspaces: Bool

  /// - Parameter joinsBackspaces: false keeps each backspace a run of its own, for histories in which
  ///   others build on a step between two of them.
  public init(joinsBackspaces: Bool = true) { self.joinsBackspaces = joinsBackspaces }
  public init(_ edits: [TextEdit]) {
    self.init()
    for edit in edits { add(edit) }
  }

  public var isEmpty: Bool { runs.isEmpty }

  /// Adds an edit of the text that the edits before left: its deletion first, then its insertion.
  public mutating func add(_ edit: TextEdit) {
    if edit.deleted > 0 { add(TextRun(.deletion, at: edit.position, count: edit.deleted)) }
    var inserted = edit.inserted
    inserted.withUTF8 { utf8 in
      guard let start = utf8.baseAddress, !utf8.isEmpty else { return }
      content.append(contentsOf: utf8)
      let count = UTF8Scalars.count(start, utf8.count)
      add(TextRun(.insertion, at: edit.position, count: count))
    }
  }

  private mutating func add(_ run: TextRun) {
    precondition(run.position >= 0, "positions count from the text's start")
    guard let last = runs.last else { return runs.append(run) }
    if last.continues(with: run) {
      runs[runs.count - 1] = TextRun(
        last.kind, at: last.position, count: last.count + run.count)
    } else if joinsBackspaces, last.kind == .deletion, run.kind == .deletion,
      run.position + run.count == last.position
    {
      // Backspaces: the same scalars go when they are deleted from the first one on.
      runs[runs.count - 1] = TextRun(
        .deletion, at: run.position, count: last.count + run.count)
    } else {
      runs.append(run)
    }
  }

  /// The batch, or nil when nothing was changed.
  ///
  /// - Parameter sequence: the site's next one in this text, as `TextDocument.nextSequence` says.
  public func batch(site: UInt32, sequence: Int, parents: TextParents) -> TextBatch? {
    guard !runs.isEmpty else { return nil }
    // Joining backspaces may have made two runs one after the other that a third now continues.
    return TextBatch(
      site: site, sequence: sequence, parents: parents, runs: Self.joined(runs), content: content)
  }

  private static func joined(_ runs: [TextRun]) -> [TextRun] {
    var result: [TextRun] = []
    for run in runs {
      if let last = result.last, last.continues(with: run) {
        result[result.count - 1] = TextRun(
          last.kind, at: last.position, count: last.count + run.count)
      } else {
        result.append(run)
      }
    }
    return result
  }
}
