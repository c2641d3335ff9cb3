/// One row of the table: a figure of Kaai beside the same work in plain SQLite.
struct Measurement {
  /// The row's text in the list of what is to be reached.
  let work: String
  /// What is counted, and in what.
  let unit: String
  let kaai: Double
  /// The same work in plain SQLite; nil where plain SQLite does no such work.
  var baseline: Double?
  /// kaai over baseline, or the other way round for rates: less is better.
  var ratio: Double?
  let goal: String
  let met: Bool

  /// A figure that must stay at or below a multiple of the baseline.
  static func ratio(
    _ work: String, _ unit: String, kaai: Double, baseline: Double, atMost goal: Double
  ) -> Measurement {
    let ratio = kaai / baseline
    return Measurement(
      work: work, unit: unit, kaai: kaai, baseline: baseline, ratio: ratio,
      goal: "<= \(number(goal))x", met: ratio <= goal)
  }

  static func atMost(
    _ work: String, _ unit: String, _ kaai: Double, goal: Double, baseline: Double? = nil
  ) -> Measurement {
    Measurement(
      work: work, unit: unit, kaai: kaai, baseline: baseline, ratio: baseline.map { kaai / $0 },
      goal: "<= \(number(goal))", met: kaai <= goal)
  }

  static func atLeast(
    _ work: String, _ unit: String, _ kaai: Double, goal: Double, baseline: Double? = nil
  ) -> Measurement {
    Measurement(
      work: work, unit: unit, kaai: kaai, baseline: baseline, ratio: baseline.map { $0 / kaai },
      goal: ">= \(number(goal))", met: kaai >= goal)
  }

  /// A figure that is shown and has no goal.
  static func shown(
    _ work: String, _ unit: String, _ kaai: Double, baseline: Double? = nil
  ) -> Measurement {
    Measurement(
      work: work, unit: unit, kaai: kaai, baseline: baseline, ratio: baseline.map { kaai / $0 },
      goal: "", met: true)
  }

  /// Three digits that count, without an exponent.
  static func number(_ value: Double) -> String {
    guard value.isFinite else { return "-" }
    let magnitude = abs(value)
    if magnitude >= 100 || value == value.rounded() { return String(Int64(value.rounded())) }
    let factor: Double = magnitude >= 10 ? 10 : 100
    let digits = magnitude >= 10 ? 1 : 2
    let scaled = Int64((magnitude * factor).rounded())
    let whole = scaled / Int64(factor)
    let rest = String(scaled % Int64(factor))
    let zeros = String(repeating: "0", count: digits - rest.count)
    return "\(value < 0 ? "-" : "")\(whole).\(zeros)\(rest)"
  }
}
