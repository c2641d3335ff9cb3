/// Times that somebody gives to a command, by the clock of Brussels.
public enum TimeText {
  /// `2026-10-20T09:00`, with an offset where it is another clock's; nil for anything else.
  public static func instant(_ text: String) -> Int64? {
    do {
      return try InstantText.milliseconds(text, clock: .brussels)
    } catch {
      return nil
    }
  }

  /// The day `2026-10-20`, from midnight to midnight; nil for anything else.
  public static func day(_ text: String) -> Range<Int64>? {
    guard let start = instant(text + "T00:00"), let wall = WallClock.brussels.wall(at: start),
      // Noon of the next day is in it for certain, whatever the clocks do.
      let noon = CivilTime(milliseconds: wall.milliseconds + 36 * 3_600_000),
      let next = CivilTime(year: noon.year, month: noon.month, day: noon.day),
      case .instant(let end) = WallClock.brussels.reading(of: next)
    else { return nil }
    return start..<end
  }
}
