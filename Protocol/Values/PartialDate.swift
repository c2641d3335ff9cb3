/// A day, a month or a year of the Gregorian calendar, with the precision it was given.
///
/// Text form, also the stored one: ISO 8601, `2026-10-20`, `2026-10` or `2026`. Years 1800 to 2199:
/// what lies outside is a typing error here.
public struct PartialDate: Sendable, Hashable {
  public let year: Int
  public let month: Int?
  /// Only with a month.
  public let day: Int?

  public static let years = 1_800...2_199

  public enum Refusal: String, Error, Sendable, CaseIterable {
    case empty
    /// Not four, two and two digits with hyphens between.
    case form
    case month
    /// The month has no such day.
    case day
    /// The year lies outside 1800 to 2199.
    case range
  }

  public init(year: Int, month: Int? = nil, day: Int? = nil) throws(Refusal) {
    guard Self.years.contains(year) else { throw .range }
    if let month, !(1...12).contains(month) { throw .month }
    if let day {
      guard let month else { throw .month }
      guard (1...Self.dayCount(year: year, month: month)).contains(day) else { throw .day }
    }
    self.year = year
    self.month = month
    self.day = day
  }

  public init(text: String) throws(Refusal) {
    if text.isEmpty { throw .empty }
    let pieces = Array(text.utf8).split(
      separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    guard pieces.count <= 3 else { throw .form }
    for (piece, width) in zip(pieces, [4, 2, 2]) {
      guard piece.count == width, piece.allSatisfy(ASCII.isDigit) else { throw .form }
    }
    let numbers = pieces.map { ASCII.number($0) }
    try self.init(
      year: numbers[0], month: numbers.count > 1 ? numbers[1] : nil,
      day: numbers.count > 2 ? numbers[2] : nil)
  }

  public var text: String {
    [String(year), month.map(Self.twoDigits), day.map(Self.twoDigits)]
      .compactMap(\.self).joined(separator: "-")
  }

  /// How many days a month has. `month` is 1 to 12.
  public static func dayCount(year: Int, month: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  private static func isLeap(_ year: Int) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  private static func twoDigits(_ number: Int) -> String {
    number < 10 ? "0\(number)" : "\(number)"
  }
}

extension PartialDate.Refusal {
  public var sentence: Label {
    switch self {
    case .empty:
      Label(
        nl: "vul een datum in, zoals 2026-10-20, 2026-10 of 2026",
        en: "give a date, such as 2026-10-20, 2026-10 or 2026")
    case .form:
      Label(
        nl: "een datum is jaar-maand-dag, zoals 2026-10-20, 2026-10 of 2026",
        en: "a date is year-month-day, such as 2026-10-20, 2026-10 or 2026")
    case .month:
      Label(
        nl: "een maand gaat van 01 tot 12, zoals 2026-10-20",
        en: "a month is from 01 to 12, such as 2026-10-20")
    case .day:
      Label(
        nl: "die maand heeft die dag niet; juist is bijvoorbeeld 2026-10-20",
        en: "that month has no such day; 2026-10-20, for example, is right")
    case .range:
      Label(
        nl: "een jaar gaat van 1800 tot 2199, zoals 2026-10-20",
        en: "a year is from 1800 to 2199, such as 2026-10-20")
    }
  }
}
