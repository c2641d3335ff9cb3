import CSQLite
import Foundation

/// A database file in a folder of its own, which goes with it; written to as any SQLite tool would.
final class ScratchFile {
  private let folder: URL
  var path: String { folder.appendingPathComponent("data.sqlite").path }

  struct Refused: Error, CustomStringConvertible {
    let description: String
  }

  init() throws {
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("kaai-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit {
    // What cannot be removed is the operating system's to clean.
    try? FileManager.default.removeItem(at: folder)
  }

  func bytes() throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

  func write(_ bytes: Data) throws { try bytes.write(to: URL(fileURLWithPath: path)) }

  func execute(_ statement: String) throws {
    var database: OpaquePointer?
    defer { sqlite3_close(database) }
    guard sqlite3_open(path, &database) == SQLITE_OK,
      sqlite3_exec(database, statement, nil, nil, nil) == SQLITE_OK
    else { throw Refused(description: String(cString: sqlite3_errmsg(database))) }
  }
}
