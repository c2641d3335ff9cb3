/// Reads what `TextDocument.encoded` wrote, and checks all of it but the positions of runs, which only
/// carrying them out can tell.
struct TextHistoryReader {
  private(set) var base = TextBase()
  private(set) var history = TextHistory()
  private(set) var holes: [Range<Int>] = []
  private var markEnds: [(position: UInt64, end: Int32)] = []
  private let limits: TextLimits

  init(_ limits: TextLimits) { self.limits = limits }

  mutating func read(_ reader: inout ByteReader) throws(DecodeError) {
    let start = reader.index
    guard try reader.byte() == TextDocument.formatVersion else {
      throw .invalid(what: "version of a text history", offset: start)
    }
    try readBase(&reader)
    let steps = try readSites(&reader)
    try readGraph(&reader, steps)
    try readMarks(&reader, steps)
    try readLog(&reader, steps)
  }

  /// A count of things that take at least `size` bytes each.
  private func count(
    _ reader: inout ByteReader, size: Int, limit: Int, _ what: String
  ) throws(DecodeError) -> Int {
    let count = try reader.count(limit: limit, what: what)
    guard count <= reader.remaining / size else { throw .truncated(offset: reader.index) }
    return count
  }

  private mutating func readBase(_ reader: inout ByteReader) throws(DecodeError) {
    let text = try reader.text(limit: limits.textBytes, what: "base of a text history")
    let position = try reader.varint()
    let version = try readIDs(&reader)
    let next = try readIDs(&reader)
    for (first, second) in zip(next, next.dropFirst()) where first.site == second.site {
      throw .invalid(what: "site twice in a text history", offset: reader.index)
    }
    base = TextBase(
      text: text, version: version,
      nextSequences: Dictionary(uniqueKeysWithValues: next.map { ($0.site, $0.sequence) }),
      position: position)
  }

  private func readIDs(_ reader: inout ByteReader) throws(DecodeError) -> [TextID] {
    let count = try count(&reader, size: 2, limit: limits.historySteps, "steps named")
    var ids: [TextID] = []
    for _ in 0..<count {
      let site = try reader.uint32(what: "site of a step")
      let sequence = try reader.count(limit: Int.max / 2, what: "sequence of a step")
      let id = TextID(site: site, sequence: sequence)
      if let last = ids.last, last >= id {
        throw .invalid(what: "steps that do not ascend", offset: reader.index)
      }
      ids.append(id)
    }
    return ids
  }

  /// Returns how many steps there are.
  private mutating func readSites(_ reader: inout ByteReader) throws(DecodeError) -> Int {
    let siteCount = try count(&reader, size: 1, limit: limits.historySteps, "sites")
    var sites: [UInt32] = []
    for _ in 0..<siteCount { sites.append(try reader.uint32(what: "site")) }
    let runCount = try count(&reader, size: 3, limit: limits.historySteps, "runs of sites")
    var next = [Int](repeating: 0, count: siteCount)
    var steps = 0
    for index in 0..<runCount {
      let start = reader.index
      let site = try reader.count(limit: siteCount - 1, what: "index of a site")
      let length = try reader.count(limit: limits.historySteps - steps, what: "steps of history")
      let (sequence, overflow) = next[site].addingReportingOverflow(Int(try reader.zigzag()))
      guard !overflow, sequence >= base.nextSequences[sites[site]] ?? 0, sequence <= Int.max / 2,
        length > 0
      else { throw .outOfBounds(what: "steps of a site", offset: start) }
      guard history.sites.overlap(site: sites[site], sequence..<sequence + length) == 0 else {
        throw .invalid(what: "step twice in a text history", offset: start)
      }
      history.sites.append(site: sites[site], sequence: sequence, steps: length)
      guard history.sites.runs.count == index + 1 else {
        throw .invalid(what: "run of a site that continues the one before", offset: start)
      }
      next[site] = sequence + length
      steps += length
    }
    guard history.sites.sites == sites else {
      throw .invalid(what: "sites of a text history", offset: reader.index)
    }
    return steps
  }

  private mutating func readGraph(
    _ reader: inout ByteReader, _ steps: Int
  ) throws(DecodeError) {
    let entryCount = try count(&reader, size: 2, limit: steps, "entries")
    var start = 0
    var parents: [Int32] = []
    var scratch = TextGraph.Difference()
    for _ in 0..<entryCount {
      let offset = reader.index
      let length = try reader.count(limit: steps - start, what: "steps of an entry")
      let parentCount = try reader.count(limit: min(start, limits.parents), what: "parents")
      guard length > 0 else { throw .invalid(what: "empty entry", offset: offset) }
      parents.removeAll(keepingCapacity: true)
      for _ in 0..<parentCount {
        let distance = try reader.count(limit: start, what: "parent")
        guard distance > 0, Int32(start - distance) > parents.last ?? -1 else {
          throw .invalid(what: "parents that do not ascend", offset: offset)
        }
        parents.append(Int32(start - distance))
      }
      guard parents.count < 2 || history.graph.isFrontier(parents, &scratch) else {
        throw .invalid(what: "parents that build on each other", offset: offset)
      }
      guard parents.count != 1 || parents[0] != Int32(start - 1) else {
        throw .invalid(what: "entry that continues the one before", offset: offset)
      }
      history.graph.append(steps: length, parents: parents)
      start += length
    }
    guard start == steps else {
      throw .invalid(what: "steps without an entry", offset: reader.index)
    }
  }

