import Protocol

/// A date and time of day as a calendar and a clock on the wall show them, in no time zone.
///
/// Conversion to and from days follows Howard Hinnant, "chrono-compatible low-level date
/// algorithms", https://howardhinnant.github.io/date_algorithms.html
public struct CivilTime: Hashable, Sendable {
  public let year: Int
  public let month: Int
  public let day: Int
  public let hour: Int
  public let minute: Int
  public let second: Int
  public let millisecond: Int

  /// Nil for what no calendar shows: 30 February, 24:00, a leap second, a year outside 1 to 9999.
  public init?(
    year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0,
    millisecond: Int = 0
  ) {
    guard (1...9_999).contains(year), (1...12).contains(month),
      (1...PartialDate.dayCount(year: year, month: month)).contains(day), (0..<24).contains(hour),
      (0..<60).contains(minute), (0..<60).contains(second), (0..<1_000).contains(millisecond)
    else { return nil }
    self.year = year
    self.month = month
    self.day = day
    self.hour = hour
    self.minute = minute
    self.second = second
    self.millisecond = millisecond
  }

  /// The civil time `milliseconds` after 1970-01-01T00:00; nil outside the years 1 to 9999.
  public init?(milliseconds: Int64) {
    let (days, rest) = Self.floorDivide(milliseconds, 86_400_000)
    let (era, dayOfEra) = Self.floorDivide(days + 719_468, 146_097)
    let yearOfEra =
      (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    self.init(
      year: Int(yearOfEra + era * 400 + (month <= 2 ? 1 : 0)), month: Int(month),
      day: Int(dayOfYear - (153 * shifted + 2) / 5 + 1), hour: Int(rest / 3_600_000),
      minute: Int(rest / 60_000 % 60), second: Int(rest / 1_000 % 60),
      millisecond: Int(rest % 1_000))
  }

  /// Milliseconds since 1970-01-01T00:00 of the same wall.
  public var milliseconds: Int64 {
    let seconds = (hour * 60 + minute) * 60 + second
    return Int64(dayNumber) * 86_400_000 + Int64(seconds * 1_000 + millisecond)
  }

  /// Days since 1970-01-01.
  public var dayNumber: Int {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = shiftedYear / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// 0 is Monday.
  public var weekday: Int { ((dayNumber + 3) % 7 + 7) % 7 }

  private static func floorDivide(_ value: Int64, _ divisor: Int64) -> (Int64, Int64) {
    let (quotient, rest) = value.quotientAndRemainder(dividingBy: divisor)
    return rest < 0 ? (quotient - 1, rest + divisor) : (quotient, rest)
  }
}

extension CivilTime {
  /// `2026-10-20T09:00:00.000Z`: for an instant whose wall is UTC.
  public var iso8601UTC: String {
    let parts = [
      "\(Self.padded(year, 4))-\(Self.padded(month))-\(Self.padded(day))",
      "T\(Self.padded(hour)):\(Self.padded(minute)):\(Self.padded(second))",
      ".\(Self.padded(millisecond, 3))Z",
    ]
    return parts.joined()
  }

  static func padded(_ number: Int, _ width: Int = 2) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
