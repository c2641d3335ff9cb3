import Interchange
import Protocol
import Testing

@testable import CityModel

@Suite("The sample that comes with the project")
struct OwnSampleTests {
  private func imported() throws -> (ImportPlan, Archive) {
    let plan = try ImportMapping.sample.plan(model: CityModel.model, existing: .none)
    var archive = Archive()
    archive.apply(plan)
    return (plan, archive)
  }

  @Test("it is read without a finding, and every reference is to a record before it")
  func whole() throws {
    let (plan, archive) = try imported()
    #expect(plan.report.findings.map(\.sentence.en) == [])
    #expect(archive.dangling == 0)
    #expect(archive.records["hub"]?.count == 15)
    #expect(archive.records["organisation"]?.count == 30)
    #expect(archive.records["programme"]?.count == 8)
    #expect(archive.records["event"]?.count == 11)
    #expect(archive.records["indicator"]?.count == 13)
    #expect(plan.report.created == 77)
  }

  @Test("each record says where it comes from")
  func source() throws {
    let (plan, _) = try imported()
    for record in plan.records {
      #expect(record.content(of: "source") != nil, "\(record.externalKey)")
      #expect(record.content(of: "externalKey") == .value(.text(record.externalKey)))
    }
  }

  @Test("a second import changes nothing")
  func again() throws {
    let (_, archive) = try imported()
    let second = try ImportMapping.sample.plan(model: CityModel.model, existing: archive.existing)
    #expect(second.records.isEmpty)
    #expect(second.report.created == 0 && second.report.recognised == 77)
  }

  @Test("parents, partners and keys are kept")
  func content() throws {
    let (_, archive) = try imported()
    let park = try #require(archive.record("hub", "code", "TLG"))
    #expect(archive.record("hub", "code", "TLG-ARDOYEN")?["parent"] == .int(park.id.raw))
    let board = try #require(archive.record("programme", "name", "Ghent Economic Board"))
    guard case .set(let partners)? = board.fields["partners"] else {
      Issue.record("the board has no partners")
      return
    }
    #expect(partners.count == 10)
    #expect(board["kind"] == "cluster")
    let plant = try #require(archive.record("organisation", "name", "Volvo Car Gent"))
    #expect(plant.fields["headcount"] == .map([.init(key: 2025, value: 6_500)]))
    let vib = try #require(archive.record("organisation", "name", "VIB"))
    #expect(vib["founded"] == "1995")
    let fund = try #require(archive.record("programme", "name", "Speerpuntenfonds"))
    #expect(fund["budgetEur"] == 500_000_000)
  }
}
