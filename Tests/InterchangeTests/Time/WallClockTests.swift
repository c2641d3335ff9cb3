import Protocol
import Testing

@testable import Interchange

@Suite("Wall time of Brussels")
struct WallClockTests {
  private func read(_ text: String) throws -> Value {
    guard case .set(_, let value) = try TestModel.parser().parse("leaves=\(text)") else {
      return .null
    }
    return value
  }

  private func utc(_ text: String) throws -> String {
    PlainText.text(try read(text), type: .instant)
  }

  @Test(
    "wall time is read by the season, an offset as it says",
    arguments: [
      ("2026-10-20T09:00", "2026-10-20T07:00:00.000Z"),
      ("2026-12-20T09:00:30", "2026-12-20T08:00:30.000Z"),
      ("2026-10-20 09:00", "2026-10-20T07:00:00.000Z"),
      ("2026-10-20T09:00Z", "2026-10-20T09:00:00.000Z"),
      ("2026-10-20T09:00:00.25+05:30", "2026-10-20T03:30:00.250Z"),
      ("2026-10-20T09:00-0200", "2026-10-20T11:00:00.000Z"),
      ("1999-12-31T23:59:59.999-01", "2000-01-01T00:59:59.999Z"),
    ])
  func wallTime(text: String, expected: String) throws {
    #expect(try utc(text) == expected)
  }

  @Test("the missing hour is refused with a sentence, the doubled one is the first")
  func switchNights() throws {
    let error = #expect(throws: FieldError.self) { try read("2026-03-29T02:30") }
    #expect(error?.kind == .missingHour)
    #expect(error?.sentence.nl.contains("zomertijd") == true)
    #expect(try utc("2026-10-25T02:30") == "2026-10-25T00:30:00.000Z")
    #expect(try utc("2026-10-25T02:30+01:00") == "2026-10-25T01:30:00.000Z")
  }

  @Test(
    "the recorded times of Brussels are read as recorded",
    .enabled(if: SharedFiles.has("domain/vectors/brussels_times.csv"), SharedFiles.missing))
  func vectors() throws {
    let table = try CSVTable(
      CSVReader(try SharedFiles.bytes("domain/vectors/brussels_times.csv")),
      required: ["local", "utc_first", "kind"])
    #expect(table.rows.count == 9)
    for row in table.rows {
      let local = try #require(row["local"])
      if row["kind"] == "gap" {
        #expect(throws: FieldError.self) { try read(local) }
      } else {
        let expected = try #require(row["utc_first"]).replacing("Z", with: ".000Z")
        #expect(try utc(local) == expected)
      }
    }
  }

  @Test("every hour of a year survives the way to the wall and back, but for the doubled one")
  func roundTrip() throws {
    let clock = WallClock.brussels
    let start: Int64 = 1_767_225_600_000  // 2026-01-01T00:00:00Z
    for hour in 0..<Int64(24 * 365) {
      let instant = start + hour * 3_600_000
      let wall = try #require(clock.wall(at: instant))
      switch clock.reading(of: wall) {
      case .instant(let back): #expect(back == instant)
      case .doubled(let first, let second): #expect(instant == first || instant == second)
      case .missing: Issue.record("a time that was on the wall is missing: \(wall)")
      }
    }
  }

  @Test("civil time counts days as the calendar does")
  func civil() throws {
    #expect(CivilTime(year: 1970, month: 1, day: 1)?.milliseconds == 0)
    #expect(CivilTime(year: 2000, month: 2, day: 29)?.dayNumber == 11_016)
    #expect(CivilTime(year: 1900, month: 2, day: 29) == nil)
    #expect(CivilTime(year: 2026, month: 10, day: 20)?.weekday == 1)
    for day in stride(from: -50_000, through: 90_000, by: 7) {
      let milliseconds = Int64(day) * 86_400_000 + 1
      #expect(CivilTime(milliseconds: milliseconds)?.milliseconds == milliseconds)
    }
    #expect(CivilTime(milliseconds: .max) == nil)
    #expect(CivilTime(milliseconds: .min) == nil)
  }
}
