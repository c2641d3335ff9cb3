import CSQLite
import Protocol

/// Whether a file is a database of this program, of this end and of a version it knows.
///
/// Looked at before the file is opened for work, because that alone would change it: what is not ours
/// is left as it is, to the byte.
struct FileCheck {
  let role: Database.Role
  let model: Model

  /// Throws when the file must not be worked on; an empty file may.
  func inspect(_ path: String) throws {
    do {
      try inspect(path, before: nil)
    } catch StorageError.diskFull {
      // No room for the index of a WAL: alone, it is kept in memory.
      try inspect(path, before: Self.aloneInMemory)
    }
  }

  /// Keeps other processes out, and the index of the WAL in memory, in no file.
  static let aloneInMemory = "PRAGMA locking_mode=EXCLUSIVE"

  private func inspect(_ path: String, before: String?) throws {
    let connection = try open(path, before: before)
    let found = try version(connection)
    let tables = try connection.scalar("SELECT count(*) FROM sqlite_master") ?? 0
    if found == 0, tables == 0 { return }
    guard
      found > 0,
      try connection.scalar("SELECT 1 FROM sqlite_master WHERE name = '_meta'") != nil
    else { throw StorageError.corrupt("the file is a database of another program") }
    _ = try isCurrent(connection)
  }

  /// Whether a file needs nothing written to it before it can be worked on.
  func isWhole(_ connection: Connection) throws -> Bool {
    try version(connection) == Schema.format && isCurrent(connection)
  }

  private func open(_ path: String, before: String?) throws -> Connection {
    var opened: OpaquePointer?
    let code = sqlite3_open_v2(
      path, &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nil)
    guard let opened, code == SQLITE_OK else {
      sqlite3_close_v2(opened)
      throw StorageError(code: code, message: String(cString: sqlite3_errstr(code)))
    }
    sqlite3_busy_timeout(opened, 20_000)
    let connection = Connection(owning: opened)
    if let before { try connection.execute(before) }
    return connection
  }

  /// The format's version in the file; 0 before it has one.
  func version(_ connection: Connection) throws -> Int {
    let found = Int(try connection.scalar("PRAGMA user_version") ?? 0)
    guard found <= Schema.format else {
      throw StorageError.newerFormat(found: found, known: Schema.format)
    }
    return found
  }

  /// Whether the file has all that this version of the model needs.
  func isCurrent(_ connection: Connection) throws -> Bool {
    let statement = try connection.statement(
      "SELECT key, value FROM _meta WHERE key IN ('model', 'role', 'modelVersion')")
    defer { statement.reset() }
    var facts: [String: String] = [:]
    while try statement.step() { facts[statement.text(0)] = statement.text(1) }
    if let found = facts["model"], found != model.name {
      throw StorageError.otherModel(found: found, expected: model.name)
    }
    if let found = facts["role"], found != role.rawValue {
      throw StorageError.otherModel(found: found, expected: role.rawValue)
    }
    return facts["modelVersion"] == String(model.version)
  }
}
