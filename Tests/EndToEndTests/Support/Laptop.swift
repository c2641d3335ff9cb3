import CSQLite
import Foundation
import Testing

/// One person's laptop: `kaai` with a data directory of its own.
final class Laptop: Sendable {
  let person: String
  let folder: TemporaryFolder

  struct Unexpected: Error, CustomStringConvertible {
    let description: String
  }

  init(_ person: String) throws {
    self.person = person
    folder = try TemporaryFolder()
  }

  var data: String { folder.path("data") }
  var file: String { data + "/replica.sqlite" }

  /// Runs to the end, whatever the end is.
  func run(
    _ arguments: [String], clock: Int = 0, crashAt point: String? = nil, fileLimit: Int? = nil
  ) async throws -> Program.Ending {
    var environment = ["KAAI_CLOCK_OFFSET_MS": String(clock)]
    environment["KAAI_CRASH_AT"] = point
    return try await Program.client.run(
      arguments + ["--data", data, "--lang", "en"], environment: environment,
      fileLimit: fileLimit)
  }

  /// Runs what must end with one of these codes. Returns what it printed for machines.
  @discardableResult
  func tell(_ arguments: String..., clock: Int = 0, ends codes: Set<Int32> = [0]) async throws -> JSON {
    let ending = try await run(arguments + ["--json"], clock: clock)
    guard !ending.isKilled, codes.contains(ending.status) else {
      throw Unexpected(
        description: "\(person): kaai \(arguments) ended with \(ending.status): \(ending.errors)")
    }
    return try JSON(ending.output.isEmpty ? "{}" : ending.output)
  }

  func add(_ arguments: String..., clock: Int = 0) async throws -> String {
    let ending = try await run(["add"] + arguments + ["--json"], clock: clock)
    guard ending.status == 0, let id = try JSON(ending.output)["id"].text else {
      throw Unexpected(description: "\(person): kaai add \(arguments): \(ending.errors)")
    }
    return id
  }

  @discardableResult
  func sync(clock: Int = 0, ends codes: Set<Int32> = [0]) async throws -> JSON {
    try await tell("sync", clock: clock, ends: codes)
  }

  func fields(_ name: String) async throws -> JSON { try await tell("show", name)["fields"] }

  func dump() async throws -> String {
    let ending = try await run(["dump"])
    guard ending.status == 0 else {
      throw Unexpected(description: "\(person): kaai dump: \(ending.errors)")
    }
    return ending.output
  }

  /// Changes the database behind the program's back, as a fault or another version would.
  func sql(_ statement: String) throws {
    var database: OpaquePointer?
    defer { sqlite3_close(database) }
    guard sqlite3_open(file, &database) == SQLITE_OK,
      sqlite3_exec(database, statement, nil, nil, nil) == SQLITE_OK
    else { throw Unexpected(description: String(cString: sqlite3_errmsg(database))) }
  }
}
