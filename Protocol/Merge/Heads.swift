/// A write that no other write of its cell had seen, with what it wrote.
public struct Head: Sendable, Hashable {
  public let writer: Writer
  public let value: Value
  public init(writer: Writer, value: Value) {
    self.writer = writer
    self.value = value
  }
}

/// The merge kinds as pure functions of heads: order of arrival cannot matter (DESIGN 4).
///
/// A list of heads has the one that shows first; the others follow by stamp, greatest first, so
/// that equal sets of heads are equal lists. An empty list is a cell that nobody wrote, or whose
/// element or key was removed.
public enum Merge {
  /// A write of a whole register.
  ///
  /// - Parameter rank: places a value in the order of a ranked kind.
  public static func register(
    _ kind: MergeKind, heads: [Head], newcomer: Head, knows: Knowledge,
    rank: @escaping (Ranking, Value) -> Int64
  ) -> [Head] {
    switch kind {
    case .once:
      guard let first = heads.first, goesBefore(first, newcomer) else { return [newcomer] }
      return heads
    case .ranked(let ranking) where ranking == .maximum || ranking == .minimum:
      // Never goes back, also for a write that saw it: a plain greatest element.
      guard let first = heads.first else { return [newcomer] }
      let (old, new) = (rank(ranking, first.value), rank(ranking, newcomer.value))
      let newWins = old == new ? first.writer.stamp < newcomer.writer.stamp : old < new
      return newWins ? [newcomer] : heads
    case .ranked(let ranking):
      return replaceSeen(heads, newcomer, knows, shows: by(ranking, rank))
    case .register(asks: false):
      guard let first = heads.first, first.writer.stamp > newcomer.writer.stamp else {
        return [newcomer]
      }
      return heads
    case .stage(let moves):
      return replaceSeen(heads, newcomer, knows) { a, b in moves.isAhead(a.value, of: b.value) }
    case .register(asks: true), .text:
      return replaceSeen(heads, newcomer, knows, shows: byStamp)
    case .set, .counter, .map, .derived:
      preconditionFailure("not a register: its operations are of other kinds")
    }
  }

  /// A write of a map's key, which shows by the key's own kind.
  ///
  /// All heads stay that no author of a later write or removal had seen. Where a kind does not let
  /// a write take the place of what its author saw, that stays beside it: a removal may take either
  /// one alone, and what it leaves must not depend on which came first.
  public static func put(
    _ kind: MergeKind, heads: [Head], newcomer: Head, knows: Knowledge,
    rank: @escaping (Ranking, Value) -> Int64
  ) -> [Head] {
    switch kind {
    case .once: replaceSeen(heads, newcomer, knows, unless: { _ in true }, shows: goesBefore)
    case .ranked(let ranking) where ranking == .maximum || ranking == .minimum:
      replaceSeen(
        heads, newcomer, knows,
        unless: { rank(ranking, $0.value) > rank(ranking, newcomer.value) },
        shows: by(ranking, rank))
    case .ranked(let ranking):
      replaceSeen(heads, newcomer, knows, shows: by(ranking, rank))
    default: replaceSeen(heads, newcomer, knows, shows: byStamp)
    }
  }

  /// An addition of a set's element: add-wins, observed-remove.
  public static func add(heads: [Head], newcomer: Head, knows: Knowledge) -> [Head] {
    replaceSeen(heads, newcomer, knows, shows: byStamp)
  }

  /// A removal takes the heads its author had seen, and nothing else.
  public static func remove(heads: [Head], knows: Knowledge) -> [Head] {
    heads.filter { !knows.covers($0.writer) }
  }

  /// A counter: differences add up, whoever comes first; its clock is the greatest stamp.
  public static func increment(sum: Head?, by newcomer: Head) -> Head {
    guard let sum else { return newcomer }
    let total = (sum.value.intValue ?? 0) &+ (newcomer.value.intValue ?? 0)
    let writer = sum.writer.stamp < newcomer.writer.stamp ? newcomer.writer : sum.writer
    return Head(writer: writer, value: .int(total))
  }

