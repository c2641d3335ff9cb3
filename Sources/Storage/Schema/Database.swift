import CSQLite
import GRDB
import Glibc
import Protocol

/// A database file of one end: opened, checked, migrated, with one writer and many readers.
///
/// GRDB gives the pool, the migrations and the backup; the engine's loops run on the raw
/// connection. Safe to share between threads: each closure has its connection to itself.
public final class Database: @unchecked Sendable {
  public enum Role: String, Sendable { case device, server }

  public let path: String
  public let role: Role
  public let model: Model
  /// The disk was full when the file was opened: it can be read, and every write says so.
  public let isFull: Bool
  private let check: FileCheck
  private let connections: any DatabaseWriter
  private let readers = ReaderEngines()
  // Touched only inside the writer's closures, which the pool runs one at a time.
  private var writer: Engine?

  /// How every connection of an end is set. The WAL is synced before a save returns. A laptop's
  /// cache is small, so that a sync of many changes takes little memory: the system caches the file.
  public static func pragmas(_ role: Role) -> [String] {
    let cacheKilobytes = role == .device ? 8_192 : 65_536
    return [
      "cache_size=-\(cacheKilobytes)", "temp_store=MEMORY", "secure_delete=FAST",
      "synchronous=FULL",
    ]
  }

  /// - Parameter create: makes the file where there is none.
  public init(path: String, role: Role, model: Model, create: Bool) throws {
    self.path = path
    self.role = role
    self.model = model
    check = FileCheck(role: role, model: model)
    if try Self.exists(path) {
      try check.inspect(path)
    } else if !create {
      throw StorageError.missing(path)
    }
    (connections, isFull) = try Self.open(path, role)
    do {
      try migrate()
    } catch {
      throw Self.storageError(error)
    }
  }

  private static func open(_ path: String, _ role: Role) throws -> (any DatabaseWriter, Bool) {
    do {
      let pool = try DatabasePool(path: path, configuration: configuration(role))
      // The pool sets NORMAL with the WAL, after the connection was prepared: a save that has
      // returned would not survive power loss.
      try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous=FULL") }
      return (pool, false)
    } catch {
      let error = storageError(error)
      // A pool begins its WAL, which a full disk has no room for. What is there can be read.
      guard error as? StorageError == .diskFull, let queue = readOnly(path, role) else {
        throw error
      }
      return (queue, true)
    }
  }

  private static func configuration(_ role: Role, before: String? = nil) -> Configuration {
    var configuration = Configuration()
    configuration.busyMode = .timeout(20)
    configuration.maximumReaderCount = 4
    configuration.prepareDatabase { database in
      guard let handle = database.sqliteConnection else { return }
      kaai_disable_triggers(handle)
      // GRDB's authorizer notes every column that a statement names, for observation that nobody
      // here asks for: a third of the time it takes to open a file and prepare its statements.
      sqlite3_set_authorizer(handle, nil, nil)
      if let before { sqlite3_exec(handle, before, nil, nil, nil) }
      for pragma in pragmas(role) { sqlite3_exec(handle, "PRAGMA \(pragma)", nil, nil, nil) }
    }
    return configuration
  }

  /// A connection that needs no room: beside a program that works on the file it shares that
  /// program's index of the WAL; alone it keeps one in memory. nil where neither can be.
  private static func readOnly(_ path: String, _ role: Role) -> DatabaseQueue? {
    for before in [nil, FileCheck.aloneInMemory] {
      // What fails here failed before, with the error that is told.
      guard
        let queue = try? DatabaseQueue(
          path: path, configuration: configuration(role, before: before)),
        (try? queue.read { try $0.execute(sql: "SELECT 1 FROM sqlite_master") }) != nil
      else { continue }
      return queue
    }
    return nil
  }

  private static func storageError(_ error: any Error) -> any Error {
    guard let error = error as? DatabaseError else { return error }
    return StorageError(
      code: error.extendedResultCode.rawValue, message: error.message ?? "\(error.resultCode)")
  }

