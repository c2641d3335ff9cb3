import CSQLite
import Protocol

/// An empty device database in memory, to apply history to once more: what a record was at some time.
///
/// It belongs to one thread and is gone with its last reference. It is not synced to any disk.
public final class ScratchEngine {
  public let engine: Engine

  public init(model: Model) throws(StorageError) {
    var handle: OpaquePointer?
    let code = sqlite3_open_v2(
      ":memory:", &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nil)
    guard code == SQLITE_OK, let handle else {
      sqlite3_close_v2(handle)
      throw StorageError(code: code, message: "no database in memory could be opened")
    }
    let connection = Connection(owning: handle)
    try connection.execute("PRAGMA journal_mode=OFF; PRAGMA temp_store=MEMORY")
    for tables in [Schema.common, Schema.texts, Schema.device] { try connection.execute(tables) }
    for entity in model.entities { try connection.execute(Schema.table(entity)) }
    engine = Engine(connection: connection, model: model, role: .device)
    try connection.execute("BEGIN")
  }
}
