import Protocol
import Testing

/// The laws of merging that need no replica: which heads stand does not depend on who came first.
@Suite struct MergeLawsTests {
  private struct Write {
    let head: Head
    let knows: Knowledge
  }

  /// Two writes of each of three sites, which know nothing of each other.
  private static func writes(_ random: inout SeededNumbers) -> [Write] {
    (0..<6).map { index in
      let site = UInt32(1 + index % 3)
      let sequence = UInt32(1 + index / 3)
      let hlc = HLC(raw: 100 + UInt64(index / 3) * 50 + random.next() % 40)
      return Write(
        head: Head(
          writer: Writer(
            number: Int64(index), id: TransactionID(site: site, sequence: sequence), hlc: hlc,
            user: 1, position: 10),
          value: .int(Int64(random.next() % 4))),
        knows: Knowledge(site: site, sequence: sequence, seen: 5))
    }
  }

  private static let orders: [[Int]] = {
    func interleave(_ counts: [Int]) -> [[Int]] {
      if counts.allSatisfy({ $0 == 0 }) { return [[]] }
      return counts.indices.filter { counts[$0] > 0 }.flatMap { site in
        var rest = counts
        rest[site] -= 1
        return interleave(rest).map { [site] + $0 }
      }
    }
    return interleave([2, 2, 2])
  }()

  private static let kinds: [MergeKind] = [
    .once, .register(asks: false), .register(asks: true), .ranked(.maximum), .ranked(.minimum),
    .ranked(.trueWins), .ranked(.falseWins), .ranked(.listOrder), .ranked(.done),
    .stage(StageMoves(allowed: [], forward: [])), .text,
    .stage(
      StageMoves(allowed: [], forward: [.init("0", "1"), .init("0", "2"), .init("1", "3")])),
  ]

  @Test(
    "registers of every kind have the same heads in every order that respects each site's own",
    arguments: 1...40)
  func registers(seed: Int) {
    var random = SeededNumbers(seed: UInt64(seed))
    let writes = Self.writes(&random)
    for kind in Self.kinds {
      var first: [Head]?
      for order in Self.orders {
        var next = [0, 0, 0]
        var heads: [Head] = []
        for site in order {
          let write = writes[next[site] * 3 + site]
          next[site] += 1
          var newcomer = write.head
          if case .stage = kind {
            newcomer = Head(
              writer: newcomer.writer, value: .text(String(newcomer.value.intValue ?? 0)))
          }
          heads = Merge.register(kind, heads: heads, newcomer: newcomer, knows: write.knows) {
            $0.rank(of: Self.ranked($1, $0), list: Self.list)
          }
        }
        if let first { #expect(heads == first, "\(kind), seed \(seed), order \(order)") }
        first = first ?? heads
      }
    }
  }

  /// By definition, without an order of arrival: every site's own later write covers its earlier
  /// one, and nobody has seen anybody.
  @Test("what shows is what each kind's definition says of all writes at once", arguments: 1...40)
  func definitions(seed: Int) {
    var random = SeededNumbers(seed: UInt64(seed))
    let writes = Self.writes(&random)
    let last = Array(writes.suffix(3)).map(\.head)
    for kind in Self.kinds {
      func rank(_ head: Head, _ ranking: Ranking) -> Int64 {
        ranking.rank(of: Self.ranked(head.value, ranking), list: Self.list)
      }
      func best(_ heads: [Head], _ ranking: Ranking) -> Head? {
        heads.max {
          (rank($0, ranking), $0.writer.hlc.raw, $0.writer.id.site)
            < (rank($1, ranking), $1.writer.hlc.raw, $1.writer.id.site)
        }
      }
      let all = writes.map(\.head)
      let shown: Head?
      var standing = Set(last)
      switch kind {
      case .once:
        shown = all.min { $0.writer.stamp < $1.writer.stamp }
        standing = Set([shown].compactMap(\.self))
      case .register(asks: false):
        shown = all.max { $0.writer.stamp < $1.writer.stamp }
        standing = Set([shown].compactMap(\.self))
      case .ranked(let ranking) where ranking == .maximum || ranking == .minimum:
        shown = best(all, ranking)
        standing = Set([shown].compactMap(\.self))
      case .ranked(let ranking): shown = best(last, ranking)
      default: shown = last.max { $0.writer.stamp < $1.writer.stamp }
      }
      let heads = Self.merged(writes, kind)
      #expect(heads.first == shown, "\(kind), seed \(seed)")
      #expect(Set(heads) == standing && heads.count == standing.count, "\(kind), seed \(seed)")
    }
  }

  @Test(
    "a write that saw all heads stands alone, unless its kind never goes back",
    arguments: 1...40)
  func causalWrite(seed: Int) {
    var random = SeededNumbers(seed: UInt64(seed))
    let writes = Self.writes(&random)
    let newcomer = Head(
      writer: Writer(
        number: 99, id: TransactionID(site: 9, sequence: 1), hlc: HLC(raw: 1_000), user: 1,
        position: 11),
      value: .int(0))
    let seesAll = Knowledge(site: 9, sequence: 1, seen: 10)
    for kind in Self.kinds {
      let before = Self.merged(writes, kind)
      let after = Self.register(kind, before, newcomer, seesAll)
      switch kind {
      case .once: #expect(after == before, "the first stays")
      case .ranked(let ranking) where ranking == .maximum || ranking == .minimum:
        let shown = ranking.rank(of: after[0].value, list: nil)
        #expect(shown >= ranking.rank(of: before[0].value, list: nil), "\(kind)")
        #expect(after.count == 1)
      default: #expect(after == [newcomer], "\(kind), seed \(seed)")
      }
      #expect(Self.register(kind, after, newcomer, seesAll) == after, "\(kind): once is enough")
    }
    let entries = writes.reduce([Head]()) {
      Merge.add(heads: $0, newcomer: $1.head, knows: $1.knows)
    }
    #expect(Merge.remove(heads: entries, knows: seesAll) == [])
    #expect(
      Merge.remove(heads: entries, knows: Knowledge(site: 9, sequence: 1, seen: 5)) == entries)
    #expect(Merge.add(heads: entries, newcomer: newcomer, knows: seesAll) == [newcomer])
  }

