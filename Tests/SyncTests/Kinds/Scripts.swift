import Testing

/// How a history comes about: what the devices A, B and C do, one after another. The stamps of
/// their writes rise from a to c; where two are made at the same instant, A's site is the lesser.
///
/// `Aa` is device A making the write a; `Bb=` the same without a moment passing before. `A↑` sends
/// A's next transaction, `A*` syncs A whole.
struct Script: Sendable {
  let relation: Relation
  let steps: [Substring]

  init(_ relation: Relation, _ steps: String) {
    self.relation = relation
    self.steps = steps.split(separator: " ")
  }

  /// Whether one operation writes all registers of a record: it does, but in the plainest of
  /// histories, where each has its own.
  var writesTogether: Bool {
    !steps.starts(with: ["Aa", "Bb"]) && !steps.starts(with: ["Aa", "Ab", "Ac"])
  }

  /// Whether one device makes both a and c.
  var isOuterByOne: Bool { steps.contains { $0 == "Ac" } && steps.contains { $0 == "Aa" } }

  /// The devices that have a part in it.
  var devices: Int { steps.contains { $0.hasPrefix("C") } ? 3 : 2 }
}

/// Scripts that tell one history and differ only in the order of arrival: all must end alike.
struct KindHistory: Sendable, CustomTestStringConvertible {
  let relation: Relation
  let start: String
  let orders: [String]
  var testDescription: String { "\(relation.rawValue): \(start)" }
  var scripts: [Script] { orders.map { Script(relation, "\(start) \($0)") } }

  init(_ relation: Relation, _ start: String, _ orders: String...) {
    self.relation = relation
    self.start = start
    self.orders = orders
  }

  static let pairs: [KindHistory] = [
    KindHistory(.pairSeen, "Aa Ab", "A↑ A↑"),
    KindHistory(.pairSeen, "Aa A* B* Bb", "B↑"),
    KindHistory(.pairApart, "Aa Bb", "A↑ B↑", "B↑ A↑"),
    KindHistory(.pairApart, "Aa Bb=", "A↑ B↑", "B↑ A↑"),
  ]

  static let triples: [KindHistory] = [
    KindHistory(
      .allApart, "Aa Bb Cc", "A↑ B↑ C↑", "A↑ C↑ B↑", "B↑ A↑ C↑", "B↑ C↑ A↑", "C↑ A↑ B↑",
      "C↑ B↑ A↑"),
    KindHistory(.firstTwoSeen, "Aa Ab Cc", "A↑ A↑ C↑", "A↑ C↑ A↑", "C↑ A↑ A↑"),
    KindHistory(.firstTwoSeen, "Aa A* B* Bb Cc", "B↑ C↑", "C↑ B↑"),
    KindHistory(.outerTwoSeen, "Aa Bb Ac", "A↑ A↑ B↑", "A↑ B↑ A↑", "B↑ A↑ A↑"),
    KindHistory(.outerTwoSeen, "Aa A* C* Bb Cc", "B↑ C↑", "C↑ B↑"),
    KindHistory(.lastTwoSeen, "Aa Bb Bc", "A↑ B↑ B↑", "B↑ A↑ B↑", "B↑ B↑ A↑"),
    KindHistory(.lastTwoSeen, "Aa Bb B* C* Cc", "A↑ C↑", "C↑ A↑"),
    KindHistory(.firstSeenByBoth, "Aa A* B* C* Bb Cc", "B↑ C↑", "C↑ B↑"),
    KindHistory(.firstSeenByBoth, "Aa A* C* Ab Cc", "A↑ C↑", "C↑ A↑"),
    KindHistory(.bothSeenByLast, "Aa Bb", "A↑ B↑ C* Cc C↑", "B↑ A↑ C* Cc C↑"),
    KindHistory(.bothSeenByLast, "Aa Bb B* A* Ac", "A↑"),
    KindHistory(.bothSeenByLast, "Aa Bb A* B* Bc", "B↑"),
    KindHistory(.allSeen, "Aa Ab Ac", "A↑ A↑ A↑"),
    KindHistory(.allSeen, "Aa A* B* Bb B* C* Cc", "C↑"),
  ]
}
