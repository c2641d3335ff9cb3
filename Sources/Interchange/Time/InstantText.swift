/// Reads instants as people type them: `2026-10-20T09:00`, with seconds and thousandths if wanted,
/// as wall time or with `Z` or an offset such as `+02:00`. A space may stand for the `T`.
enum InstantText {
  enum Failure: Error {
    case unreadable
    /// The wall never showed this time.
    case missing
  }

  static func milliseconds(_ text: String, clock: WallClock) throws(Failure) -> Int64 {
    var rest = Substring(text)
    guard let wall = wall(&rest) else { throw .unreadable }
    if rest.isEmpty {
      switch clock.reading(of: wall) {
      case .instant(let milliseconds): return milliseconds
      case .doubled(let first, _): return first
      case .missing: throw .missing
      }
    }
    guard let minutes = offsetMinutes(rest) else { throw .unreadable }
    return wall.milliseconds - Int64(minutes) * 60_000
  }

  private static func wall(_ rest: inout Substring) -> CivilTime? {
    guard let year = number(&rest, digits: 4), take("-", &rest),
      let month = number(&rest, digits: 2), take("-", &rest),
      let day = number(&rest, digits: 2), take("T", &rest) || take(" ", &rest),
      let hour = number(&rest, digits: 2), take(":", &rest),
      let minute = number(&rest, digits: 2)
    else { return nil }
    var second = 0
    var millisecond = 0
    if take(":", &rest) {
      guard let value = number(&rest, digits: 2) else { return nil }
      second = value
      if take(".", &rest) {
        guard let value = fraction(&rest) else { return nil }
        millisecond = value
      }
    }
    return CivilTime(
      year: year, month: month, day: day, hour: hour, minute: minute, second: second,
      millisecond: millisecond)
  }

  /// `Z`, `+02:00`, `+0200` or `+02`; at most 18 hours from UTC.
  private static func offsetMinutes(_ text: Substring) -> Int? {
    if text == "Z" || text == "z" { return 0 }
    var rest = text
    let isNegative = take("-", &rest)
    guard isNegative || take("+", &rest), let hours = number(&rest, digits: 2) else { return nil }
    var minutes = 0
    if !rest.isEmpty {
      _ = take(":", &rest)
      guard let value = number(&rest, digits: 2), value < 60, rest.isEmpty else { return nil }
      minutes = value
    }
    let total = hours * 60 + minutes
    guard total <= 18 * 60 else { return nil }
    return isNegative ? -total : total
  }

  /// One to three digits are thousandths; finer ones are refused rather than lost.
  private static func fraction(_ rest: inout Substring) -> Int? {
    let digits = rest.prefix { $0.isASCII && $0.isNumber }
    guard (1...3).contains(digits.count), let value = Int(digits) else { return nil }
    rest = rest.dropFirst(digits.count)
    return digits.count == 3 ? value : digits.count == 2 ? value * 10 : value * 100
  }

  private static func number(_ rest: inout Substring, digits count: Int) -> Int? {
    let digits = rest.prefix(count)
    guard digits.count == count, digits.allSatisfy({ $0.isASCII && $0.isNumber }) else {
      return nil
    }
    rest = rest.dropFirst(count)
    return Int(digits)
  }

  private static func take(_ character: Character, _ rest: inout Substring) -> Bool {
    guard rest.first == character else { return false }
    rest = rest.dropFirst()
    return true
  }
}
