import CSQLite
import Storage

/// A database without Kaai: SQLite's C calls with the same pragmas, prepared statements, texts
/// bound from their bytes.
final class PlainSQLite {
  let connection: Connection
  private let handle: OpaquePointer

  init(_ path: String) throws {
    var pointer: OpaquePointer?
    let code = sqlite3_open_v2(
      path, &pointer, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nil)
    guard code == SQLITE_OK, let pointer else { throw StorageError.cannotOpen(path) }
    handle = pointer
    connection = Connection(borrowing: pointer)
    try connection.execute("PRAGMA journal_mode=WAL")
    for pragma in Database.pragmas(.device) { try connection.execute("PRAGMA \(pragma)") }
  }

  func close() {
    connection.finalizeStatements()
    sqlite3_close_v2(handle)
  }

  /// Runs `body` on a database for a moment: to look into a file that Kaai has closed or not.
  static func open<Result>(_ path: String, _ body: (Connection) throws -> Result) throws -> Result {
    let plain = try PlainSQLite(path)
    defer { plain.close() }
    return try body(plain.connection)
  }

  /// The size of a database file, its WAL moved into it first.
  static func megabytes(_ path: String) throws -> Double {
    try open(path) { connection in
      try connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
      let pages = try connection.scalar("PRAGMA page_count") ?? 0
      return Double(pages * (try connection.scalar("PRAGMA page_size") ?? 0)) / 1e6
    }
  }

  func transaction(_ body: () throws -> Void) throws {
    try connection.execute("BEGIN IMMEDIATE")
    try body()
    try connection.execute("COMMIT")
  }
}
