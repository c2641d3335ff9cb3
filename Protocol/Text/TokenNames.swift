/// Numbers for the tokens of two texts: equal bytes have equal numbers.
struct TokenNames {
  /// Numbers of tokens, by hash, each at the first free place; -1 is free.
  private var slots: [Int32]
  /// Where the first token of each number is.
  private var firsts: [(side: Int, range: Range<Int>)] = []
  private let sides: [TextSide]

  /// Names are numbers below this.
  var count: Int { firsts.count }

  /// - Parameter count: how many tokens there are in both.
  init(_ a: TextSide, _ b: TextSide, count: Int) {
    sides = [a, b]
    var capacity = 16
    while capacity < 2 * count { capacity *= 2 }
    slots = [Int32](repeating: -1, count: capacity)
  }

  /// - Parameters:
  ///   - ends: where each token ends, the first of which begins at `start`.
  ///   - side: 0 or 1.
  mutating func names(of ends: [Int], from start: Int, in side: Int) -> [Int32] {
    var start = start
    return ends.map { end in
      defer { start = end }
      return name(start..<end, side)
    }
  }

  private mutating func name(_ range: Range<Int>, _ side: Int) -> Int32 {
    var slot = sides[side].hash(of: range) & (slots.count - 1)
    while slots[slot] >= 0 {
      let first = firsts[Int(slots[slot])]
      if sides[side].isEqual(range, to: first.range, of: sides[first.side]) { return slots[slot] }
      slot = (slot + 1) & (slots.count - 1)
    }
    slots[slot] = Int32(firsts.count)
    firsts.append((side, range))
    return slots[slot]
  }
}

extension TextSide {
  /// Other in every run of the program, so that nobody can write texts whose tokens collide.
  fileprivate func hash(of range: Range<Int>) -> Int {
    var hasher = Hasher()
    bytes.withUnsafeBytes { hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: $0[range])) }
    return hasher.finalize()
  }

  func isEqual(_ range: Range<Int>, to other: Range<Int>, of side: TextSide) -> Bool {
    guard range.count == other.count else { return false }
    return bytes.withUnsafeBufferPointer { a in
      side.bytes.withUnsafeBufferPointer { b in
        a[range].elementsEqual(b[other])
      }
    }
  }
}