  /// Whether the heads of a field ask a person: more than one value stands there, and for a stage
  /// they do not all lie on one path of forward moves. Of a text only databases of formats 1 and 2 can
  /// have left more than one.
  public static func isConflict(_ kind: MergeKind, _ heads: [Head]) -> Bool {
    guard kind.asks || kind == .text, let first = heads.first else { return false }
    guard case .stage(let moves) = kind else { return heads.contains { $0.value != first.value } }
    for (index, head) in heads.enumerated() {
      for other in heads[..<index] where head.value != other.value {
        if !moves.isAhead(head.value, of: other.value), !moves.isAhead(other.value, of: head.value)
        {
          return true
        }
      }
    }
    return false
  }

  private static func byStamp(_ a: Head, _ b: Head) -> Bool { a.writer.stamp > b.writer.stamp }

  /// The higher in the order, of equal ones the last.
  private static func by(_ ranking: Ranking, _ rank: @escaping (Ranking, Value) -> Int64)
    -> (Head, Head) -> Bool
  {
    { a, b in
      let (left, right) = (rank(ranking, a.value), rank(ranking, b.value))
      return left == right ? a.writer.stamp > b.writer.stamp : left > right
    }
  }

  /// The first that fills a field in: who wrote nothing there filled nothing in.
  private static func goesBefore(_ a: Head, _ b: Head) -> Bool {
    a.value.isNull == b.value.isNull ? a.writer.stamp < b.writer.stamp : b.value.isNull
  }

  /// The newcomer replaces the heads it had seen. One that its own site has already overwritten
  /// comes late and is history.
  ///
  /// - Parameters:
  ///   - stays: whether a head stays although it was seen.
  ///   - shows: whether the first goes before the second; transitive, and where neither goes
  ///     before the other the later stamp stays in front.
  private static func replaceSeen(
    _ heads: [Head], _ newcomer: Head, _ knows: Knowledge,
    unless stays: (Head) -> Bool = { _ in false }, shows: (Head, Head) -> Bool
  ) -> [Head] {
    let isHistory = heads.contains {
      $0.writer.id.site == knows.site && $0.writer.id.sequence > knows.sequence
    }
    if isHistory { return heads }
    var result = heads.filter {
      $0.writer.id != newcomer.writer.id && (!knows.covers($0.writer) || stays($0))
    }
    result.append(newcomer)
    if result.count == 1 { return result }
    result.sort(by: byStamp)
    // The one that shows first, the rest by stamp.
    var best = 0
    for index in 1..<result.count where shows(result[index], result[best]) { best = index }
    if best > 0 { result.insert(result.remove(at: best), at: 0) }
    return result
  }
}

extension Ranking {
  /// Whether a value cannot take the place of one that its author sees: of `maximum` and `minimum`,
  /// which never go back.
  public func refuses(_ value: Value, after present: Value) -> Bool {
    guard self == .maximum || self == .minimum else { return false }
    return rank(of: value, list: nil) < rank(of: present, list: nil)
  }

  /// Places a value in this order; null is the lowest.
  public func rank(of value: Value, list: ValueList?) -> Int64 {
    switch self {
    case .listOrder:
      guard let code = value.textValue, let rank = list?.rank(of: code) else { return -1 }
      return Int64(rank)
    case .maximum: return value.intValue ?? Int64.min
    case .minimum: return value.intValue.map { -$0 } ?? Int64.min
    case .trueWins: return value.intValue.map { $0 != 0 ? 1 : 0 } ?? -1
    case .falseWins: return value.intValue.map { $0 != 0 ? 0 : 1 } ?? -1
    case .done:
      guard case .group(let parts) = value, let done = parts.first?.intValue else { return -1 }
      if done != 0 { return 1 }
      let remark = parts.count > 3 ? parts[3].textValue ?? "" : ""
      return remark.isEmpty ? 0 : 2
    }
  }
}
