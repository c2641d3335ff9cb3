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

  @Test(
    "a laptop that is killed while its file is brought up has the file of before, and goes on",
    arguments: [1, 2, 3], [CrashPoint.migrationBegun, .migrationDone])
  func laptop(format: Int32, point: CrashPoint) async throws {
    let anke = try Laptop("Anke")
    try FileManager.default.createDirectory(
      atPath: anke.data, withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      atPath: Self.golden.appending(path: "format-\(format)/laptop.sqlite").path,
      toPath: anke.file)
    let ending = try await anke.run(["status", "--json"], crashAt: point.rawValue)
    #expect(ending.isKilled)
    #expect(try number("PRAGMA user_version", in: anke.file) == format)
    #expect(try number("SELECT count(*) FROM organisation", in: anke.file) == 4)
    #expect(try number("PRAGMA user_version", in: "\(anke.file).format-\(format)") == format)
    // The next start does it.
    let status = try await anke.tell("status")
    #expect(status["pending"].int == 5)
    #expect(try number("PRAGMA user_version", in: anke.file) > 3)
    #expect(try await anke.run(["verify"]).status == 0)
  }
}
