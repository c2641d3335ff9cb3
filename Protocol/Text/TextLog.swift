/// What each step did, in the order of versions, with the inserted text.
///
/// Invariants: runs cover all versions without gaps; insertions' content lies in the same order in
/// `content`, without gaps; none has a length of zero.
struct TextLog: Sendable {
  struct Run: Sendable {
    fileprivate(set) var version: Int32
    fileprivate(set) var position: Int32
    /// Negative for a deletion.
    fileprivate(set) var signedCount: Int32
    /// Where an insertion's text begins in `content`; where the next one's would, for a deletion.
    fileprivate(set) var content: Int32

    init(version: Int32 = 0, position: Int32, signedCount: Int32, content: Int32 = 0) {
      self.version = version
      self.position = position
      self.signedCount = signedCount
      self.content = content
    }

    @inline(__always) var isInsertion: Bool { signedCount > 0 }
    @inline(__always) var count: Int32 { abs(signedCount) }
    @inline(__always) var end: Int32 { version + count }
  }

  private(set) var runs: [Run] = []
  private(set) var content: [UInt8] = []
  /// How many scalars `content` has.
  private(set) var contentScalars = 0
  private(set) var count: Int32 = 0
  private var table = VersionTable()

  init() {}

  /// - Parameter runs: with zero in place of `version` and `content`, which follow from the rest.
  init(runs: [Run], content: [UInt8], contentScalars: Int) {
    self.runs = runs
    self.content = content
    self.contentScalars = contentScalars
    let isASCII = content.count == contentScalars
    content.withUnsafeBufferPointer { content in
      var offset = 0
      for index in self.runs.indices {
        self.runs[index].version = count
        self.runs[index].content = Int32(offset)
        let run = self.runs[index]
        count += run.count
        table.extend(index, to: count)
        guard run.isInsertion, let base = content.baseAddress else { continue }
        offset +=
          isASCII
          ? Int(run.count)
          : UTF8Scalars.offset(base + offset, content.count - offset, scalars: Int(run.count))
      }
    }
  }

  /// Adds a run of its own.
  @inline(__always)
  mutating func append(_ run: TextRun, _ text: UnsafeBufferPointer<UInt8>) {
    let isInsertion = run.kind == .insertion
    runs.append(
      Run(
        version: count, position: Int32(run.position),
        signedCount: Int32(isInsertion ? run.count : -run.count), content: Int32(content.count)))
    count += Int32(run.count)
    table.extend(runs.count - 1, to: count)
    if isInsertion {
      add(text, run.count)
    }
  }

  @inline(__always)
  private mutating func grow(by steps: Int32) {
    count += steps
    table.extend(runs.count - 1, to: count)
  }

  @inline(__always)
  private mutating func add(_ text: UnsafeBufferPointer<UInt8>, _ scalars: Int) {
    // Mostly a letter is typed, and appending one is faster than appending a list of one.
    if text.count == 1 { content.append(text[0]) } else { content.append(contentsOf: text) }
    contentScalars += scalars
  }

  /// Adds the steps of a run to the last one where they continue it. Backspaces continue a deletion
  /// from its front, which is allowed only while nobody has named its steps yet.
  @inline(__always)
  mutating func extend(_ run: TextRun, _ text: UnsafeBufferPointer<UInt8>, backwards: Bool) {
    let position = Int32(truncatingIfNeeded: run.position)
    let count = Int32(truncatingIfNeeded: run.count)
    let last = runs.count - 1
    if last >= 0 {
      if run.kind == .insertion {
        if runs[last].signedCount > 0, runs[last].position &+ runs[last].signedCount == position {
          runs[last].signedCount += count
          grow(by: count)
          add(text, run.count)
          return
        }
      } else if runs[last].signedCount < 0 {
        if runs[last].position == position {
          runs[last].signedCount -= count
          grow(by: count)
          return
        }
        if backwards, position &+ count == runs[last].position {
          runs[last].position = position
          runs[last].signedCount -= count
          grow(by: count)
          return
        }
      }
    }
    append(run, text)
  }

