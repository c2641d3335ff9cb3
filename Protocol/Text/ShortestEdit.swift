/// Which elements of two lists stay, when as few as possible go and come.
///
/// Source: Myers, "An O(ND) Difference Algorithm and Its Variations", Algorithmica 1986, the greedy
/// form that searches from the front. Elements that only one list has can stay nowhere, so they are
/// left out of the search.
struct ShortestEdit {
  /// More elements than these, going and coming, are not searched for in one go. What a search
  /// remembers grows with the square: 4 MiB for this many.
  private static let mostChanges = 1_000
  /// Steps of one comparison of two texts: about 0.1 s.
  static let mostSteps = 8_000_000

  struct Stretch: Equatable {
    var a: Range<Int>
    var b: Range<Int>
  }

  private let a: [Int32]
  private let b: [Int32]
  /// How many steps the search may still take.
  private(set) var budget: Int
  /// Where elements are within the stretch that is looked at; free of entries in between.
  private var placesA: ElementPlaces
  private var placesB: ElementPlaces

  /// - Parameter names: the elements are numbers below this.
  init(_ a: [Int32], _ b: [Int32], names: Int, budget: Int) {
    self.a = a
    self.b = b
    self.budget = budget
    placesA = ElementPlaces(names: names)
    placesB = ElementPlaces(names: names)
  }

  /// The stretches that differ, ascending; all else stays.
  ///
  /// Lists that differ too much are cut at the elements that each has once, in the order that most of
  /// them share, and searched between; where there are none either, all differs.
  mutating func unequal() -> [Stretch] {
    let whole = Stretch(a: a.indices, b: b.indices)
    var kept: [(a: Int, b: Int)] = []
    var open = [whole]
    while let stretch = open.popLast() {
      let rest = trimmed(stretch, &kept)
      placesA.add(a, rest.a)
      placesB.add(b, rest.b)
      let pairs = common(rest)
      let anchors = pairs == nil ? AscendingPairs.longest(unique(rest)) : []
      placesA.remove(a, rest.a)
      placesB.remove(b, rest.b)
      kept += pairs ?? anchors
      if !anchors.isEmpty { open += Self.between(anchors, rest) }
    }
    kept.sort { $0.a < $1.a }
    return Self.between(kept, whole)
  }

  /// What lies around these pairs within a stretch, where there is something.
  private static func between(_ pairs: [(a: Int, b: Int)], _ whole: Stretch) -> [Stretch] {
    var result: [Stretch] = []
    var (nextA, nextB) = (whole.a.lowerBound, whole.b.lowerBound)
    for pair in pairs + [(whole.a.upperBound, whole.b.upperBound)] {
      if nextA < pair.a || nextB < pair.b {
        result.append(Stretch(a: nextA..<pair.a, b: nextB..<pair.b))
      }
      (nextA, nextB) = (pair.a + 1, pair.b + 1)
    }
    return result
  }

  private func trimmed(_ stretch: Stretch, _ kept: inout [(a: Int, b: Int)]) -> Stretch {
    var rest = stretch
    while let x = rest.a.first, let y = rest.b.first, a[x] == b[y] {
      kept.append((x, y))
      rest = Stretch(a: rest.a.dropFirst(), b: rest.b.dropFirst())
    }
    while let x = rest.a.last, let y = rest.b.last, a[x] == b[y] {
      kept.append((x, y))
      rest = Stretch(a: rest.a.dropLast(), b: rest.b.dropLast())
    }
    return rest
  }

  /// Pairs of elements that each side of the stretch has once.
  private func unique(_ stretch: Stretch) -> [(a: Int, b: Int)] {
    stretch.a.compactMap { index in
      guard placesA.onlyPlace(of: a[index]) != nil, let other = placesB.onlyPlace(of: a[index])
      else { return nil }
      return (index, other)
    }
  }

  /// The pairs that stay in a stretch; nil where that would take too long.
  private mutating func common(_ stretch: Stretch) -> [(a: Int, b: Int)]? {
    budget -= stretch.a.count + stretch.b.count
    let left = stretch.a.filter { placesB.has(a[$0]) }
    let right = stretch.b.filter { placesA.has(b[$0]) }
    let pairs = Self.longestCommon(left.map { a[$0] }, right.map { b[$0] }, budget: &budget)
    return pairs?.map { (left[$0.a], right[$0.b]) }
  }

  /// Pairs of equal elements, ascending in both lists, as many as there can be.
  private static func longestCommon(
    _ a: [Int32], _ b: [Int32], budget: inout Int
  ) -> [(a: Int, b: Int)]? {
    // A diagonal is named by how far it is to the right; entry `width + k` is how far along list `a`
    // the best path on diagonal k gets.
    let width = min(mostChanges, a.count + b.count) + 1
    var furthest = [Int](repeating: 0, count: 2 * width + 1)
    // What `furthest` was on diagonals -d to d after d changes, from index d * d on.
    var trace: [Int32] = []
    for changes in 0..<width where budget > 0 {
      for diagonal in stride(from: -changes, through: changes, by: 2) {
        let isDown = isDown(diagonal, changes) { furthest[width + $0] }
        let from = isDown ? furthest[width + diagonal + 1] : furthest[width + diagonal - 1] + 1
        var x = from
        var y = x - diagonal
        while x < a.count, y < b.count, a[x] == b[y] {
          x += 1
          y += 1
        }
        furthest[width + diagonal] = x
        budget -= x - from + 1
        if diagonal == a.count - b.count, x >= a.count {
          return path(to: a.count, b.count, changes, trace)
        }
      }
      for diagonal in -changes...changes { trace.append(Int32(furthest[width + diagonal])) }
    }
    return nil
  }

  /// Whether the best path on a diagonal comes from the one to its right, by an element of `b`.
  @inline(__always)
  private static func isDown(_ diagonal: Int, _ changes: Int, _ furthest: (Int) -> Int) -> Bool {
    diagonal == -changes
      || diagonal != changes && furthest(diagonal - 1) < furthest(diagonal + 1)
  }

  private static func path(
    to endA: Int, _ endB: Int, _ changes: Int, _ trace: [Int32]
  ) -> [(a: Int, b: Int)] {
    var kept: [(a: Int, b: Int)] = []
    var (x, y) = (endA, endB)
    for changes in stride(from: changes, to: 0, by: -1) {
      // The middle of the entries for one change less.
      let middle = (changes - 1) * (changes - 1) + changes - 1
      let diagonal = x - y
      let isDown = isDown(diagonal, changes) { Int(trace[middle + $0]) }
      let before = isDown ? diagonal + 1 : diagonal - 1
      let beforeX = Int(trace[middle + before])
      let start = isDown ? beforeX : beforeX + 1
      while x > start {
        x -= 1
        y -= 1
        kept.append((x, y))
      }
      (x, y) = (beforeX, beforeX - before)
    }
    while x > 0 {
      x -= 1
      y -= 1
      kept.append((x, y))
    }
    return kept.reversed()
  }
}
