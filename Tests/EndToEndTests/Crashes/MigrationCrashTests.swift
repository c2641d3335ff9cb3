import CSQLite
import Foundation
import Storage
import Testing

/// A file of an older format is brought up by one transaction: whoever is killed in it leaves the file
/// as it was.
@Suite("Migrations that are interrupted")
struct MigrationCrashTests {
  private static let golden = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "SyncTests/Golden/databases")

  private func number(_ sql: String, in path: String) throws -> Int32 {
    var database: OpaquePointer?
    var statement: OpaquePointer?
    defer {
      sqlite3_finalize(statement)
      sqlite3_close(database)
    }
    #expect(sqlite3_open(path, &database) == SQLITE_OK)
    #expect(sqlite3_prepare_v2(database, sql, -1, &statement, nil) == SQLITE_OK)
    #expect(sqlite3_step(statement) == SQLITE_ROW)
    return sqlite3_column_int(statement, 0)
  }

  /// A laptop whose file is one of an older format.
  private func laptop(_ format: Int) throws -> Laptop {
    let anke = try Laptop("Anke")
    try FileManager.default.createDirectory(atPath: anke.data, withIntermediateDirectories: true)
    try copy("laptop", format, to: anke.file)
    return anke
  }

  private func copy(_ name: String, _ format: Int, to path: String) throws {
    try FileManager.default.copyItem(
      atPath: Self.golden.appending(path: "format-\(format)/\(name).sqlite").path, toPath: path)
  }

  private func format(of path: String) throws -> Int {
    Int(try number("PRAGMA user_version", in: path))
  }

  @Test(
    "a laptop that is killed while its file is brought up has the file of before, and goes on",
    arguments: [1, 2, 3], [CrashPoint.migrationBegun, .migrationDone])
  func laptop(format: Int, point: CrashPoint) async throws {
    let anke = try laptop(format)
    let ending = try await anke.run(["status", "--json"], crashAt: point.rawValue)
    #expect(ending.isKilled)
    #expect(try self.format(of: anke.file) == format)
    #expect(try number("SELECT count(*) FROM organisation", in: anke.file) == 4)
    #expect(try self.format(of: "\(anke.file).format-\(format)") == format)
    // The next start does it.
    let status = try await anke.tell("status")
    #expect(status["pending"].int == 5)
    #expect(try self.format(of: anke.file) > 3)
    #expect(try await anke.run(["verify"]).status == 0)
  }

  @Test(
    "a server that is killed while its file is brought up has the file of before, and goes on",
    arguments: [1, 2, 3])
  func server(format: Int) async throws {
    let folder = try TemporaryFolder()
    let file = folder.path("server.sqlite")
    try copy("server", format, to: file)
    func run(_ environment: [String: String] = [:]) async throws -> Program.Ending {
      try await Program.server.run(
        ["verify", "--data", folder.url.path, "--json"], environment: environment)
    }
    let ending = try await run(["KAAI_CRASH_AT": CrashPoint.migrationDone.rawValue])
    #expect(ending.isKilled)
    #expect(try self.format(of: file) == format)
    #expect(try number("SELECT count(*) FROM _transaction", in: file) == 25)
    #expect(try self.format(of: "\(file).format-\(format)") == format)
    #expect(try await run().status == 0)
    #expect(try self.format(of: file) > 3)
  }

  @Test("where the disk has no room for the copy, the file stays as it is and nothing is lost")
  func noRoom() async throws {
    let anke = try laptop(3)
    let before = try Data(contentsOf: URL(filePath: anke.file))
    let ending = try await anke.run(["status"], fileLimit: before.count / 1_024 / 2)
    #expect(ending.status == 1)
    #expect(ending.errors.contains("disk is full"), "\(ending.errors)")
    #expect(try format(of: anke.file) == 3)
    #expect(!FileManager.default.fileExists(atPath: "\(anke.file).format-3"))
    #expect(try await anke.tell("status")["pending"].int == 5)
  }

  @Test("of two values of a note, left by an older program, one is chosen like any other")
  func twoTexts() async throws {
    let anke = try laptop(1)
    let conflicts = try await anke.tell("conflicts")
    let note = try #require(conflicts.items.first { $0["field"].text == "notes" })
    let id = try #require(note["id"].text)
    // What stands there is no change.
    #expect(try await anke.run(["resolve", id, "--keep"]).status == 2)
    try await anke.tell("resolve", id, "--pick", "1")
    #expect(try await anke.fields("Quay Robotics")["notes"].text == "The quay floods. Often.")
  }
}