  /// What may not be looked at is told, not taken for nothing: somebody would make it anew.
  private static func exists(_ path: String) throws(StorageError) -> Bool {
    guard let file = fopen(path, "r") else {
      let reason = errno
      if reason == ENOENT || reason == ENOTDIR { return false }
      throw StorageError.cannotOpen(String(cString: strerror(reason)))
    }
    fclose(file)
    return true
  }

  /// Runs `body` in one SQLite transaction that holds the write lock from its start; what it throws
  /// undoes everything.
  public func write<Result>(_ body: (Engine) throws -> Result) throws -> Result {
    if isFull { throw StorageError.diskFull }
    return try connections.writeWithoutTransaction { database in
      let engine = try engine(database)
      try engine.connection.execute("BEGIN IMMEDIATE")
      do {
        try engine.beginTransaction()
        let result = try body(engine)
        try engine.connection.execute("COMMIT")
        return result
      } catch {
        engine.forget()
        if engine.connection.isInTransaction { try engine.connection.execute("ROLLBACK") }
        throw error
      }
    }
  }

  /// Runs `body` on a consistent state; it cannot write.
  public func read<Result>(_ body: (Engine) throws -> Result) throws -> Result {
    do {
      return try connections.read { database in
        guard let handle = database.sqliteConnection else { throw StorageError.busy }
        let engine = readers.engine(for: handle) {
          Engine(connection: Connection(borrowing: handle), model: model, role: role)
        }
        // Another connection may have written since: only what the schema decides is kept.
        engine.forget()
        try engine.readDeclarations()
        defer { readers.giveBack(engine, of: handle) }
        return try body(engine)
      }
    } catch let error as DatabaseError {
      throw Self.storageError(error)
    }
  }

  /// Copies the database to a new file while others write (SQLite's backup API).
  public func backup(to path: String) throws {
    do {
      let target = try DatabaseQueue(path: path)
      try connections.backup(to: target)
      try target.close()
    } catch {
      throw Self.storageError(error)
    }
  }

  /// Moves what the WAL holds into the file, unless another process is doing just that.
  public func checkpoint() throws {
    do {
      _ = try connections.writeWithoutTransaction { try $0.checkpoint(.passive) }
    } catch let error as DatabaseError {
      if error.resultCode != .SQLITE_BUSY { throw Self.storageError(error) }
    }
  }

  /// Writes the file anew, without a byte of what was deleted from it, and empties the WAL.
  ///
  /// - Throws: `StorageError.busy` while somebody else reads or writes.
  private func vacuum() throws {
    do {
      try connections.writeWithoutTransaction {
        try $0.execute(sql: "VACUUM")
        try $0.checkpoint(.truncate)
      }
    } catch let error as DatabaseError {
      throw Self.storageError(error)
    }
  }

  /// Writes the file anew where something was erased from it since (`noteErased`). A device's copies of
  /// older formats hold it too, and go; a server's are its admin's. Where somebody else reads or writes,
  /// the next call tries again.
  public func tidy() throws {
    guard try read({ try $0.holdsErased }) else { return }
    do {
      try vacuum()
    } catch StorageError.busy {
      return
    }
    if role == .device { try removeMigrationCopies() }
    try write { try $0.setFact("vacuum", .null) }
  }

  private func removeMigrationCopies() throws(StorageError) {
    for format in 1..<Schema.format {
      let copy = MigrationBackup.path(of: path, format: format)
      if unlink(copy) != 0, errno != ENOENT {
        throw .cannotOpen("\(copy): \(String(cString: strerror(errno)))")
      }
    }
  }

  public func close() throws {
    try connections.barrierWriteWithoutTransaction { _ in
      writer = nil
      readers.removeAll()
    }
    try connections.close()
  }

  private func engine(_ database: GRDB.Database) throws -> Engine {
    if let writer { return writer }
    guard let handle = database.sqliteConnection else { throw StorageError.busy }
    let engine = Engine(connection: Connection(borrowing: handle), model: model, role: role)
    writer = engine
    return engine
  }

