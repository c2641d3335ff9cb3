/// Which step of a text builds on which: the event graph, its linear stretches kept as one entry.
///
/// A step is named by its *version*: its number in the order in which this replica learned of it,
/// from 0. A step's parents always have smaller versions. A *frontier* is a set of versions of which
/// none builds on another, ascending; it stands for all its steps and everything they build on. The
/// empty frontier is where the history begins.
///
/// Source: Gentle & Kleppmann, "Collaborative Text Editing with Eg-walker", EuroSys 2025.
struct TextGraph: Sendable {
  /// Versions of which each builds on the one before; the first builds on the entry's parents.
  struct Entry: Sendable {
    let start: Int32
    var end: Int32
    /// Where the entry's parents are in the pool of all entries' parents.
    let firstParent: Int32
    let parentCount: Int32
  }

  private(set) var entries: [Entry] = []
  private(set) var pool: [Int32] = []
  private var table = VersionTable()

  /// How many steps there are.
  var count: Int { Int(entries.last?.end ?? 0) }

  func parents(_ entry: Entry) -> ArraySlice<Int32> { pool[parentIndices(entry)] }

  /// Where an entry's parents are in the pool.
  @inline(__always)
  func parentIndices(_ entry: Entry) -> Range<Int> {
    Int(entry.firstParent)..<Int(entry.firstParent + entry.parentCount)
  }

  /// Adds `steps` steps that follow each other. `parents` is a frontier.
  mutating func append(steps: Int, parents: [Int32]) {
    let start = Int32(count)
    precondition(steps > 0, "an entry has steps")
    precondition(parents.allSatisfy { $0 < start }, "parents come first")
    if let last = entries.last, parents.count == 1, parents[0] == last.end - 1 {
      return extend(steps: steps)
    }
    entries.append(
      Entry(
        start: start, end: start + Int32(steps), firstParent: Int32(pool.count),
        parentCount: Int32(parents.count)))
    pool.append(contentsOf: parents)
    table.extend(entries.count - 1, to: start + Int32(steps))
  }

  /// Adds steps to the last entry, which there must be.
  @inline(__always)
  mutating func extend(steps: Int) {
    entries[entries.count - 1].end += Int32(truncatingIfNeeded: steps)
    table.extend(entries.count - 1, to: entries[entries.count - 1].end)
  }

  /// The index of the entry that holds `version`.
  @inline(__always)
  func index(of version: Int32) -> Int {
    var index = table.stretch(before: version)
    while index + 1 < entries.count, entries[index + 1].start <= version { index += 1 }
    return index
  }

  /// The parents of a single step.
  func parents(of version: Int32) -> [Int32] {
    let entry = entries[index(of: version)]
    return version == entry.start ? Array(parents(entry)) : [version - 1]
  }

  /// `frontier` after steps with these parents, the last of which is `version`.
  static func advance(
    _ frontier: inout [Int32], parents: ArraySlice<Int32>, to version: Int32
  ) {
    if frontier.elementsEqual(parents) {
      frontier.removeAll(keepingCapacity: true)
    } else {
      frontier.removeAll { parents.contains($0) }
    }
    frontier.append(version)
  }
}
