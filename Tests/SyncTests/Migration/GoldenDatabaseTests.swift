import CSQLite
import CityModel
import ClientCore
import Foundation
import Protocol
import ServerApp
import Testing

@testable import Storage

private typealias C = GoldenCity

/// Databases of every format so far, opened by the present program.
@Suite("Databases of earlier formats")
struct GoldenDatabaseTests {
  private func scalar(_ path: String, _ sql: String) throws -> Int64? {
    var handle: OpaquePointer?
    #expect(sqlite3_open(path, &handle) == SQLITE_OK)
    return try Connection(owning: try #require(handle)).scalar(sql)
  }

  @Test(
    "a file is brought up in place, with the file as it was beside it",
    arguments: GoldenDatabases.all, [Database.Role.server, .device])
  func inPlace(golden: GoldenDatabases, role: Database.Role) throws {
    let folder = try golden.copy()
    defer { try? FileManager.default.removeItem(at: folder) }  // Temporary files.
    let path = folder.appending(path: role == .server ? "server.sqlite" : "laptop.sqlite").path
    let before = try scalar(path, "SELECT count(*) FROM _transaction")
    try Database(path: path, role: role, model: CityModel.model, create: false).close()
    #expect(try scalar(path, "PRAGMA user_version") == Int64(Schema.format))
    let backup = MigrationBackup.path(of: path, format: golden.format)
    let others = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.contains(".format-") }
    guard golden.format < Schema.format else {
      #expect(others == [], "nothing was migrated")
      return
    }
    #expect(others == [URL(filePath: backup).lastPathComponent])
    #expect(try scalar(backup, "PRAGMA user_version") == Int64(golden.format))
    #expect(try scalar(backup, "SELECT count(*) FROM _transaction") == before)
    #expect(try scalar(backup, "SELECT count(*) FROM pragma_integrity_check") == 1)
    // A second opening has nothing to do.
    try FileManager.default.removeItem(atPath: backup)
    try Database(path: path, role: role, model: CityModel.model, create: false).close()
    #expect(!FileManager.default.fileExists(atPath: backup))
  }

