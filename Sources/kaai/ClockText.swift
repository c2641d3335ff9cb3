import Protocol

/// How far this laptop's clock is from the server's, for people; nil below a minute, which is no
/// reason to worry anybody.
struct ClockText {
  let label: Label

  /// - Parameter offset: server minus device, ms.
  init?(_ offset: Int64) {
    let seconds = offset.magnitude / 1_000
    guard seconds > 60 else { return nil }
    let unit: (size: UInt64, nl: String, en: String) =
      switch seconds {
      case ..<7_200: (60, "minuten", "minutes")
      case ..<172_800: (3_600, "uur", "hours")
      default: (86_400, "dagen", "days")
      }
    let count = (seconds + unit.size / 2) / unit.size
    let isAhead = offset < 0
    let nl = count == 1 && unit.size == 60 ? "minuut" : unit.nl
    let en = count == 1 ? String(unit.en.dropLast()) : unit.en
    label = Label(
      nl: "\(count) \(nl) \(isAhead ? "voor" : "achter")",
      en: "\(count) \(en) \(isAhead ? "ahead" : "behind")")
  }
}
