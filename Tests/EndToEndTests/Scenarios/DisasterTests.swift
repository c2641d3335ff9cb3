import Foundation
import Testing

/// Disks that are lost, put back or copied: real programs, real files.
@Suite("Disasters", .serialized, .timeLimit(.minutes(10)))
struct DisasterTests {
  @Test(
    "C2: a server put back from a backup is given back what a lost laptop had made, by who received it"
  )
  func restoredServer() async throws {
    let city = try await City()
    let (a, b) = (try await city.laptop("Anke"), try await city.laptop("Bram"))
    let backup = city.server.folder.path("backup.sqlite")
    let made = try await city.server.command("backup", backup)
    #expect(made.status == 0, "\(made.errors)")

    try await b.tell("edit", "Sirris", "website=https://from-bram.example")
    let event = try await b.add(
      "event", "title=Lost and found", "kind=networking", "hub=WINTERCIRCUS",
      "period.start=2026-11-20T09:00",
      "period.end=2026-11-20T17:00")
    for laptop in [b, a] { try await laptop.sync() }
    try await city.putBack(backup)
    try await a.tell("edit", "Sirris", "phone=09 251 05 50")
    let sync = try await a.sync()
    #expect((sync["returned"].int ?? 0) >= 2)
    #expect(sync["inSync"].bool == true)

    let c = try await city.laptop("Chloe")
    #expect(try await c.fields("Sirris")["website"].text == "https://from-bram.example")
    #expect(try await c.fields("Sirris")["phone"].text == "+3292510550")
    #expect(try await c.fields(event)["title"].text == "Lost and found")
    let returned = try JSON(try await city.server.command("returned", "list", "--json").output)
    #expect(
      returned.items.contains { $0["user"].text == "Bram" && $0["returnedBy"].text == "Anke" })
    let report = try JSON(try await city.server.command("verify", "--json").output)
    #expect(report["ok"].bool == true)
    #expect(report["holes"].items.isEmpty)
    try await city.expectAgreement()
  }

  @Test(
    "C3: a backup put back in silence, with the head past a laptop's cursor, is noticed all the same"
  )
  func silentlyRestored() async throws {
    let city = try await City()
    let (a, b) = (try await city.laptop("Anke"), try await city.laptop("Bram"))
    let c = try await city.laptop("Chloe")
    let backup = city.server.folder.path("backup.sqlite")
    try await city.server.command("backup", backup)
    try await b.tell("edit", "Sirris", "website=https://acknowledged.example")
    for laptop in [b, a] { try await laptop.sync() }
    try await city.putBack(backup)
    for number in 0..<4 { try await c.tell("edit", "Sirris", "phone=09 251 05 5\(number)") }
    try await c.sync()
    try await a.sync()
    try await city.expectAgreement()
    for laptop in [a, b, c] {
      let fields = try await laptop.fields("Sirris")
      #expect(fields["website"].text == "https://acknowledged.example", "\(laptop.person)")
      #expect(fields["phone"].text == "+3292510553", "\(laptop.person)")
    }
  }

  @Test(
    "C5: a data directory that was copied goes on under a site of its own: both records are there")
  func copiedDirectory() async throws {
    let city = try await City()
    let first = try await city.laptop("Anke")
    let second = try first.copied()
    let one = try await first.add("organisation", "name=First", "kind=start_up")
    let two = try await second.add("organisation", "name=Second", "kind=start_up")
    #expect(one == two)
    try await first.sync()
    let sync = try await second.sync()
    #expect(sync["newSite"].bool == true)
    #expect(sync["inSync"].bool == true)
    for laptop in [first, second, first] { try await laptop.sync() }
    for laptop in [first, second] {
      #expect(try await laptop.fields("First")["name"].text == "First", "\(laptop.person)")
      #expect(try await laptop.fields("Second")["name"].text == "Second", "\(laptop.person)")
      try await laptop.expectSound()
    }
    #expect(try await first.dump() == second.dump())
    #expect(
      try await first.tell("status")["site"].text != second.tell("status")["site"].text)
    try await city.expectAgreement()
  }
}

extension City {
  /// The server's disk is lost, and a backup takes its place.
  func putBack(_ backup: String) async throws {
    _ = try await server.stop()
    let file = server.data + "/server.sqlite"
    for end in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: file + end)  // There need not be one.
    }
    try FileManager.default.copyItem(atPath: backup, toPath: file)
    try await restart()
  }
}

extension Laptop {
  /// Another laptop with a copy of this one's data directory.
  func copied() throws -> Laptop {
    let copy = try Laptop("\(person) (copy)")
    try FileManager.default.copyItem(atPath: data, toPath: copy.data)
    return copy
  }
}
