/// Where elements are in a part of a list, as far as there is one place only.
struct ElementPlaces {
  private static let none: Int32 = -1
  private static let several: Int32 = -2
  private var places: [Int32]

  /// - Parameter names: the elements are numbers below this.
  init(names: Int) { places = [Int32](repeating: Self.none, count: names) }

  mutating func add(_ list: [Int32], _ range: Range<Int>) {
    for index in range {
      let name = Int(list[index])
      places[name] = places[name] == Self.none ? Int32(index) : Self.several
    }
  }

  mutating func remove(_ list: [Int32], _ range: Range<Int>) {
    for index in range { places[Int(list[index])] = Self.none }
  }

  func has(_ name: Int32) -> Bool { places[Int(name)] != Self.none }

  func onlyPlace(of name: Int32) -> Int? {
    places[Int(name)] >= 0 ? Int(places[Int(name)]) : nil
  }
}

enum AscendingPairs {
  /// As many pairs as can be ascending in both members, of pairs that ascend in the first.
  ///
  /// Source: Schensted, "Longest increasing and decreasing subsequences", 1961; the use for texts is
  /// Cohen's patience diff.
  static func longest(_ pairs: [(a: Int, b: Int)]) -> [(a: Int, b: Int)] {
    // For each length, the pair that ends the sequence of that length which ends lowest.
    var ends: [Int] = []
    var before = [Int](repeating: -1, count: pairs.count)
    for (index, pair) in pairs.enumerated() {
      var low = 0
      var high = ends.count
      while low < high {
        let middle = (low + high) / 2
        if pairs[ends[middle]].b < pair.b { low = middle + 1 } else { high = middle }
      }
      if low > 0 { before[index] = ends[low - 1] }
      if low < ends.count { ends[low] = index } else { ends.append(index) }
    }
    var result: [(a: Int, b: Int)] = []
    var index = ends.last ?? -1
    while index >= 0 {
      result.append(pairs[index])
      index = before[index]
    }
    return result.reversed()
  }
}
