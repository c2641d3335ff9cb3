extension TextGraph {
  /// Where two frontiers differ.
  struct Difference: ~Copyable {
    /// What only the first knows, descending.
    var onlyFirst: [Range<Int32>] = []
    /// What only the second knows, descending.
    var onlySecond: [Range<Int32>] = []
    fileprivate var queue = Queue()
  }

  /// Versions still to be looked at, each with who knows it; the greatest comes out first.
  ///
  /// Frontiers have few members, so a sorted array is faster than a heap.
  fileprivate struct Queue: ~Copyable {
    static let first: UInt8 = 1
    static let second: UInt8 = 2
    static let both: UInt8 = 3

    private var items = Pool<(version: Int32, side: UInt8)>()
    /// How many items only one side knows.
    private(set) var onesided = 0

    mutating func removeAll() {
      items.removeAll()
      onesided = 0
    }

    mutating func push(_ version: Int32, _ side: UInt8) {
      var index = items.count
      while index > 0, items[index - 1].version > version { index -= 1 }
      if index > 0, items[index - 1].version == version {
        let merged = items[index - 1].side | side
        if merged == Self.both, items[index - 1].side != Self.both { onesided -= 1 }
        items[index - 1].side = merged
        return
      }
      items.append((version, side))
      var last = items.count - 1
      while last > index {
        items[last] = items[last - 1]
        last -= 1
      }
      items[index] = (version, side)
      if side != Self.both { onesided += 1 }
    }

    mutating func pop() -> (version: Int32, side: UInt8)? {
      guard let item = top else { return nil }
      items.removeLast()
      if item.side != Self.both { onesided -= 1 }
      return item
    }

    var top: (version: Int32, side: UInt8)? { items.count == 0 ? nil : items[items.count - 1] }
  }

  /// Fills `difference` with what tells `first` from `second`. Costs the entries in between.
  func compare(
    _ first: [Int32], _ second: ArraySlice<Int32>, into difference: inout Difference
  ) {
    difference.onlyFirst.removeAll(keepingCapacity: true)
    difference.onlySecond.removeAll(keepingCapacity: true)
    difference.queue.removeAll()
    for version in first { difference.queue.push(version, Queue.first) }
    for version in second { difference.queue.push(version, Queue.second) }
    while difference.queue.onesided > 0, var (version, side) = difference.queue.pop() {
      let entry = entries[index(of: version)]
      // Other heads within the same entry: between two of them only the upper one's side knows.
      while let next = difference.queue.top, next.version >= entry.start {
        _ = difference.queue.pop()
        if next.side | side != side {
          difference.add(next.version + 1..<version + 1, side)
          version = next.version
          side |= next.side
        }
      }
      difference.add(entry.start..<version + 1, side)
      for index in parentIndices(entry) { difference.queue.push(pool[index], side) }
    }
  }

  /// Whether `version` is in `frontier` or something there builds on it.
  func contains(_ frontier: [Int32], _ version: Int32) -> Bool {
    var queue = Queue()
    for known in frontier { queue.push(known, Queue.both) }
    return contains(version, &queue)
  }

  private func contains(_ version: Int32, _ queue: inout Queue) -> Bool {
    while let (greatest, _) = queue.pop(), greatest >= version {
      let entry = entries[index(of: greatest)]
      if entry.start <= version { return true }
      while let next = queue.top, next.version >= entry.start { _ = queue.pop() }
      for index in parentIndices(entry) { queue.push(pool[index], Queue.both) }
    }
    return false
  }

  /// Whether none of these ascending versions builds on another.
  func isFrontier(_ versions: [Int32]) -> Bool {
    var difference = Difference()
    return isFrontier(versions, &difference)
  }

  /// - Parameter scratch: memory that is used again.
  func isFrontier(_ versions: [Int32], _ scratch: inout Difference) -> Bool {
    for index in versions.indices.dropLast() {
      scratch.queue.removeAll()
      for later in index + 1..<versions.count { scratch.queue.push(versions[later], Queue.both) }
      if contains(versions[index], &scratch.queue) { return false }
    }
    return true
  }

  /// The frontier of everything that these versions name: those on which no other builds.
  func frontier(of versions: [Int32]) -> [Int32] {
    var result: [Int32] = []
    for version in Set(versions).sorted(by: >) where !contains(result, version) {
      result.append(version)
    }
    return result.sorted()
  }

  /// The greatest frontier with one member, or none, on which everything in `heads` that it does not
  /// hold builds; and that rest, ascending. Merging never has to look below it.
  func base(under heads: [Int32]) -> (base: [Int32], above: [Range<Int32>]) {
    var queue = Queue()
    var above: [Range<Int32>] = []
    for version in heads { queue.push(version, Queue.both) }
    while let (version, _) = queue.pop() {
      guard let next = queue.top else {
        // A single version is left: all that was passed builds on it.
        return ([version], above.reversed())
      }
      let entry = entries[index(of: version)]
      if next.version >= entry.start {
        above.append(next.version + 1..<version + 1)
      } else {
        above.append(entry.start..<version + 1)
        for index in parentIndices(entry) { queue.push(pool[index], Queue.both) }
        // A first step of all builds on nothing, so nothing can be under it.
        if entry.parentCount == 0 {
          return ([], [0..<(heads.max() ?? -1) + 1])
        }
      }
    }
    return ([], above.reversed())
  }
}

extension TextGraph.Difference {
  fileprivate mutating func add(_ range: Range<Int32>, _ side: UInt8) {
    guard !range.isEmpty else { return }
    if side == TextGraph.Queue.first {
      onlyFirst.append(range)
    } else if side == TextGraph.Queue.second {
      onlySecond.append(range)
    }
  }
}
