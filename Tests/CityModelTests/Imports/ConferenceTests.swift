import Interchange
import Protocol
import Testing

@testable import CityModel

@Suite("Conferences of the world")
struct ConferenceTests {
  private static let file = "data/conferences/conferences-all.ndjson.gz"

  private func plan(_ lines: [String], _ archive: Archive = Archive()) throws -> ImportPlan {
    try ImportMapping.conferences.plan(
      Array(lines.joined(separator: "\n").utf8), model: CityModel.model, existing: archive.existing)
  }

  private let rust = """
    {"year":2026,"topic":"rust","pos":0,"name":"Oxide Days 🦀","url":"https://oxide.example",\
    "startDate":"2026-05-01","endDate":"2026-05-02","city":"Ghent","country":"Belgium",\
    "online":true}
    """
  private let general = """
    {"year":2026,"topic":"general","pos":3,"name":"Oxide Days 🦀","url":"https://oxide.example",\
    "startDate":"2026-05-01","endDate":"2026-05-02","city":"Ghent","country":"Belgium"}
    """

  @Test("one conference under two topics is one event with both as tags")
  func joined() throws {
    let plan = try plan([rust, general])
    #expect(plan.records.count == 1)
    #expect(plan.report.read == 2 && plan.report.created == 1 && plan.report.joined == 1)
    let event = plan.records[0]
    #expect(event.content(of: "tags") == .elements(["rust", "general"]))
    #expect(event.content(of: "title") == .value("Oxide Days 🦀"))
    #expect(event.content(of: "country") == .value("BE"))
    #expect(event.content(of: "city") == .value("Ghent"))
    #expect(event.content(of: "online") == .value(true))
    guard case .value(.group(let period))? = event.content(of: "period") else {
      Issue.record("no period")
      return
    }
    #expect(period.contains("2026-05-01") && period.contains("2026-05-02"))
  }

  @Test("a country without a code is told and left out, a hostile entry is told and survives")
  func hostile() throws {
    let entry = rust.replacing("Belgium", with: "Atlantis")
    let report = try plan([entry]).report
    #expect(report.count("unknown-country") == 1 && report.created == 1)
    #expect(try plan([entry]).records[0].content(of: "country") == .value(.null))
    let broken = try plan(["{}", "[]", "7", #"{"name":{"a":1},"startDate":[]}"#]).report
    #expect(broken.created == 0 && broken.skipped > 0)
    let script = try plan([rust.replacing("https://oxide.example", with: "javascript:alert(1)")])
    #expect(script.records[0].content(of: "website") == nil)
    #expect(script.report.count("bad-value") == 1)
  }

  @Test(
    "all entries become their events; a second import changes nothing",
    .enabled(if: SharedFiles.has(file), SharedFiles.missing))
  func whole() throws {
    let bytes = try SharedFiles.bytes(Self.file)
    let plan = try ImportMapping.conferences.plan(bytes, model: CityModel.model, existing: .none)
    let report = plan.report
    #expect(report.read == 6_831 && report.created == 6_007 && report.joined == 824)
    #expect(report.skipped == 0)
    #expect(
      report.counts.map(\.reason) == ["unknown-country", "bad-value"],
      "\(report.lines(in: .en).prefix(9))")
    // Kosovo twice, and a host with an underscore.
    #expect(report.count("unknown-country") == 2 && report.count("bad-value") == 1)
    #expect(plan.records.count { $0.content(of: "country") != .value(.null) } > 4_000)
    #expect(Set(plan.records.map(\.externalKey)).count == 6_007)

    let keys = Set(plan.records.map(\.externalKey))
    let there = ExistingRecords(
      find: { _, field, value in
        guard field == "externalKey", case .text(let key) = value, keys.contains(key) else {
          return []
        }
        return [ExistingRecord(id: RowID(site: 1, counter: 1), fields: [:])]
      }, all: { _ in [] })
    let second = try ImportMapping.conferences.plan(bytes, model: CityModel.model, existing: there)
    #expect(second.records.isEmpty && second.report.recognised == 6_007)
  }
}
