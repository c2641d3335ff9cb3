/// What one site did to a text in one go: the unit that is saved, sent and merged.
///
/// All steps of a batch are named (site, sequence), from `sequence` on without gaps, one a scalar.
/// Its first step builds on `parents`, every other on the one before it.
public struct TextBatch: Hashable, Sendable {
  public let site: UInt32
  /// The sequence of the first step.
  public let sequence: Int
  public let parents: TextParents
  public let runs: [TextRun]
  /// UTF-8 of all that is inserted, in the order of the runs. What was erased stands as U+FFFD.
  public let content: [UInt8]
  /// Which of the inserted scalars were erased for good: ascending, apart, counted over the content.
  public let holes: [Range<Int>]

  /// - Precondition: the runs are those of a `TextBatchBuilder`, or checked by a decoder.
  init(
    site: UInt32, sequence: Int, parents: TextParents, runs: [TextRun], content: [UInt8],
    holes: [Range<Int>] = []
  ) {
    self.site = site
    self.sequence = sequence
    self.parents = parents
    self.runs = runs
    self.content = content
    self.holes = holes
  }

  /// How many sequences the batch takes.
  public var stepCount: Int { runs.reduce(0) { $0 + $1.count } }
  public var sequences: Range<Int> { sequence..<sequence + stepCount }
}

/// What the author of a batch knew.
public enum TextParents: Hashable, Sendable {
  /// Everything that the server had accepted up to this position, and the site's own earlier steps.
  case position(UInt64)
  /// These steps and all that they build on; none is the empty text, or the text where the history
  /// begins. Ascending.
  case steps([TextID])
}

/// Consecutive steps of one kind that lie side by side in the text.
public struct TextRun: Hashable, Sendable {
  public enum Kind: UInt8, Sendable {
    case insertion = 0
    case deletion = 1
  }

  public let kind: Kind
  /// Where the first scalar is inserted or deleted, in the text as the step before left it.
  public let position: Int
  /// How many scalars; at least one.
  public let count: Int

  public init(_ kind: Kind, at position: Int, count: Int) {
    self.kind = kind
    self.position = position
    self.count = count
  }

  /// Where the author's cursor is afterwards.
  var end: Int { kind == .insertion ? position + count : position }

  /// Whether `next` is no run of its own but more of this one.
  func continues(with next: TextRun) -> Bool { kind == next.kind && next.position == end }
}
