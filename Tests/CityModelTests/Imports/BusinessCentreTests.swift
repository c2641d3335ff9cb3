import Interchange
import Protocol
import Testing

@testable import CityModel

@Suite("Business centres of Ghent")
struct BusinessCentreTests {
  private static let file = "data/geo/bedrijvencentra-gent.geojson"

  private func plan(_ archive: Archive) throws -> ImportPlan {
    try ImportMapping.gentBusinessCentres.plan(
      SharedFiles.bytes(Self.file), model: CityModel.model, existing: archive.existing)
  }

  @Test(
    "the report says what was read, mended and left out",
    .enabled(if: SharedFiles.has(file), SharedFiles.missing))
  func report() throws {
    let report = try plan(Archive()).report
    #expect(report.read == 47 && report.created == 47 && report.skipped == 0)
    #expect(report.count("email-in-url") == 1 && report.count("personal-email-in-url") == 1)
    #expect(report.count("url-completed") == 11)
    #expect(report.count("no-gentid") == 19 && report.count("invalid-gentid") == 13)
    #expect(report.count("code-made") == 32)
    #expect(report.count("house-number-emptied") == 3)
    #expect(report.count("bad-value") == 0)
    #expect(report.findings.allSatisfy { $0.line > 1 })
    #expect(report.lines(in: .nl)[0].hasPrefix("47 gelezen"))
    #expect(!report.lines(in: .en).contains { $0.contains("voornaam@") })
  }

  @Test(
    "longitude and latitude are the right way round, and codes are codes, each once",
    .enabled(if: SharedFiles.has(file), SharedFiles.missing))
  func places() throws {
    var archive = Archive()
    archive.apply(try plan(archive))
    let hubs = archive.records["hub"] ?? []
    for hub in hubs {
      guard case .group(let place)? = hub["geo"], case .real(let latitude) = place[0],
        case .real(let longitude) = place[1]
      else {
        Issue.record("no place")
        continue
      }
      #expect((50.97...51.22).contains(latitude) && (3.57...3.86).contains(longitude))
    }
    #expect(Set(hubs.compactMap { $0["code"]?.textValue }).count == 47)
  }

  @Test(
    "a second import changes nothing and says the same",
    .enabled(if: SharedFiles.has(file), SharedFiles.missing))
  func again() throws {
    var archive = Archive()
    let first = try plan(archive)
    archive.apply(first)
    let second = try plan(archive)
    #expect(second.records.isEmpty && second.report.recognised == 47)
    #expect(second.report.findings == first.report.findings)
  }

  @Test(
    "the eight that the sample has already get no second record, in either order",
    .enabled(if: SharedFiles.has(file), SharedFiles.missing))
  func recognised() throws {
    var archive = Archive()
    archive.apply(try ImportMapping.sample.plan(model: CityModel.model, existing: .none))
    let plan = try plan(archive)
    #expect(plan.report.created == 39 && plan.report.recognised == 8)
    archive.apply(plan)
    #expect(archive.records["hub"]?.count == 54)

    var other = Archive()
    other.apply(try self.plan(other))
    other.apply(try ImportMapping.sample.plan(model: CityModel.model, existing: other.existing))
    #expect(other.records["hub"]?.count == 54)
    #expect(other.dangling == 0)
  }

  @Test("a code is made of a name: capitals, no accents, at most 24, never twice")
  func codes() {
    #expect(BusinessCentre.code(from: "Folie-à-deux", taken: []) == "FOLIE-A-DEUX")
    #expect(BusinessCentre.code(from: "De Punt", taken: ["DE-PUNT"]) == "DE-PUNT-2")
    #expect(BusinessCentre.code(from: "x", taken: []) == "HUBX")
    #expect(BusinessCentre.code(from: "", taken: []) == "HUB")
    let long = BusinessCentre.code(from: String(repeating: "Long name ", count: 9), taken: [])
    #expect(long.count <= 24)
  }
}