  private func migrate() throws {
    try connections.writeWithoutTransaction { database in
      guard let handle = database.sqliteConnection else { throw StorageError.busy }
      let connection = Connection(borrowing: handle)
      if try check.isWhole(connection) { return }
      if isFull { throw StorageError.diskFull }
      try connection.execute("BEGIN IMMEDIATE")
      do {
        let found = try check.version(connection)
        if found == 0 {
          try connection.execute(Schema.common)
          try connection.execute(Schema.names)
          try connection.execute(Schema.texts)
          switch role {
          case .device:
            try connection.execute(Schema.device)
            try connection.execute(Schema.loads)
          case .server:
            try connection.execute(Schema.server)
            try connection.execute(Schema.images)
            try connection.execute(Schema.lives)
          }
          try set(connection, "model", model.name)
          try set(connection, "role", role.rawValue)
        } else if found < Schema.format {
          try MigrationBackup(of: path, format: found).make()
          CrashPoint.reach(.migrationBegun)
          try Migration.run(from: found, connection, role: role, model: model)
        }
        try connection.execute("PRAGMA user_version = \(Schema.format)")
        try addTables(connection)
        CrashPoint.reach(.migrationDone)
        try connection.execute("COMMIT")
      } catch {
        if connection.isInTransaction { try connection.execute("ROLLBACK") }
        throw error
      }
    }
  }

  /// Makes the tables and columns that the model has and the file lacks.
  private func addTables(_ connection: Connection) throws {
    _ = try check.isCurrent(connection)
    for entity in model.entities {
      var columns: Set<String> = []
      let info = try connection.statement("SELECT name FROM pragma_table_info(?)")
      info.bind(1, entity.table)
      while try info.step() { columns.insert(info.text(0)) }
      info.reset()
      if columns.isEmpty {
        try connection.execute(Schema.table(entity))
      } else {
        try renameColumns(entity, &columns, connection)
        for field in entity.fields where field.kind != .derived {
          for column in field.columns where !columns.contains(column) {
            try connection.execute(
              "ALTER TABLE \(Guard.quote(entity.table)) ADD COLUMN \(Guard.quote(column))")
          }
        }
      }
      for field in indexedFields(entity) {
        try connection.execute(
          "CREATE INDEX IF NOT EXISTS \(Guard.quote("_\(entity.table)_\(field)")) ON "
            + "\(Guard.quote(entity.table)) (\(Guard.quote(field)))")
      }
      for trigger in Guard.triggers(table: entity.table) { try connection.execute(trigger) }
    }
    try set(connection, "modelVersion", String(model.version))
  }

  /// A field that has got another name keeps its values, under the new one. An index bears the name of the
  /// field that it was made for, and is made anew.
  private func renameColumns(
    _ entity: Entity, _ columns: inout Set<String>, _ connection: Connection
  ) throws {
    let table = Guard.quote(entity.table)
    for field in entity.fields where field.kind != .derived {
      for alias in field.aliases {
        for (old, new) in zip(field.columns(of: alias), field.columns)
        where columns.contains(old) && !columns.contains(new) {
          try connection.execute(
            "ALTER TABLE \(table) RENAME COLUMN \(Guard.quote(old)) TO \(Guard.quote(new))")
          columns.remove(old)
          columns.insert(new)
        }
        try connection.execute(
          "DROP INDEX IF EXISTS \(Guard.quote("_\(entity.table)_\(alias)"))")
      }
    }
  }

  /// The references by which records are found from another: parents, and what gives the space.
  private func indexedFields(_ entity: Entity) -> Set<String> {
    var fields: Set<String> = []
    if let parent = entity.parent { fields.insert(parent) }
    if let space = entity.space.field { fields.insert(space) }
    // By these an import recognises what it brought before.
    for field in entity.fields {
      if case .string(_, _, .externalKey?) = field.type { fields.insert(field.name) }
    }
    return fields
  }

  private func set(_ connection: Connection, _ key: String, _ value: String) throws {
    let statement = try connection.statement("INSERT OR REPLACE INTO _meta VALUES (?, ?)")
    statement.bind(1, key)
    statement.bind(2, value)
    try statement.run()
  }
}
