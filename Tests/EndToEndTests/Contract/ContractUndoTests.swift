import Foundation
import Testing

@Suite("History, undo, restore")
struct ContractUndoTests {
  @Test("history tells old and new value, and can be cut to a person, a device and a day")
  func history() async throws {
    let city = try await ContractCity()
    let (an, ben) = (try await city.device("An"), try await city.device("Ben"))
    let id = try await an.add("organisation", "name=Robo", "kind=sme", "notes=The hall is free.")
    #expect(try await an.run("sync").status == 0)
    #expect(try await ben.run("sync").status == 0)
    #expect(
      try await ben.run("edit", id, "name=Robo NV", "notes=The hall is not free.").status == 0)
    #expect(try await ben.run("sync").status == 0)
    #expect(try await an.run("sync").status == 0)

    func entries(_ arguments: String...) async throws -> [[String: Any]] {
      try #require(
        try await an.tell(["history", id] + arguments) as? [[String: Any]])
    }
    let all = try await entries()
    #expect(all.map { $0["user"] as? String } == ["Ben", "An"])
    let changes = try #require(all[0]["changes"] as? [[String: Any]])
    let name = try #require(changes.first { $0["field"] as? String == "name" })
    #expect(name["before"] as? String == "Robo")
    #expect(name["value"] as? String == "Robo NV")
    let notes = try #require(changes.first { $0["field"] as? String == "notes" })
    let diff = try #require(notes["diff"] as? [[String: Any]])
    #expect(diff.compactMap { $0["added"] as? String }.joined().contains("not"))
    #expect(diff.compactMap { $0["removed"] as? String }.joined().contains("hall") == false)

    let device = try #require(all[1]["device"] as? String)
    #expect(try await entries("--user", "ben").count == 1)
    #expect(try await entries("--device", device).map { $0["user"] as? String } == ["An"])
    #expect(try await entries("--day", "2001-01-01").isEmpty)
    #expect(try await entries("--since", "2001-01-01").count == 2)
    #expect(try await entries("--until", "2001-01-01T12:00").isEmpty)
    #expect(try await an.run("history", "--day", "2026-02-30").status == 2)
    #expect(
      try await an.run("history", "--day", "2026-02-03", "--since", "2026-02-03").status == 2)
  }

  @Test(
    "the server tells the whole history of a record, with its parts, of what its reader may see")
  func fromServer() async throws {
    let city = try await ContractCity()
    let an = try await city.device("An")
    let id = try await an.add("organisation", "name=Robo", "kind=sme", "hub=TLG")
    #expect(try await an.run("edit", id, "name=Robo NV").status == 0)
    #expect(try await an.run("sync").status == 0)
    // Only the laptop knows this one.
    #expect(try await an.run("edit", id, "name=Robovision").status == 0)
    let told = try #require(
      try await an.tell("history", id, "--from", "server") as? [[String: Any]])
    let here = try #require(try await an.tell("history", id) as? [[String: Any]])
    #expect(told as NSArray == here as NSArray)
    #expect(told.map { $0["pending"] as? Bool } == [true, false, false])
    let stranger = try await city.device("Bo", spaces: "WINTERCIRCUS")
    #expect(try await stranger.tell("history", id, "--from", "server") as? [String] == [])
    #expect(try await an.run("history", "--from", "server").status == 2)
    #expect(try await an.run("history", id, "--from", "mars").status == 2)
  }

  @Test("an undo after a sync reaches everybody, and keeps what another has changed since")
  func undo() async throws {
    let city = try await ContractCity()
    let (an, ben) = (try await city.device("An"), try await city.device("Ben"))
    let id = try await an.add("organisation", "name=Robo", "kind=sme")
    #expect(try await an.run("edit", id, "name=Robo NV", "kind=scale_up").status == 0)
    #expect(try await an.run("sync").status == 0)
    #expect(try await ben.run("sync").status == 0)
    #expect(try await ben.run("edit", id, "name=Robovision").status == 0)
    #expect(try await ben.run("sync").status == 0)
    #expect(try await an.run("sync").status == 0)
    let dry = try #require(try await an.tell("undo", "--dry-run") as? [String: Any])
    #expect(dry["transactions"] as? [String] == [])
    #expect(try await an.number("pending") == 0)
    let report = try #require(try await an.tell("undo") as? [String: Any])
    let kept = try #require(report["kept"] as? [[String: Any]])
    #expect(kept.map { $0["field"] as? String } == ["name"])
    #expect(kept.map { $0["reason"] as? String } == ["changedSince"])
    #expect(kept.map { $0["user"] as? String } == ["Ben"])
    #expect(try await an.run("sync").status == 0)
    #expect(try await ben.run("sync").status == 0)
    #expect(try await ben.fields(id)["name"] as? String == "Robovision")
    #expect(try await ben.fields(id)["kind"] as? String == "sme")
    #expect(try await an.run("undo", "1:99").status == 1)
    #expect(try await an.run("undo", "yesterday").status == 2)
    #expect(try await an.run("undo", "1:9", "--last").status == 2)
    #expect(try await an.run("undo", "--import", "nothing").status == 1)
  }

  @Test("a deleted record is listed with who deleted it, and comes back for everybody")
  func deleted() async throws {
    let city = try await ContractCity()
    let (an, ben) = (try await city.device("An"), try await city.device("Ben"))
    let id = try await an.add("organisation", "name=Robo", "kind=sme")
    #expect(try await an.run("sync").status == 0)
    #expect(try await ben.run("sync").status == 0)
    #expect(try await ben.run("delete", id).status == 0)
    #expect(try await ben.run("sync").status == 0)
    #expect(try await an.run("sync").status == 0)
    let list = try #require(try await an.tell("deleted", "organisation") as? [[String: Any]])
    #expect(list.map { $0["id"] as? String } == [id])
    #expect(list.map { $0["user"] as? String } == ["Ben"])
    #expect((list[0]["fields"] as? [String: Any])?["name"] as? String == "Robo")
    #expect(try await an.tell("deleted", "hub") as? [String] == [])
    #expect(try await an.run("restore", id).status == 0)
    #expect(try await an.fields(id)["name"] as? String == "Robo")
    #expect(try await an.run("restore", id).status == 1)
    #expect(try await an.run("sync").status == 0)
    #expect(try await ben.run("sync").status == 0)
    #expect(try await ben.fields(id)["name"] as? String == "Robo")
    #expect(try await an.run("restore", id, "--at", "2001-01-01").status == 1)
    #expect(try await an.run("restore", id, "--at", "soon").status == 2)
  }
}
