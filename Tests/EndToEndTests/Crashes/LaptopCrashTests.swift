import Foundation
import Storage
import Testing

/// kill -9 at named points of real programs: what was acknowledged is there, what was not waits in
/// the outbox, and all agree afterwards.
@Suite("Crashes of a laptop", .serialized, .timeLimit(.minutes(15)))
struct LaptopCrashTests {
  @Test(
    "an edit whose save crashed is wholly there or wholly not, and never half",
    arguments: [CrashPoint.saveShown, .saveKept, .saveCommitted])
  func save(point: CrashPoint) async throws {
    let city = try await City()
    let (a, b) = (try await city.laptop("Anke"), try await city.laptop("Bram"))
    try await a.tell("edit", "Sirris", "website=https://first.example")
    let before = try await a.dump()

    let edit = ["edit", "Sirris", "website=https://second.example", "phone=09 251 05 50"]
    try await a.expectCrash(edit, at: point)
    try await a.expectSound()
    let isSaved = point == .saveCommitted
    #expect(try await a.tell("status")["pending"].int == (isSaved ? 2 : 1))
    #expect(try await a.dump() == before || isSaved)

    try await city.expectAgreement()
    let fields = try await b.fields("Sirris")
    #expect(fields["website"].text == "https://\(isSaved ? "second" : "first").example")
    #expect(fields["phone"].text == (isSaved ? "+3292510550" : nil))
  }

  @Test(
    "a sync that crashes on the laptop loses nothing and counts nothing twice",
    arguments: [
      CrashPoint.syncAsked, .syncAnswered, .applyTakenOff, .applyOutcomes, .applyPaged, .applyDone,
      .syncApplied,
    ])
  func clientSync(point: CrashPoint) async throws {
    let city = try await City()
    let (a, b) = (try await city.laptop("Anke"), try await city.laptop("Bram"))
    let event = try await b.makeWork()
    for laptop in [b, a] { try await laptop.sync() }
    try await b.tell("count", event, "checkedIn", "+3")
    try await b.sync()
    try await a.tell("count", event, "checkedIn", "+4")
    try await a.tell("edit", event, "title=From Anke")

    try await a.expectCrash(["sync"], at: point)
    try await a.expectSound()
    let status = try await a.tell("status")
    // Only what is committed with its outcome has left the outbox.
    #expect(status["pending"].int == (point == .syncApplied ? 0 : 2))
    #expect(try await a.fields(event)["title"].text == "From Anke")
    let counted = try await a.fields(event)["checkedIn"].int
    #expect(counted == (point == .syncApplied ? 7 : 4))

    try await city.expectAgreement()
    #expect(try await b.fields(event)["checkedIn"].int == 7)
  }

  @Test("a first sync that crashes between its pages goes on where it was", arguments: [1, 2])
  func betweenPages(time: Int) async throws {
    let city = try await City()
    let a = try Laptop("Anke")
    try await a.tell("enrol", city.link.address, try await city.code("Anke"))
    let b = try await city.laptop("Bram")
    for number in 0..<9 {
      let notes = String(repeating: "water \(number) ", count: 1_000)
      try await b.add("organisation", "name=Kade \(number)", "kind=start_up", "notes=\(notes)")
    }
    try await b.sync()
    // The smallest pages, so that there are several.
    try a.sql("INSERT OR REPLACE INTO _meta VALUES ('pageBytes', 1)")
    try await a.expectCrash(["sync"], at: .syncApplied, time: time)
    try await a.expectSound()
    let cursor = Int(try await a.tell("status")["cursor"].text ?? "") ?? 0
    #expect(cursor > 0)
    #expect(try await a.tell("status")["inSync"].bool == false)
    try await a.sync()
    try await a.expectSound()
    #expect(try await a.dump() == (try await city.server.command("dump", "--user", "Anke").output))
  }

  @Test(
    "a reload that crashes shows the old state or the new one, and the outbox stays",
    arguments: [
      CrashPoint.syncAsked, .reloadStaged, .syncApplied, .reloadEmptied, .applyPaged, .applyDone,
    ])
  func reload(point: CrashPoint) async throws {
    let city = try await City()
    let (a, b) = (try await city.laptop("Anke"), try await city.laptop("Bram"))
    let event = try await b.makeWork()
    for laptop in [b, a] { try await laptop.sync() }
    try await a.tell("count", event, "checkedIn", "+4")
    let before = try await a.dump()

    try await a.expectCrash(["sync", "--full"], at: point)
    try await a.expectSound()
    #expect(try await a.dump() == before)
    try await a.sync()
    try await city.expectAgreement()
    #expect(try await b.fields(event)["checkedIn"].int == 4)
  }
}

extension Laptop {
  /// Runs a command that must die at the point.
  func expectCrash(
    _ arguments: [String], at point: CrashPoint, time: Int = 1,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let ending = try await run(arguments, crashAt: "\(point.rawValue):\(time)")
    #expect(
      ending.isKilled && ending.status == SIGKILL, "\(point.rawValue) was not reached",
      sourceLocation: sourceLocation)
  }

  /// Starts a command and ends it with SIGKILL as soon as something is so.
  func runUntil(_ arguments: [String], _ condition: () -> Bool) async throws -> Bool {
    let log = try TemporaryFolder()
    let process = try Program.client.start(arguments + ["--data", data], in: log)
    defer { process.send(SIGKILL) }
    try await eventually { condition() || !process.isRunning }
    return condition()
  }

  /// An event of the Wintercircus to work on. Returns its id.
  func makeWork() async throws -> String {
    try await add(
      "event", "title=Havendag", "kind=networking", "hub=WINTERCIRCUS",
      "period.start=2026-10-20T09:00", "period.end=2026-10-20T17:00")
  }
}
