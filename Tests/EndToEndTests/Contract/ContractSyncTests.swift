import Foundation
import Testing

@Suite("What stands between a laptop and its server")
struct ContractSyncTests {
  @Test("an enrolment that fails leaves nothing: the laptop is told to enrol, and can")
  func failedEnrolment() async throws {
    let city = try await ContractCity()
    let device = try ContractDevice()
    #expect(try await device.run("enrol", city.address, "AAAA-BBBB-CCCC").status == 4)
    #expect(!FileManager.default.fileExists(atPath: device.data + "/replica.sqlite"))
    let list = try await device.run("list", "hub")
    #expect(list.status == 1)
    #expect(list.errors.contains("kaai enrol"))
    let code = try await city.server.code()
    #expect(try await device.run("enrol", city.address, code).status == 0)
  }

  @Test("without a server the laptop says that the data is safe, in the language asked for")
  func offline() async throws {
    let city = try await ContractCity()
    let device = try await city.device("An")
    _ = try await city.server.stop()
    let english = try await device.run("sync", "--lang", "en")
    #expect(english.status == 3)
    #expect(english.errors.contains("safe on this laptop"), "\(english.errors)")
    let dutch = try await device.run("sync", "--lang", "nl")
    #expect(dutch.status == 3)
    #expect(dutch.errors.contains("veilig op deze laptop"), "\(dutch.errors)")
  }

  @Test("changes made before the user's rights changed are judged by the new rights alone")
  func changedSpaces() async throws {
    let city = try await ContractCity()
    let device = try await city.device("Bram", spaces: "TLG")
    let id = try await device.add("organisation", "name=Oud", "kind=sme", "hub=TLG")
    #expect(try await device.run("sync").status == 0)
    #expect(try await device.run("edit", id, "name=Nieuw").status == 0)
    try await city.server.command("user", "spaces", "Bram", "TLG,NSP")
    let more = try await device.run("sync")
    #expect(more.status == 0, "\(more.output)\(more.errors)")
    #expect(try await device.fields(id)["name"] as? String == "Nieuw")

    #expect(try await device.run("edit", id, "name=Laatste").status == 0)
    try await city.server.command("user", "spaces", "Bram", "NSP")
    #expect(try await device.run("sync").status == 6)
    let rejected = try await device.tell("rejected") as? [[String: Any]]
    #expect((rejected?.first?["reason"] as? String)?.contains("space TLG") == true)
    #expect(try await device.run("show", id).status == 1)
    let whole = try await city.server.command("dump", "--user", "Bram").output
    #expect(try await device.run("dump").output == whole)
  }

  @Test("loading everything anew keeps what is pending")
  func fullWithPending() async throws {
    let city = try await ContractCity()
    let device = try await city.device("An")
    #expect(try await device.run("edit", "TENT", "website=https://tent.example.be").status == 0)
    let full = try await device.run("sync", "--full")
    #expect(full.status == 0, "\(full.output)\(full.errors)")
    #expect(try await device.fields("TENT")["website"] as? String == "https://tent.example.be")
    withExtendedLifetime(city) {}
  }

  @Test("a wrong clock is told in plain words, also when nothing had to be moved")
  func wrongClock() async throws {
    let city = try await ContractCity()
    let device = try await city.device("An")
    for _ in 0..<2 {
      let (status, output) = try device.run(
        ["sync", "--lang", "en"], environment: ["KAAI_CLOCK_OFFSET_MS": "90000000"])
      #expect(status == 0)
      #expect(output.contains("25 hours ahead"), "\(output)")
    }
    withExtendedLifetime(city) {}
  }
}
