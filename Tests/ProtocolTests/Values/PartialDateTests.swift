import Protocol
import Testing

@Suite struct PartialDateTests {
  private func reading(_ text: String) -> String {
    do throws(PartialDate.Refusal) {
      return try PartialDate(text: text).text
    } catch {
      return "invalid:\(error.rawValue)"
    }
  }

  @Test(
    "a date keeps the precision it was given",
    arguments: [
      "2026", "2026-10", "2026-10-20", "1800-01-01", "2199-12-31", "2024-02-29", "2000-02-29",
    ])
  func read(text: String) {
    #expect(reading(text) == text)
  }

  @Test(
    "a day that no calendar has is refused with its reason",
    arguments: [
      ("", "empty"), ("26-10-20", "form"), ("2026-1", "form"), ("2026-10-20-1", "form"),
      ("2026/10/20", "form"), ("20261020", "form"), ("2026-10-", "form"), ("٢026", "form"),
      ("2026-13", "month"), ("2026-00", "month"),
      ("2026-02-29", "day"), ("2100-02-29", "day"), ("2026-04-31", "day"), ("2026-10-00", "day"),
      ("1799", "range"), ("2200-01-01", "range"),
    ])
  func refused(text: String, reason: String) {
    #expect(reading(text) == "invalid:\(reason)")
  }

  @Test("a day needs a month")
  func dayWithoutMonth() {
    #expect(throws: PartialDate.Refusal.month) { try PartialDate(year: 2026, day: 1) }
  }
}
