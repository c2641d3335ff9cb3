import Interchange
import Protocol
import Testing

@testable import CityModel

@Suite(
  "The larger sample beside the project",
  .enabled(if: SharedFiles.has("domain/sample/hubs.csv"), SharedFiles.missing))
struct SampleFileTests {
  private static let files: [(ImportMapping, String, created: Int)] = [
    (.sampleHubs, "hubs", 15), (.sampleOrganisations, "organisations", 34),
    (.sampleProgrammes, "programmes", 7), (.sampleEvents, "events", 11),
    (.sampleIndicators, "indicators", 13), (.sampleBoard, "board_members", 1),
  ]

  private func run(_ archive: inout Archive) throws -> [ImportReport] {
    try Self.files.map { mapping, file, _ in
      let plan = try mapping.plan(
        SharedFiles.bytes("domain/sample/\(file).csv"), model: CityModel.model,
        existing: archive.existing)
      archive.apply(plan)
      return plan.report
    }
  }

  @Test("all tables are read, one after the other; a second time changes nothing")
  func whole() throws {
    var archive = Archive()
    let first = try run(&archive)
    #expect(first.map(\.created) == Self.files.map(\.created))
    #expect(archive.dangling == 0)
    let second = try run(&archive)
    #expect(second.map(\.created) == [0, 0, 0, 0, 0, 0])
    #expect(second.map(\.recognised) == Self.files.map(\.created))
  }

  @Test("the seven partners that have no record are told, and nothing else is left out")
  func partners() throws {
    var archive = Archive()
    let reports = try run(&archive)
    let findings = reports.flatMap(\.findings)
    #expect(findings.map(\.reason) == Array(repeating: "no-record", count: 7))
    #expect(reports[2].count("no-record") == 7)
    #expect(findings.contains { $0.sentence.en.contains("Mitsubishi Power") })
    #expect(findings.allSatisfy { $0.field == "partners" && $0.line > 1 })
  }

  @Test("a date is kept with the precision it has")
  func precision() throws {
    var archive = Archive()
    _ = try run(&archive)
    let event = try #require(archive.record("event", "title", "Level Up"))
    guard case .group(let period)? = event["period"] else {
      Issue.record("no period")
      return
    }
    #expect(period.contains("2016-06"))
  }

  @Test("the own sample and the larger one name the same records")
  func sameKeys() throws {
    var archive = Archive()
    archive.apply(try ImportMapping.sample.plan(model: CityModel.model, existing: .none))
    let reports = try run(&archive)
    #expect(reports.map(\.created) == [0, 4, 0, 0, 0, 0])
  }

  @Test("a table without its columns is refused by the name of the column")
  func wrongFile() throws {
    #expect(throws: ReadingError(line: 1, .columnMissing("code"))) {
      try ImportMapping.sampleHubs.plan(
        SharedFiles.bytes("domain/sample/events.csv"), model: CityModel.model, existing: .none)
    }
  }
}
