import CSQLite

/// What can go wrong with the database file. Each case has one remedy, told at the edge.
public enum StorageError: Error, Equatable, Sendable {
  /// Another process holds the write lock longer than the time-out: try again.
  case busy
  /// No room on the disk: free some; nothing of the transaction was kept.
  case diskFull
  /// The file cannot be read as a database, or is damaged: put a backup back.
  case corrupt(String)
  /// The file, or the folder, may not be written.
  case readOnly(String)
  case cannotOpen(String)
  /// The database was written by a newer version of Kaai: update.
  case newerFormat(found: Int, known: Int)
  /// The database belongs to another model.
  case otherModel(found: String, expected: String)
  /// The folder holds no database of this kind.
  case missing(String)
  /// Somebody wrote around the engine.
  case refusedByGuard(String)
  /// A statement failed for a reason that is our bug.
  case sql(code: Int32, message: String)

  init(code: Int32, message: String) {
    switch code & 0xFF {
    case SQLITE_BUSY, SQLITE_LOCKED: self = .busy
    case SQLITE_FULL: self = .diskFull
    case SQLITE_CORRUPT, SQLITE_NOTADB: self = .corrupt(message)
    case SQLITE_READONLY, SQLITE_PERM: self = .readOnly(message)
    case SQLITE_CANTOPEN: self = .cannotOpen(message)
    case SQLITE_IOERR: self = .diskFull
    default: self = .sql(code: code, message: message)
    }
  }

  /// Whether SQLite may have rolled the whole transaction back by itself.
  public var endsTransaction: Bool {
    switch self {
    case .diskFull, .busy, .corrupt: true
    default: false
    }
  }
}
