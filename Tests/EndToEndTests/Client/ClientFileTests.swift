import Foundation
import Testing

/// Files that are damaged, of another program or of another version, two programs on one folder, and
/// disks that are full.
@Suite("The files of kaai", .serialized, .timeLimit(.minutes(10)))
struct ClientFileTests {
  static let commands = [
    ["status"], ["dump"], ["sync"], ["verify"],
    ["add", "organisation", "name=x", "kind=start_up"],
  ]

  @Test(
    "a file that is no database of ours is refused with a sentence and left as it is",
    arguments: ["text", "half", "other", "server", "newer"])
  func wrongFile(what: String) async throws {
    let city = try await City()
    let a = try await city.laptop("Anke")
    try Self.spoil(a, what, city)
    let before = try Data(contentsOf: URL(fileURLWithPath: a.file))
    for command in Self.commands {
      let ending = try await a.run(command)
      #expect(ending.status == 1, "\(command): \(ending.errors)")
      #expect(!ending.isKilled)
      #expect(ending.output.isEmpty, "\(command): \(ending.output)")
      #expect(ending.errors.hasPrefix("kaai: "), "\(command): \(ending.errors)")
      #expect(ending.errors.contains(":"), "\(command): \(ending.errors)")
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: a.file)) == before)
  }

  private static func spoil(_ laptop: Laptop, _ what: String, _ city: City) throws {
    let url = URL(fileURLWithPath: laptop.file)
    for suffix in ["-wal", "-shm"] {
      // There may be none.
      try? FileManager.default.removeItem(atPath: laptop.file + suffix)
    }
    switch what {
    case "text": try Data(String(repeating: "no database ", count: 1_000).utf8).write(to: url)
    case "half":
      let whole = try Data(contentsOf: url)
      try whole.prefix(whole.count / 2).write(to: url)
    case "other":
      try FileManager.default.removeItem(at: url)
      try laptop.sql("CREATE TABLE notes (text)")
    case "server":
      try FileManager.default.removeItem(at: url)
      try FileManager.default.copyItem(
        atPath: city.server.data + "/server.sqlite", toPath: laptop.file)
    default: try laptop.sql("PRAGMA user_version = 99")
    }
  }

  @Test("a damaged replica is put aside for a new one: an older copy would be taken for a clone")
  func damaged() async throws {
    let city = try await City()
    let a = try await city.laptop("Anke")
    try Self.spoil(a, "text", city)
    let ending = try await a.run(["status"])
    #expect(ending.errors.contains("kaai enrol"), "\(ending.errors)")
    #expect(!ending.errors.contains("backup"), "\(ending.errors)")
  }

  @Test("a file that may not be looked at is told as that, and no folder to enrol in")
  func closedFile() async throws {
    let city = try await City()
    let a = try Laptop("Anke")
    // A link to itself: also who may do everything cannot open it.
    try FileManager.default.createDirectory(atPath: a.data, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(atPath: a.file, withDestinationPath: a.file)
    let code = try await city.code("Anke")
    for command in [["status"], ["sync"], ["enrol", city.link.address, code]] {
      let ending = try await a.run(command)
      #expect(ending.status == 1, "\(command)")
      #expect(ending.errors.contains("rights"), "\(command): \(ending.errors)")
      #expect(!ending.errors.contains("kaai enrol"), "\(command): \(ending.errors)")
    }
    try FileManager.default.createSymbolicLink(
      atPath: a.data + "/server.sqlite", withDestinationPath: a.data + "/server.sqlite")
    let closed = try await Program.server.run(["verify", "--data", a.data])
    #expect(closed.status == 1)
    #expect(closed.errors.contains("rights"), "\(closed.errors)")
  }

  @Test("a folder that cannot be made is named with the remedy; the code is not used up")
  func impossibleFolder() async throws {
    let city = try await City()
    let code = try await city.code("Anke")
    let ending = try await Program.client.run(
      ["enrol", city.link.address, code, "--data", "/dev/null/kaai"])
    #expect(ending.status == 1)
    #expect(ending.errors.contains("/dev/null/kaai") && ending.errors.contains("--data"))
    let server = try await Program.server.run(["init", "--data", "/dev/null/kaai"])
    #expect(server.status == 1)
    #expect(server.errors.contains("/dev/null/kaai"), "\(server.errors)")
    try await Laptop("Anke").tell("enrol", city.link.address, code)
  }

  @Test("an enrolment for which the disk has no room does not use the code up")
  func noRoomToEnrol() async throws {
    let city = try await City()
    let code = try await city.code("Anke")
    let a = try Laptop("Anke")
    let ending = try await a.run(["enrol", city.link.address, code], fileLimit: 64)
    #expect(ending.status == 1 && !ending.isKilled)
    #expect(ending.errors.contains("disk is full"), "\(ending.errors)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: a.data).isEmpty)
    try await a.tell("enrol", city.link.address, code)
    try await a.sync()
  }

  @Test("a folder of a newer version says so and names both versions")
  func newer() async throws {
    let city = try await City()
    let a = try await city.laptop("Anke")
    try a.sql("PRAGMA user_version = 99")
    let ending = try await a.run(["status"])
    #expect(ending.errors.contains("newer version"))
    #expect(ending.errors.contains("99"))
    #expect(ending.errors.contains("update"))
  }

  @Test("a copied folder: the second to sync goes on under a new site, with its edits")
  func copiedFolder() async throws {
    let city = try await City()
    let (a, copy) = (try await city.laptop("Anke"), try Laptop("Anke"))
    try FileManager.default.copyItem(atPath: a.data, toPath: copy.data)
    try await a.tell("edit", "Sirris", "website=https://first.example")
    try await copy.tell("edit", "Sirris", "phone=09 251 05 50")
    try await a.sync()
    let sync = try await copy.sync()
    #expect(sync["newSite"].bool == true)
    #expect(sync["inSync"].bool == true)
    #expect(try await copy.tell("status")["pending"].int == 0)
    try await a.sync()
    for laptop in [a, copy] {
      let fields = try await laptop.fields("Sirris")
      #expect(fields["website"].text == "https://first.example")
      #expect(fields["phone"].text == "+3292510550")
    }
    #expect(try await copy.sync()["newSite"].bool == false)
    try await city.expectAgreement()
  }

  @Test("digests that differ are told with the remedy and 1; sync --full heals, the outbox stays")
  func differingDigests() async throws {
    let city = try await City()
    let a = try await city.laptop("Anke")
    let before = try await a.dump()
    try a.sql("UPDATE _digest SET sum = sum + 1")
    let ending = try await a.run(["sync"])
    #expect(ending.status == 1)
    #expect((ending.output + ending.errors).contains("sync --full"))
    #expect(try await a.tell("status")["inSync"].bool == false)
    #expect(try await a.run(["verify"]).status == 1)
    #expect(try await a.run(["sync", "--full"]).status == 0)
    #expect(try await a.dump() == before)
    try await city.expectAgreement()
  }

  @Test("a tool that writes around the program is refused with a sentence; nothing is changed")
  func writeAround() async throws {
    let city = try await City()
    let a = try await city.laptop("Anke")
    let before = try await a.dump()
    for statement in ["UPDATE organisation SET website = NULL", "DELETE FROM hub"] {
      #expect {
        try a.sql(statement)
      } throws: { "\($0)".contains("use kaai add, edit or delete") }
    }
    #expect(try await a.dump() == before)
  }

  @Test("two kaai in one folder: edits at once are all kept, each once")
  func editsAtOnce() async throws {
    let city = try await City()
    let (a, b) = (try await city.laptop("Anke"), try await city.laptop("Bram"))
    let event = try await a.makeWork()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<12 {
        group.addTask { try await a.tell("count", event, "checkedIn", "+\(number + 1)") }
      }
      try await group.waitForAll()
    }
    #expect(try await a.tell("status")["pending"].int == 13)
    try await city.expectAgreement()
    #expect(try await b.fields(event)["checkedIn"].int == 78)
  }

  @Test("two kaai in one folder: syncs at once, with edits between, end well and count once")
  func syncsAtOnce() async throws {
    let city = try await City()
    let (a, b) = (try await city.laptop("Anke"), try await city.laptop("Bram"))
    let event = try await a.makeWork()
    for laptop in [a, b] { try await laptop.sync() }
    for round in 0..<3 {
      try await b.tell("count", event, "checkedIn", "+100")
      try await b.sync()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<3 { group.addTask { try await a.sync() } }
        for number in 0..<3 {
          group.addTask { try await a.tell("count", event, "checkedIn", "+\(round + number)") }
        }
        group.addTask { _ = try await a.run(["sync", "--full"]) }
        try await group.waitForAll()
      }
      try await a.expectSound()
    }
    try await city.expectAgreement()
    #expect(try await b.fields(event)["checkedIn"].int == 318)
  }

  @Test("a disk full at a save, a sync and a reload: a sentence, 1, nothing half; then all works")
  func fullDisk() async throws {
    let city = try await City()
    let (a, b) = (try await city.laptop("Anke"), try await city.laptop("Bram"))
    for number in 0..<30 {
      try await b.add(
        "organisation", "name=Kade \(number)", "kind=start_up",
        "notes=\(String(repeating: "water ", count: 300))")
    }
    try await b.sync()
    try await a.tell("edit", "Sirris", "website=https://kept.example")
    let before = try await a.dump()
    // Less than the file's own size, so that it cannot be moved into either.
    for (command, limit) in [
      (["edit", "Sirris", "website=https://lost.example"], 8), (["sync"], 40),
      (["sync", "--full"], 64),
    ] {
      let ending = try await a.run(command, fileLimit: limit)
      #expect(ending.status == 1, "\(command): \(ending.errors)")
      #expect(!ending.isKilled, "\(command)")
      #expect(ending.output.isEmpty, "\(command): \(ending.output)")
      #expect(ending.errors.contains("disk"), "\(command): \(ending.errors)")
      #expect(try await a.dump() == before, "\(command)")
      #expect(try await a.tell("status")["pending"].int == 1, "\(command)")
      try await a.expectSound()
    }
    try await city.expectAgreement()
    #expect(try await b.fields("Sirris")["website"].text == "https://kept.example")
  }

  @Test("on a disk without any room what only reads works, and what writes says that it is full")
  func noRoomAtAll() async throws {
    let city = try await City()
    let a = try await city.laptop("Anke")
    try await a.sync()
    let id = try #require(try await a.tell("list", "hub", "--limit", "1").items.first?["id"].text)
    for command in [
      ["status"], ["list", "hub", "--limit", "1", "--columns", "code"], ["conflicts"],
      ["rejected"], ["outbox"], ["verify"], ["history", id, "--limit", "0"],
    ] {
      let ending = try await a.run(command, fileLimit: 1)
      #expect(ending.status == 0, "\(command): \(ending.errors)")
    }
    for command in [
      ["add", "organisation", "name=x", "kind=start_up"], ["edit", id, "website="], ["sync"],
      ["delete", id], ["set-add", id, "tags", "x"],
    ] {
      let ending = try await Program.client.run(
        command + ["--lang", "nl", "--data", a.data], fileLimit: 1)
      #expect(ending.status == 1, "\(command): \(ending.errors)")
      #expect(ending.errors.contains("schijf is vol"), "\(command): \(ending.errors)")
      #expect(ending.errors.contains("maak plaats"), "\(command): \(ending.errors)")
    }
    _ = try await city.server.stop()
    for command in [["user", "list"], ["quarantine", "list"], ["verify"]] {
      let ending = try await Program.server.run(
        command + ["--data", city.server.data], fileLimit: 1)
      #expect(ending.status == 0, "\(command): \(ending.errors)")
    }
    let refused = try await Program.server.run(
      ["user", "disable", "Anke", "--data", city.server.data], fileLimit: 1)
    #expect(refused.status == 1)
    #expect(refused.errors.contains("disk is full"), "\(refused.errors)")
    try await city.restart()
    try await city.expectAgreement()
  }

  @Test("a server whose disk is full takes nothing and says so; the laptop sends all again")
  func fullServer() async throws {
    let city = try await City()
    let (a, b) = (try await city.laptop("Anke"), try await city.laptop("Bram"))
    for number in 0..<20 {
      try await a.add(
        "organisation", "name=Kade \(number)", "kind=start_up",
        "notes=\(String(repeating: "water ", count: 1_000))")
    }
    let before = try await city.server.command("dump").output
    _ = try await city.server.stop()
    city.link.lead(to: try await city.server.start(fileLimit: 160))
    let ending = try await a.run(["sync"])
    #expect(ending.status == 3, "\(ending.errors)")
    #expect(ending.errors.contains("disk"), "\(ending.errors)")
    #expect(try await a.tell("status")["pending"].int == 20)
    #expect(city.server.isRunning)
    #expect(try await city.server.command("dump").output == before)
    try await city.restart()
    try await city.expectAgreement()
    #expect(try await b.tell("search", "Kade").items.count >= 20)
  }
}
