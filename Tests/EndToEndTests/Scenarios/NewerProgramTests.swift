import CityModel
import ClientCore
import Foundation
import Protocol
import Storage
import Testing
import Transport

/// One laptop has the next version of the program; the server and the others have this one.
@Suite("A laptop with a newer program")
struct NewerProgramTests {
  private static let mood: Protocol.Tag = 900
  private static let boat: Protocol.Tag = 900

  /// The city's model with one more field of an organisation, and boats.
  private static func newer() throws -> Model {
    let label = Label(nl: "boot", en: "boat")
    return try Model(
      name: CityModel.model.name, version: CityModel.model.version + 1,
      lists: CityModel.model.lists,
      entities: CityModel.model.entities.map { entity in
        guard entity.name == "organisation" else { return entity }
        return Entity(
          tag: entity.tag, name: entity.name, label: entity.label, help: entity.help,
          title: entity.title, identity: entity.identity, parent: entity.parent,
          space: entity.space, isServerOwned: entity.isServerOwned,
          fields: entity.fields + [
            Field(mood, "mood", .string(), .register(asks: true), nl: "s", en: "m")
          ])
      } + [
        Entity(
          tag: boat, name: "boat", label: label, help: label, title: "name",
          fields: [Field(16, "name", .string(), .register(asks: true), nl: "n", en: "n")])
      ], people: CityModel.model.people)
  }

  @Test(
    "what it writes arrives through the older server, and others show it as from a newer version")
  func arrives() async throws {
    let city = try await City()
    let (anke, bram) = (try await city.laptop("Anke"), try await city.laptop("Bram"))
    let replica = try Replica(path: anke.file, model: try Self.newer(), create: false)
    let organisation = try Fields("organisation", CityModel.model)
    let found = try replica.database.read {
      try $0.find("Indigo Diabetes", in: organisation.entity)
    }
    guard case .one(_, let row) = found else {
      Issue.record("the sample has no Indigo Diabetes")
      return
    }
    try replica.commit { draft in
      try draft.apply(
        .write(organisation.entity.tag, row, [(Self.mood, .text("high spirits"))]))
      try draft.create(Self.boat, [(16, .text("Gondola"))])
    }
    let identity = try #require(try replica.identity())
    let transport = HTTPTransport(server: try ServerURL(identity.server))
    var session = try SyncSession(replica)
    while let body = try session.nextRequest() {
      try session.receive(
        try await transport.post(path: HTTPForm.syncPath, token: identity.token, body: body))
    }
    await transport.close()
    #expect(session.summary.refused == 0)
    #expect(session.summary.agrees == true)
    try replica.close()

    try await bram.sync()
    let shown = try await bram.run(["show", "Indigo Diabetes"])
    #expect(shown.output.contains("#900 (from a newer version)"))
    #expect(shown.output.contains("high spirits"))
    #expect(try await bram.fields("Indigo Diabetes")["#900"].text == "high spirits")
    let status = try await bram.run(["status"])
    #expect(status.output.contains("1 record, to be seen once this program is updated"))
    #expect(try await bram.tell("status")["inSync"].bool == true)
    #expect(try await city.server.command("verify").status == 0)
  }
}
