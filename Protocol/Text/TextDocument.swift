/// A text that several sites edit without waiting for each other.
///
/// The text itself is plain; beside it stands what is kept of its history: which batch builds on
/// which, and what each did. Replicas that hold the same batches show the same text, in whatever
/// order the batches came. Concurrent insertions never mix: what one site wrote in one go stays
/// together, also when it was written backwards (FugueMax order).
///
/// The history may begin at a later time than the text did: then `baseText` is what the text was
/// there, and nothing from before it can be merged any more.
///
/// Costs: a batch whose author knew everything is as cheap as editing a plain text. Other batches
/// cost about the number of runs since the last version that everybody knew.
public struct TextDocument: Sendable {
  var buffer: TextBuffer
  var history = TextHistory()
  /// What is in the text: the steps on which no other builds.
  var frontier: [Int32] = []
  var base: TextBase
  /// The frontier after each accepted batch, by the position of its transaction; ascending.
  var marks: [Mark] = []
  /// Which of all inserted scalars were erased for good, counted over the log's content.
  var holes: [Range<Int>] = []
  /// From this version on, nobody has named a step yet: backspaces may still join the last run.
  var openFrom: Int32 = 0
  var walker = WalkerHolder()
  public let limits: TextLimits

  struct Mark: Sendable {
    let position: UInt64
    let frontier: [Int32]
  }

  public init(limits: TextLimits = .standard) {
    buffer = TextBuffer()
    base = TextBase()
    self.limits = limits
  }

  /// A text whose history begins with what `base` says.
  public init(base: TextBase, limits: TextLimits = .standard) throws(TextError) {
    guard base.text.utf8.count <= limits.textBytes else {
      throw .tooLarge(what: "bytes of text", limit: limits.textBytes)
    }
    self.base = base
    buffer = TextBuffer(base.text)
    self.limits = limits
  }

  public var text: String { buffer.text }
  /// How many scalars the text has.
  public var count: Int { buffer.count }
  public var byteCount: Int { buffer.byteCount }
  /// How many steps of the history are kept.
  public var stepCount: Int { Int(history.count) }

  /// The text where the history begins.
  public var baseText: String { base.text }

  /// The steps on which no other builds: what an author who sees this text knows.
  ///
  /// Reading it ends the run that `edit` may have begun: who names a step has named all before it.
  public var version: TextParents {
    mutating get {
      openFrom = history.count
      return .steps(ids(of: frontier))
    }
  }

  /// The first sequence that `site` has not used in this text.
  public func nextSequence(of site: UInt32) -> Int {
    max(history.sites.spans(of: site).last?.end ?? 0, base.nextSequences[site] ?? 0)
  }

  func ids(of versions: [Int32]) -> [TextID] {
    versions.isEmpty ? base.version : versions.map { history.sites.id(of: $0) }.sorted()
  }
}

/// Where the kept history of a text begins.
public struct TextBase: Sendable, Hashable {
  public let text: String
  /// The steps on which none of those before the history builds; ascending.
  public let version: [TextID]
  /// For each site that had written until then, the sequence after its last step.
  public let nextSequences: [UInt32: Int]
  /// The server's position up to which the base holds everything.
  public let position: UInt64

  public init(
    text: String = "", version: [TextID] = [], nextSequences: [UInt32: Int] = [:],
    position: UInt64 = 0
  ) {
    self.text = text
    self.version = version
    self.nextSequences = nextSequences
    self.position = position
  }
}

/// Keeps a walker between two batches for the one document that is being changed.
///
/// It is only a cache: a document that finds it shared with a copy of itself takes a new one, so no
/// two ever use the same, and what one document does never shows in another.
struct WalkerHolder: @unchecked Sendable {
  private var walker: TextWalker?

  /// The walker, free of everything that another document put into it.
  mutating func take() -> TextWalker {
    if isKnownUniquelyReferenced(&walker), let walker { return walker }
    let new = TextWalker()
    walker = new
    return new
  }

  mutating func drop() { walker = nil }
}
