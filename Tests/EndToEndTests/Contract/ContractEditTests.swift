import Foundation
import Testing

@Suite("What is typed and what comes of it")
struct ContractEditTests {
  @Test("what is written once is refused afterwards, and who made a record is nobody's to say")
  func writtenOnce() async throws {
    let device = try await ContractCity().device("An")
    let id = try await device.add(
      "session", "event=The Summit (FTI)", "title=Opening", "slot.start=2026-10-20T09:00")
    for assignment in ["createdAt=2020-01-01T00:00Z", "createdBy=An", "event=Hackers & Ravers"] {
      let ending = try await device.run("edit", id, assignment)
      #expect(ending.status == 2, "\(assignment)")
      #expect(ending.errors.contains("filled in"), "\(ending.errors)")
    }
    let forged = try await device.run(
      "add", "organisation", "name=X", "kind=sme", "createdBy=An")
    #expect(forged.status == 2)
    #expect(try await device.number("pending") == 1)
  }

  @Test("a greatest value that would fall is refused with 2, says that it never goes back")
  func neverGoesBack() async throws {
    let device = try await ContractCity().device("An")
    let id = try await device.add(
      "event", "title=T", "kind=networking", "period.start=2026-10-20T09:00", "icsSequence=5")
    for lower in ["icsSequence=3", "icsSequence="] {
      let ending = try await device.run("edit", id, lower)
      #expect(ending.status == 2, "\(lower)")
      #expect(ending.errors.contains("never goes back: it is 5"), "\(ending.errors)")
    }
    #expect(try await device.run("edit", id, "icsSequence=6").status == 0)
    #expect(try await device.fields(id)["icsSequence"] as? Int == 6)
  }

  @Test("an empty value clears a map whole, and one of its keys")
  func clearingMaps() async throws {
    let device = try await ContractCity().device("An")
    let id = try await device.add(
      "organisation", "name=Klaar", "kind=sme", "headcount[2024]=10", "headcount[2025]=12")
    #expect(try await device.run("edit", id, "headcount[2024]=").status == 0)
    #expect(try await device.fields(id)["headcount"] as? [String: Int] == ["2025": 12])
    #expect(try await device.run("edit", id, "headcount=").status == 0)
    #expect(try await device.fields(id)["headcount"] == nil)
  }

  @Test("a record of a list comes last, and is put before and after others by a write of its own")
  func lists() async throws {
    let device = try await ContractCity().device("An")
    let meeting = try await device.add("board-meeting", "date=2026-11-25")
    let other = try await device.add("board-meeting", "date=2026-12-25")
    var items: [String: String] = [:]
    for title in ["een", "twee", "drie"] {
      items[title] = try await device.add("agenda-item", "meeting=\(meeting)", "title=\(title)")
    }
    _ = try await device.add("agenda-item", "meeting=\(other)", "title=vier")
    func order() async throws -> [String] {
      let list =
        try await device.tell("list", "agenda-item", "--where", "meeting=\(meeting)")
        as? [[String: Any]]
      return list?.compactMap { ($0["fields"] as? [String: Any])?["title"] as? String } ?? []
    }
    #expect(try await order() == ["een", "twee", "drie"])
    #expect(try await device.run("move", "drie", "--after", "een").status == 0)
    #expect(try await order() == ["een", "drie", "twee"])
    #expect(try await device.run("move", "een", "--last").status == 0)
    #expect(try await device.run("move", "twee", "--before", "drie").status == 0)
    #expect(try await device.run("move", "een", "--first").status == 0)
    #expect(try await order() == ["een", "twee", "drie"])
    // Where it lies already there is nothing to save.
    let pending = try await device.number("pending")
    #expect(try await device.run("move", "drie", "--last").status == 0)
    #expect(try await device.number("pending") == pending)
    #expect(try await device.run("move", "een", "--after", "vier").status == 1)
    #expect(try await device.run("move", "een", "--first", "--last").status == 2)
    #expect(try await device.run("move", meeting, "--first").status == 2)
  }

  @Test("the example for a required group and for a year can be typed as it stands")
  func examples() async throws {
    let device = try await ContractCity().device("An")
    let id = try await device.add(
      "event", "title=T", "kind=networking", "period.start=2026-10-20T09:00")
    let period = try await device.run("edit", id, "period=")
    #expect(period.status == 2)
    #expect(period.errors.contains("period.start=2026-10-20T09:00"), "\(period.errors)")
    let year = try await device.run("edit", "TENT", "headcount=3")
    #expect(year.status == 2)
    #expect(year.errors.contains("headcount[2026]=value"), "\(year.errors)")
  }

  @Test("a condition on a key or a counter looks at that key and that counter")
  func conditions() async throws {
    let device = try await ContractCity().device("An")
    let id = try await device.add(
      "organisation", "name=Vorig", "kind=sme", "headcount[2024]=77", "headcount[2025]=78")
    func found(_ entity: String, _ condition: String) async throws -> [String] {
      let list = try await device.tell("list", entity, "--where", condition) as? [[String: Any]]
      return list?.compactMap { $0["id"] as? String } ?? []
    }
    #expect(try await found("organisation", "headcount[2024]=77") == [id])
    #expect(try await found("organisation", "headcount[2025]=77") == [])
    #expect(try await device.run("count", "WINTERCIRCUS", "visitors[2026-10-20]", "3").status == 0)
    #expect(try await found("hub", "visitors[2026-10-20]=3").count == 1)
    #expect(try await found("hub", "visitors[2026-10-20]=4") == [])
    // A set that was emptied is as empty as one that never was anything.
    #expect(try await device.run("set-add", id, "sectors", "digital").status == 0)
    #expect(try await !found("organisation", "sectors=").contains(id))
    #expect(try await device.run("set-remove", id, "sectors", "digital").status == 0)
    #expect(try await found("organisation", "sectors=").contains(id))
  }
}
