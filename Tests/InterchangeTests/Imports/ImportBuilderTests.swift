import Protocol
import Testing

@testable import Interchange

@Suite("The plan of an import")
struct ImportBuilderTests {
  private func builder(_ existing: ExistingRecords = .none) -> ImportBuilder {
    ImportBuilder(mapping: "boats", model: TestModel.model, existing: existing)
  }

  private let known = ExistingRecords(
    find: { _, field, value in
      field == "externalKey" && value == "boats:1"
        ? [ExistingRecord(id: TestModel.home, fields: [:])] : []
    }, all: { _ in [] })

  @Test("a value that does not fit is left out with its line, and the record is made")
  func badValue() throws {
    var builder = builder()
    try builder.add(entity: "boat", key: "boats:1", line: 7) { boat in
      boat.put("name", " Zwerver ")
      boat.put("crew", "many")
      boat.put("site", "startit.be")
      boat.put("notes", nil)
    }
    let plan = builder.plan
    #expect(plan.records.count == 1)
    #expect(plan.records[0].content(of: "name") == .value("Zwerver"))
    #expect(plan.records[0].content(of: "site") == .value("https://startit.be"))
    #expect(plan.records[0].content(of: "crew") == nil)
    let finding = try #require(plan.report.findings.first)
    #expect(finding.line == 7 && finding.field == "crew" && finding.reason == "bad-value")
    #expect(plan.report.lines(in: .en)[1].hasPrefix("line 7, crew: “many” does not fit"))
  }

  @Test("a record without what it must have is skipped and told")
  func incomplete() throws {
    var builder = builder()
    let reference = try builder.add(entity: "boat", key: "boats:1", line: 7) {
      $0.put("crew", "3")
    }
    #expect(reference == nil)
    #expect(builder.plan.records.isEmpty)
    #expect(builder.plan.report.skipped == 1 && builder.plan.report.count("incomplete") == 1)
  }

  @Test("a key makes one record, in the file and over two imports")
  func identity() throws {
    var first = builder()
    let made = try first.add(entity: "boat", key: "boats:1", line: 1) { $0.put("name", "A") }
    let again = try first.add(entity: "boat", key: "boats:1", line: 2) { $0.put("name", "B") }
    #expect(made == .planned(externalKey: "boats:1") && again == made)
    #expect(first.plan.records.count == 1 && first.plan.report.count("twice") == 1)

    var second = builder(known)
    let there = try second.add(entity: "boat", key: "boats:1", line: 1) { $0.put("name", "A") }
    #expect(there == .existing(TestModel.home))
    #expect(second.plan.records.isEmpty && second.plan.report.recognised == 1)
  }

  @Test("a record that was made by other means is recognised, and can be referred to")
  func recognised() throws {
    var builder = builder()
    let there = ExistingRecord(id: TestModel.home, fields: [:])
    try builder.add(
      entity: "boat", key: "boats:9", line: 1, recognise: { _ in there },
      fill: { $0.put("name", "A") })
    #expect(try builder.reference(key: "boats:9", entity: "boat") == .existing(TestModel.home))
    #expect(builder.plan.records.isEmpty)
  }

  @Test("groups, sets and maps are written whole; a group without a required part stays empty")
  func containers() throws {
    var builder = builder()
    try builder.add(entity: "boat", key: "boats:1", line: 1) { boat in
      boat.put("name", "A")
      boat.putGroup("position", ["lat": "51.5", "lon": nil])
      boat.putGroup("period", ["start": "2026-10-20T09:00", "allDay": "true"])
      boat.putSet("tags", ["a", "b", "a", ""])
      boat.putKey("people", "2025", "3")
      boat.putKey("people", "2025", "4")
      boat.putKey("rounds", "seed", parts: ["amount": "10", "date": nil])
      boat.put("visits", references: [.planned(externalKey: "harbours:1")])
    }
    let boat = try #require(builder.plan.records.first)
    #expect(boat.content(of: "position") == nil)
    #expect(boat.content(of: "period") == .value(.group([1_792_479_600_000, .null, true])))
    #expect(boat.content(of: "tags") == .elements(["a", "b"]))
    #expect(boat.content(of: "people") == .map([.init(key: 2025, value: 4)]))
    #expect(
      boat.content(of: "rounds") == .map([.init(key: "seed", value: .group([.null, 1_000]))]))
    #expect(boat.content(of: "visits") == .references([.planned(externalKey: "harbours:1")]))
  }
}
