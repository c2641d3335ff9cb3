/// Which site made each step: versions to ids and back.
///
/// Invariants: runs are ascending and without gaps over all versions; a site's spans are ascending
/// and apart by sequence, and name the same steps as the runs.
struct TextSites: Sendable {
  /// Consecutive versions with consecutive sequences of one site.
  struct Run: Sendable {
    let version: Int32
    /// An index into `sites`.
    let site: Int32
    let sequence: Int
  }

  /// The same from the site's point of view.
  struct Span: Sendable {
    let sequence: Int
    let version: Int32
    var count: Int32
    var end: Int { sequence + Int(count) }
  }

  private(set) var sites: [UInt32] = []
  private(set) var runs: [Run] = []
  private(set) var count: Int32 = 0
  private var spans: [[Span]] = []
  private var indexOfSite: [UInt32: Int] = [:]

  /// Steps of `site`, ascending.
  func spans(of site: UInt32) -> [Span] { indexOfSite[site].map { spans[$0] } ?? [] }

  /// Gives the next `steps` versions the site's sequences from `sequence` on, which must be free.
  mutating func append(site: UInt32, sequence: Int, steps: Int) {
    let site = index(of: site)
    if let last = spans[site].last, last.end == sequence, last.version + last.count == count {
      spans[site][spans[site].count - 1].count += Int32(steps)
    } else {
      let span = Span(sequence: sequence, version: count, count: Int32(steps))
      spans[site].insert(span, at: place(of: sequence, in: spans[site]))
    }
    let continues = runs.last.map {
      Int($0.site) == site && $0.sequence + Int(count - $0.version) == sequence
    }
    if continues != true {
      runs.append(Run(version: count, site: Int32(site), sequence: sequence))
    }
    count += Int32(steps)
  }

  /// Lengthens the last run where that is `site`'s and its last steps; false where it is not.
  @inline(__always)
  mutating func extend(site: UInt32, steps: Int) -> Bool {
    guard let run = runs.last, sites[Int(run.site)] == site else { return false }
    let added = Int32(truncatingIfNeeded: steps)
    guard Self.extend(&spans[Int(run.site)], endingAt: count, by: added) else { return false }
    count += added
    return true
  }

  /// A site's last steps by time need not be its last by sequence: then nothing is done.
  @inline(__always)
  private static func extend(_ spans: inout [Span], endingAt end: Int32, by steps: Int32) -> Bool {
    let last = spans.count - 1
    guard spans[last].version + spans[last].count == end else { return false }
    spans[last].count += steps
    return true
  }

  private mutating func index(of site: UInt32) -> Int {
    if let index = indexOfSite[site] { return index }
    sites.append(site)
    spans.append([])
    indexOfSite[site] = sites.count - 1
    return sites.count - 1
  }

  /// The index of the first span that begins after `sequence`.
  private func place(of sequence: Int, in spans: [Span]) -> Int {
    var low = 0
    var high = spans.count
    while low < high {
      let middle = (low + high) / 2
      if spans[middle].sequence <= sequence { low = middle + 1 } else { high = middle }
    }
    return low
  }

  func version(of id: TextID) -> Int32? {
    guard let site = indexOfSite[id.site] else { return nil }
    let place = place(of: id.sequence, in: spans[site])
    guard place > 0 else { return nil }
    let span = spans[site][place - 1]
    return id.sequence < span.end ? span.version + Int32(id.sequence - span.sequence) : nil
  }

  /// The site's last step before `sequence`.
  func lastVersion(of site: UInt32, before sequence: Int) -> Int32? {
    guard let index = indexOfSite[site] else { return nil }
    let place = place(of: sequence - 1, in: spans[index])
    guard place > 0 else { return nil }
    let span = spans[index][place - 1]
    return span.version + Int32(min(sequence, span.end) - 1 - span.sequence)
  }

  /// How many of these steps are there.
  func overlap(site: UInt32, _ sequences: Range<Int>) -> Int {
    guard let index = indexOfSite[site] else { return 0 }
    let spans = spans[index]
    var place = max(0, place(of: sequences.lowerBound, in: spans) - 1)
    var sum = 0
    while place < spans.count, spans[place].sequence < sequences.upperBound {
      sum += sequences.clamped(to: spans[place].sequence..<spans[place].end).count
      place += 1
    }
    return sum
  }

  func indexOfRun(at version: Int32) -> Int {
    var low = 0
    var high = runs.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if runs[middle].version <= version { low = middle } else { high = middle }
    }
    return low
  }

  func id(of version: Int32) -> TextID {
    let run = runs[indexOfRun(at: version)]
    return TextID(
      site: sites[Int(run.site)], sequence: run.sequence + Int(version - run.version))
  }

  /// The first version from `version` on whose step is another site's or does not follow in
  /// sequence.
  func end(ofRunAt version: Int32) -> Int32 {
    let next = indexOfRun(at: version) + 1
    return next < runs.count ? runs[next].version : count
  }
}