  private mutating func readMarks(
    _ reader: inout ByteReader, _ steps: Int
  ) throws(DecodeError) {
    let markCount = try count(&reader, size: 2, limit: limits.historySteps, "positions")
    var position = base.position
    var end = 0
    for _ in 0..<markCount {
      let offset = reader.index
      let (next, overflow) = position.addingReportingOverflow(try reader.varint())
      guard !overflow, next > position else {
        throw .invalid(what: "positions that do not ascend", offset: offset)
      }
      end += try reader.count(limit: steps - end, what: "steps up to a position")
      position = next
      markEnds.append((position, Int32(end)))
    }
  }

  private mutating func readLog(_ reader: inout ByteReader, _ steps: Int) throws(DecodeError) {
    // How many scalars there are is known only after the runs, so the holes are checked again then.
    let holeStart = reader.index
    if try reader.peek() == 0 {
      _ = try reader.byte()
    } else {
      holes = try TextHoles.decode(&reader, scalars: steps, limits)
    }
    let runCount = try count(&reader, size: 2, limit: steps, "runs of a text history")
    var runs: [TextLog.Run] = []
    runs.reserveCapacity(runCount)
    var (total, scalars) = (0, 0)
    for _ in 0..<runCount {
      let offset = reader.index
      let column = try reader.varint()
      let length = Int(column >> 1)
      guard length > 0, length <= steps - total else {
        throw .outOfBounds(what: "steps of a run", offset: offset)
      }
      let isInsertion = column & 1 == 0
      total += length
      if isInsertion { scalars += length }
      runs.append(TextLog.Run(position: 0, signedCount: Int32(isInsertion ? length : -length)))
    }
    guard total == steps else { throw .invalid(what: "steps without a run", offset: reader.index) }
    guard holes.last.map({ $0.upperBound <= scalars }) ?? true else {
      throw .outOfBounds(what: "holes", offset: holeStart)
    }
    var end: Int64 = 0
    for index in runs.indices {
      let offset = reader.index
      let (position, overflow) = end.addingReportingOverflow(try reader.zigzag())
      guard !overflow, position >= 0, position <= Int64(TextLimits.mostSteps) else {
        throw .outOfBounds(what: "position of a run", offset: offset)
      }
      let run = TextLog.Run(position: Int32(position), signedCount: runs[index].signedCount)
      runs[index] = run
      end = run.isInsertion ? position + Int64(run.count) : position
    }
    let content = try readContent(&reader, scalars)
    history.log = TextLog(runs: runs, content: content, contentScalars: scalars)
    try checkRunsKeepToEntries(reader.index)
  }

  private func readContent(
    _ reader: inout ByteReader, _ scalars: Int
  ) throws(DecodeError) -> [UInt8] {
    let start = reader.index
    let content = try reader.block(limit: limits.historyBytes, what: "inserted text")
    let erased = holes.reduce(0) { $0 + $1.count }
    guard let text = String(validating: content, as: UTF8.self) else {
      throw .invalid(what: "inserted text: not UTF-8", offset: start)
    }
    guard text.unicodeScalars.count == scalars - erased else {
      throw .invalid(what: "inserted text of another length", offset: start)
    }
    guard content.count + 3 * erased <= limits.historyBytes else {
      throw .outOfBounds(what: "inserted text", offset: start)
    }
    return TextHoles.filled(holes, in: content)
  }

  private func checkRunsKeepToEntries(_ offset: Int) throws(DecodeError) {
    var run = 0
    for entry in history.graph.entries {
      while run < history.log.runs.count, history.log.runs[run].version < entry.start { run += 1 }
      guard run < history.log.runs.count, history.log.runs[run].version == entry.start else {
        throw .invalid(what: "run over two entries", offset: offset)
      }
    }
  }

  /// The frontiers at the positions that were read.
  func marks() -> [TextDocument.Mark] {
    var frontier: [Int32] = []
    var end: Int32 = 0
    return markEnds.map { mark in
      for piece in history.graph.pieces(of: end..<mark.end) {
        history.graph.advance(&frontier, over: piece)
      }
      end = mark.end
      return TextDocument.Mark(position: mark.position, frontier: frontier)
    }
  }
}

extension ByteReader {
  fileprivate func peek() throws(DecodeError) -> UInt8 {
    var copy = self
    return try copy.byte()
  }
}