  private static func register(
    _ kind: MergeKind, _ heads: [Head], _ newcomer: Head, _ knows: Knowledge
  ) -> [Head] {
    Merge.register(kind, heads: heads, newcomer: newcomer, knows: knows) {
      $0.rank(of: ranked($1, $0), list: list)
    }
  }

  private static func merged(_ writes: [Write], _ kind: MergeKind) -> [Head] {
    writes.reduce([Head]()) { register(kind, $0, $1.head, $1.knows) }
  }

  private static let list = ValueList(
    "level", ["0", "1", "2", "3"].map { ValueList.Entry($0, nl: $0, en: $0) })

  /// The number as the value that a ranking places.
  private static func ranked(_ value: Value, _ ranking: Ranking) -> Value {
    let number = value.intValue ?? 0
    switch ranking {
    case .listOrder: return .text(String(number))
    case .done:
      return number < 2
        ? .group([.int(number)]) : .group([.int(0), .null, .null, .text("reopened")])
    default: return value
    }
  }

  @Test(
    "additions and removals of one element leave the same heads in every order",
    arguments: 1...40)
  func elements(seed: Int) {
    var random = SeededNumbers(seed: UInt64(seed))
    let writes = Self.writes(&random)
    let removes = (0..<6).map { _ in random.next() % 3 == 0 }
    var first: [Head]?
    for order in Self.orders {
      var next = [0, 0, 0]
      var heads: [Head] = []
      for site in order {
        let index = next[site] * 3 + site
        next[site] += 1
        heads =
          removes[index]
          ? Merge.remove(heads: heads, knows: writes[index].knows)
          : Merge.add(heads: heads, newcomer: writes[index].head, knows: writes[index].knows)
      }
      if let first { #expect(heads == first, "seed \(seed), order \(order)") }
      first = first ?? heads
    }
  }

  @Test(
    "differences add up, and the greatest stamp names the sum, in every order",
    arguments: 1...10)
  func counters(seed: Int) {
    var random = SeededNumbers(seed: UInt64(seed))
    let writes = Self.writes(&random)
    var first: Head?
    for order in Self.orders {
      var next = [0, 0, 0]
      var sum: Head?
      for site in order {
        sum = Merge.increment(sum: sum, by: writes[next[site] * 3 + site].head)
        next[site] += 1
      }
      if let first { #expect(sum == first) }
      first = first ?? sum
    }
    #expect(first?.value.intValue == writes.reduce(0) { $0 + ($1.head.value.intValue ?? 0) })
  }

  @Test("a write comes too late when its own site has overwritten it: it is history")
  func ownHistory() {
    func head(_ sequence: UInt32) -> Head {
      Head(
        writer: Writer(
          number: Int64(sequence), id: TransactionID(site: 1, sequence: sequence),
          hlc: HLC(raw: UInt64(sequence)), user: 1, position: 10),
        value: .int(Int64(sequence)))
    }
    let late = Merge.register(
      .register(asks: true), heads: [head(2)], newcomer: head(1),
      knows: Knowledge(site: 1, sequence: 1, seen: 5), rank: { _, _ in 0 })
    #expect(late == [head(2)])
  }

  @Test("equal values of different people are no conflict")
  func equalValues() {
    func head(_ site: UInt32, _ value: Int64) -> Head {
      Head(
        writer: Writer(
          number: 1, id: TransactionID(site: site, sequence: 1), hlc: .zero, user: 1, position: 1),
        value: .int(value))
    }
    #expect(!Merge.isConflict(.register(asks: true), []))
    #expect(!Merge.isConflict(.register(asks: true), [head(1, 7)]))
    #expect(!Merge.isConflict(.register(asks: true), [head(1, 7), head(2, 7)]))
    #expect(Merge.isConflict(.register(asks: true), [head(1, 7), head(2, 7), head(3, 8)]))
  }
}

/// SplitMix64: the same numbers for the same seed everywhere.
struct SeededNumbers {
  private var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
