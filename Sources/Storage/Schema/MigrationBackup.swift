import CSQLite
import Glibc
import Protocol

/// The copy of a file of an older format that stays beside it when it is migrated: `NAME.format-3`.
///
/// Made while the migration holds the write lock and has written nothing, so that it is the state that
/// the migration begins with. It is written under another name first and renamed when it is synced to
/// disk: what stands under its name is whole. A copy of an earlier migration is replaced. Whoever goes
/// back to the older program puts it in the place of the file.
struct MigrationBackup {
  private let source: String
  private let target: String

  init(of path: String, format: Int) {
    source = path
    target = Self.path(of: path, format: format)
  }

  static func path(of path: String, format: Int) -> String { "\(path).format-\(format)" }

  func make() throws(StorageError) {
    let unfinished = target + ".part"
    for end in ["", "-journal"] { unlink(unfinished + end) }
    do throws(StorageError) {
      try copy(to: unfinished)
      guard rename(unfinished, target) == 0 else {
        throw .cannotOpen(String(cString: strerror(errno)))
      }
    } catch {
      unlink(unfinished)
      throw error
    }
  }

  /// Through a connection of its own, which sees what was committed, as the one that holds the lock does.
  private func copy(to path: String) throws(StorageError) {
    let from = try Self.open(source, SQLITE_OPEN_READWRITE)
    defer { sqlite3_close_v2(from) }
    let to = try Self.open(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)
    defer { sqlite3_close_v2(to) }
    sqlite3_exec(to, "PRAGMA synchronous = FULL", nil, nil, nil)
    guard let backup = sqlite3_backup_init(to, "main", from, "main") else {
      throw StorageError(code: sqlite3_errcode(to), message: String(cString: sqlite3_errmsg(to)))
    }
    let step = sqlite3_backup_step(backup, -1)
    let finish = sqlite3_backup_finish(backup)
    guard step == SQLITE_DONE, finish == SQLITE_OK else {
      let code = finish == SQLITE_OK ? step : finish
      throw StorageError(code: code, message: String(cString: sqlite3_errstr(code)))
    }
  }

  private static func open(_ path: String, _ flags: Int32) throws(StorageError) -> OpaquePointer {
    var opened: OpaquePointer?
    let code = sqlite3_open_v2(path, &opened, flags | SQLITE_OPEN_NOMUTEX, nil)
    guard let opened, code == SQLITE_OK else {
      sqlite3_close_v2(opened)
      throw StorageError(code: code, message: String(cString: sqlite3_errstr(code)))
    }
    sqlite3_busy_timeout(opened, 20_000)
    return opened
  }
}