  /// The index of the run that holds `version`.
  @inline(__always)
  func index(of version: Int32) -> Int {
    var index = table.stretch(before: version)
    while index + 1 < runs.count, runs[index + 1].version <= version { index += 1 }
    return index
  }

  /// Where a run's text ends in `content`.
  @inline(__always)
  func contentEnd(_ index: Int) -> Int32 {
    index + 1 < runs.count ? runs[index + 1].content : Int32(content.count)
  }

  /// The part of a run's steps from `first` on up to `end`, and where its text is.
  ///
  /// A part of an insertion lies as many scalars further right as it begins later; a part of a
  /// deletion deletes at the same place.
  @inline(__always)
  func part(_ index: Int, from first: Int32, to end: Int32) -> TextStep {
    let run = runs[index]
    let offset = max(0, first - run.version)
    let count = min(end, run.end) - run.version - offset
    guard run.isInsertion else {
      return TextStep(
        version: run.version + offset, isInsertion: false, position: run.position, count: count,
        content: 0..<0)
    }
    var start = Int(run.content)
    var stop = Int(contentEnd(index))
    if offset > 0 || count < run.count {
      content.withUnsafeBufferPointer { content in
        // An insertion has text, so the content is not empty.
        let base = content.baseAddress!
        start += UTF8Scalars.offset(base + start, stop - start, scalars: Int(offset))
        stop = start + UTF8Scalars.offset(base + start, stop - start, scalars: Int(count))
      }
    }
    return TextStep(
      version: run.version + offset, isInsertion: true, position: run.position + offset,
      count: count, content: start..<stop)
  }

  /// Calls `body` for every run, or part of one, with versions in `range`.
  @inline(__always)
  func forEachStep<Failure: Error>(
    in range: Range<Int32>, _ body: (Int, TextStep) throws(Failure) -> Void
  ) throws(Failure) {
    guard !range.isEmpty else { return }
    var index = index(of: range.lowerBound)
    while index < runs.count, runs[index].version < range.upperBound {
      try body(index, part(index, from: range.lowerBound, to: range.upperBound))
      index += 1
    }
  }

  /// Throws unless these steps lie within the text, which has `length` scalars before the first.
  func check(_ range: Range<Int32>, length: Int) throws(TextError) {
    guard !range.isEmpty else { return }
    var length = length
    var index = index(of: range.lowerBound)
    while index < runs.count, runs[index].version < range.upperBound {
      let run = runs[index]
      let offset = max(0, range.lowerBound - run.version)
      let count = Int(min(range.upperBound, run.end) - run.version - offset)
      let position = Int(run.position + (run.isInsertion ? offset : 0))
      guard position <= (run.isInsertion ? length : length - count) else {
        throw .outsideText(position: position, length: length)
      }
      length += run.isInsertion ? count : -count
      index += 1
    }
  }

  /// Puts other text of the same number of scalars in the place of inserted scalars.
  mutating func replaceContent(_ bytes: [UInt8]) {
    var offset = 0
    var position = 0
    bytes.withUnsafeBufferPointer { new in
      for index in runs.indices {
        runs[index].content = Int32(offset)
        guard runs[index].isInsertion, let base = new.baseAddress else { continue }
        offset += UTF8Scalars.offset(
          base + offset, new.count - offset, scalars: Int(runs[index].count))
        position += Int(runs[index].count)
      }
    }
    precondition(position == contentScalars && offset == bytes.count, "the same scalars, replaced")
    content = bytes
  }
}

/// A run of the log, or a part of one.
struct TextStep {
  let version: Int32
  let isInsertion: Bool
  let position: Int32
  let count: Int32
  /// Bytes of the log's content.
  let content: Range<Int>
}