  @Test(
    "a migrated laptop shows its records, conflicts, history and outbox",
    arguments: GoldenDatabases.all)
  func laptop(golden: GoldenDatabases) throws {
    let world = try golden.world()
    let laptop = try world.device(opening: "laptop")
    #expect(try laptop.checkInvariants() == [])
    #expect(try laptop.replica.verify() == [])
    try laptop.look { (engine: Engine) throws in
      let company = try C.fields(C.organisation, "Quay Robotics", in: engine)
      #expect(company["website"] == .scalar("https://pending.example"))
      #expect(company["sectors"] == .set(["healthtech"]))
      #expect(
        company["headcount"]
          == .map([.init(key: 2025, value: 12), .init(key: 2026, value: 21)]))
      let notes: Value =
        golden.hasTextConflict ? "The long quay floods." : "The long quay floods. Often."
      #expect(company["notes"] == .scalar(notes))
      let event = try C.fields(C.event, "Open Kade", in: engine)
      #expect(event["checkedIn"] == .counter(49))
      #expect(event["status"] == .scalar("confirmed"))
      let report = try C.fields(C.siteReport, "Lamp broken", in: engine)
      #expect(report["severity"] == .scalar("danger"))
      #expect(report["status"] == .scalar("in_progress"))
      #expect(
        try C.fields(C.organisation, "Revived", in: engine)["website"]
          == .scalar("https://b.example"))
      #expect(try C.fields(C.organisation, "Gone", in: engine) == [:])
      #expect(try C.count(C.organisation, in: engine) == 4)
      #expect(try C.count(C.followUp, in: engine) == 1)
    }
    let conflicts = try laptop.conflicts()
    let name = try #require(conflicts.first { $0.tag == 16 })
    #expect(name.winner?.value == "Quay Robotics")
    #expect(name.losers.map(\.value) == ["Kade Robots"])
    #expect(name.losers.map(\.user) == ["Bram"])
    #expect(conflicts.contains { $0.tag == Field.lifeTag })
    let texts = conflicts.filter { $0.tag == 44 }.flatMap { $0.losers.map(\.value) }
    #expect(texts == (golden.hasTextConflict ? ["The quay floods. Often."] : []))
    #expect(try laptop.replica.rejected().map(\.reason) == [.noRight])
    #expect(try laptop.replica.outbox().count == 5)
    #expect(try laptop.replica.status().pending == 5)
    let history = try laptop.replica.history(HistoryQuery(row: name.record, limit: 100))
    #expect(history.count >= 6)
    #expect(Set(history.map(\.user)) == ["Anke", "Bram"])
  }

  @Test(
    "a migrated server has its log, its people, its quarantine and its dead",
    arguments: GoldenDatabases.all)
  func server(golden: GoldenDatabases) throws {
    let world = try golden.world()
    let problems = try world.checkInvariants()
    #expect(problems == [])
    #expect(try world.store.verify().problems == [])
    #expect(try world.store.verify().head == 25)
    #expect(try world.store.accounts().map(\.name).sorted() == ["Anke", "Bram"])
    #expect(try world.store.devices().count == 2)
    let refused = try world.store.quarantine()
    #expect(refused.map(\.reason) == [.noRight])
    #expect(refused.map(\.userName) == ["Anke"])
    try world.store.database.read { (engine: Engine) throws in
      #expect(try engine.connection.scalar("SELECT count(*) FROM _grave") == 1)
      #expect(
        try C.fields(C.organisation, "Quay Robotics", in: engine)["website"]
          == .scalar("https://new.example"))
      #expect(try C.fields(C.event, "Open Kade", in: engine)["checkedIn"] == .counter(44))
    }
  }

  @Test(
    "a migrated laptop and a migrated server sync: what waited arrives, both agree",
    arguments: GoldenDatabases.all, [false, true])
  func synced(golden: GoldenDatabases, isReload: Bool) throws {
    let world = try golden.world()
    let laptop = try world.device(opening: "laptop")
    let summary = try laptop.sync(full: isReload)
    #expect(summary.agrees == true)
    #expect(summary.refused == 0)
    #expect(summary.merged == 5)
    for database in [world.store.database, laptop.replica.database] {
      try database.read { (engine: Engine) throws in
        let company = try C.fields(C.organisation, "Quay Robotics", in: engine)
        #expect(company["website"] == .scalar("https://pending.example"))
        let event = try C.fields(C.event, "Open Kade", in: engine)
        #expect(event["checkedIn"] == .counter(49))
        #expect(event["capacity"] == .scalar(600))
        #expect(
          try C.fields(C.organisation, "Made offline", in: engine)["sectors"] == .set(["biotech"]))
        var bodies: [FieldValue?] = []
        try engine.forEachRecord(C.visit) {
          bodies.append($0.fields[25])
          return true
        }
        #expect(bodies == [.scalar("They grow fast.")])
      }
    }
    try world.expectAgreement(laptop)
    // Who comes new loads the same from the log of that time.
    let fresh = try world.device("new laptop", user: "Anke")
    try world.expectAgreement(fresh, laptop)
  }

  @Test(
    "both values of a text that was a register stand until somebody edits it",
    arguments: GoldenDatabases.all.filter(\.hasTextConflict))
  func textConflict(golden: GoldenDatabases) throws {
    let world = try golden.world()
    let laptop = try world.device(opening: "laptop")
    let fresh = try world.device("new laptop", user: "Anke")
    try world.syncAll(laptop, fresh)
    let entry = try #require(try fresh.conflicts().first { $0.tag == 44 })
    #expect(try laptop.conflicts().contains(entry))
    let change = try #require(
      TextChange(TextDiff.edits(from: "The long quay floods.", to: "The long quay floods. Often.")))
    try laptop.apply(.edit(C.organisation, entry.record, 44, change, of: nil))
    try world.expectAgreement(laptop, fresh)
    for device in [laptop, fresh] {
      #expect(try !device.conflicts().contains { $0.tag == 44 })
      #expect(
        try device.shown(entry.record, 44, C.organisation)
          == .scalar("The long quay floods. Often."))
    }
  }
}
