import Foundation
import Storage
import Testing

/// kill -9 at named points of a serving process and of an admin's command, and a restart in the
/// middle of a sync: what was acknowledged is there, and laptops go on.
@Suite("Crashes of the server", .serialized, .timeLimit(.minutes(15)))
struct ServerCrashTests {
  @Test(
    "a server that crashes in a merge has all of a request or nothing; the laptop sends again",
    arguments: [
      (CrashPoint.mergeAccepted, 1), (.mergeAccepted, 2), (.mergeQuarantined, 1), (.mergeDone, 1),
      (.mergeCommitted, 1),
    ])
  func merge(point: CrashPoint, time: Int) async throws {
    let city = try await City()
    let (a, r) = (try await city.laptop("Anke"), try await city.laptop("Ruben"))
    let event = try await a.makeWork()
    try await a.sync()
    try await r.sync()
    try await r.tell("count", event, "checkedIn", "+4")
    try await r.tell("edit", "Sirris", "website=https://ruben.example")
    try await r.tell("count", event, "checkedIn", "+2")
    let before = try await city.server.command("dump").output

    try await city.restart(environment: ["KAAI_CRASH_AT": "\(point.rawValue):\(time)"])
    let crashed = try await r.runUntil(["sync"]) { !city.server.isRunning }
    #expect(crashed)
    #expect(try await r.tell("status")["pending"].int == 3)
    let after = try await city.server.command("dump").output
    #expect((after == before) == (point != .mergeCommitted))
    try await city.server.expectSound()

    try await city.restart()
    // A repeated answer says again what was not accepted.
    #expect(try await r.run(["sync"]).status == 6)
    try await city.expectAgreement()
    #expect(try await a.fields(event)["checkedIn"].int == 6)
    #expect(try await r.tell("rejected").items.count == 1)
    let quarantine = try await city.server.command("quarantine", "list", "--json").output
    #expect(try JSON(quarantine).items.count == 1)
  }

  @Test("an enrolment that crashes on either side leaves a folder that takes a new code")
  func enrolment() async throws {
    let city = try await City()
    let a = try Laptop("Anke")
    let first = try await city.code("Anke")
    try await a.expectCrash(["enrol", city.link.address, first], at: .enrolAnswered)
    let used = try await a.run(["enrol", city.link.address, first])
    #expect(used.status == 4)
    #expect(used.errors.contains("used"))
    #expect(try await a.run(["status"]).status == 1)

    let second = try await city.code("Anke")
    try await city.restart(environment: ["KAAI_CRASH_AT": CrashPoint.enrolCommitted.rawValue])
    let lost = try await a.run(["enrol", city.link.address, second])
    #expect(lost.status == 3)
    try await city.restart()
    try await a.tell("enrol", city.link.address, try await city.code("Anke"))
    try await a.sync()
    #expect(try await a.dump() == (try await city.server.command("dump", "--user", "Anke").output))
  }

  @Test("an admin's command that crashes leaves the log whole, and can be given again")
  func admin() async throws {
    let city = try await City()
    let a = try await city.laptop("Anke")
    let crashed = try await Program.server.run(
      ["user", "add", "Eva", "--role", "reader", "--spaces", "*", "--data", city.server.data],
      environment: ["KAAI_CRASH_AT": CrashPoint.adminAccepted.rawValue])
    #expect(crashed.isKilled)
    try await city.server.expectSound()
    let again = try await city.server.command(
      "user", "add", "Eva", "--role", "reader", "--spaces", "*")
    #expect(again.status == 0, "\(again.errors)")
    try await city.expectAgreement()
    #expect(try await a.tell("list", "staff", "--where", "displayName=Eva").items.count == 1)
  }

  @Test(
    "an init that crashes leaves no server, and can be given again",
    arguments: [CrashPoint.serverBegun, .serverMade])
  func initialise(point: CrashPoint) async throws {
    let server = try await TestServer(isReady: false)
    let crashed = try await Program.server.run(
      ["init", "--data", server.data], environment: ["KAAI_CRASH_AT": point.rawValue])
    #expect(crashed.isKilled)
    let missing = try await server.command("verify")
    #expect(missing.errors.contains("kaai-server init"))
    let again = try await server.command("init")
    #expect(again.status == 0, "\(again.errors)")
    try await server.expectSound()
    let names = try FileManager.default.contentsOfDirectory(atPath: server.data)
    #expect(!names.contains { $0.contains(".new") }, "\(names)")
  }

  @Test("a server that crashes while it opens an epoch starts again, and laptops go on")
  func epoch() async throws {
    let city = try await City()
    let a = try await city.laptop("Anke")
    try await a.tell("edit", "Sirris", "website=https://anke.example")
    _ = try await city.server.stop()
    let crashed = try await Program.server.run(
      ["serve", "--listen", "127.0.0.1:0", "--data", city.server.data],
      environment: ["KAAI_CRASH_AT": CrashPoint.epochOpened.rawValue])
    #expect(crashed.isKilled)
    try await city.restart()
    try await city.expectAgreement()
    #expect(try await a.tell("status")["pending"].int == 0)
  }

  @Test("a server that is stopped and started in the middle of a sync: the same sync goes on")
  func restart() async throws {
    let city = try await City()
    let a = try Laptop("Anke")
    try await a.tell("enrol", city.link.address, try await city.code("Anke"))
    try a.sql("INSERT OR REPLACE INTO _meta VALUES ('pageBytes', 1)")
    let begun = city.link.count.down
    let log = try TemporaryFolder()
    // Every answer is cut, so the sync cannot have ended when the server does.
    city.link.fault = .cutsEvery(300)
    let process = try Program.client.start(["sync", "--data", a.data], in: log)
    try await eventually { city.link.count.down > begun }
    _ = try await city.server.stop()
    city.link.lead(to: try await city.server.start())
    city.link.fault = .none
    try await eventually(within: .seconds(60)) { !process.isRunning }
    let said = try log.text("err")
    #expect(process.terminationStatus == 0, "\(said)")
    #expect(try await a.dump() == (try await city.server.command("dump", "--user", "Anke").output))
  }
}
