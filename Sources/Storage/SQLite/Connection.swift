import CSQLite
import Protocol

/// One SQLite connection and its prepared statements. Belongs to one thread at a time.
public final class Connection {
  public let handle: OpaquePointer
  private var statements: [String: Statement] = [:]
  private let ownsHandle: Bool

  /// Wraps a connection that somebody else closes.
  public init(borrowing handle: OpaquePointer) {
    self.handle = handle
    ownsHandle = false
  }

  /// Closes the connection when it goes.
  init(owning handle: OpaquePointer) {
    self.handle = handle
    ownsHandle = true
  }

  /// Gives all prepared statements up: before somebody else closes the connection.
  public func finalizeStatements() {
    for statement in statements.values { statement.finalize() }
    statements = [:]
  }

  var statementCount: Int { statements.count }

  func resetStatements() {
    for statement in statements.values { statement.reset() }
  }

  deinit {
    finalizeStatements()
    if ownsHandle { sqlite3_close_v2(handle) }
  }

  /// The prepared statement for this text, made once.
  @inline(__always)
  public func statement(_ sql: String) throws(StorageError) -> Statement {
    if let statement = statements[sql] { return statement }
    return try prepare(sql)
  }

  private func prepare(_ sql: String) throws(StorageError) -> Statement {
    var pointer: OpaquePointer?
    let code = sqlite3_prepare_v3(
      handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &pointer, nil)
    guard code == SQLITE_OK, let pointer else { throw error(code) }
    let statement = Statement(pointer, self)
    statements[sql] = statement
    return statement
  }

  public func execute(_ sql: String) throws(StorageError) {
    let code = sqlite3_exec(handle, sql, nil, nil, nil)
    guard code == SQLITE_OK else { throw error(code) }
  }

  public var changes: Int { Int(sqlite3_changes(handle)) }
  public var lastInsertedRow: Int64 { sqlite3_last_insert_rowid(handle) }
  /// Whether a transaction is open: false after SQLite rolled one back by itself.
  public var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

  /// A number that grows whenever another connection has changed the file.
  public func dataVersion() throws(StorageError) -> Int64 {
    try scalar("PRAGMA data_version") ?? 0
  }

  /// The first column of the first row, as a number.
  public func scalar(_ sql: String, _ arguments: Int64...) throws(StorageError) -> Int64? {
    let statement = try statement(sql)
    defer { statement.reset() }
    for (index, argument) in arguments.enumerated() { statement.bind(index + 1, argument) }
    guard try statement.step(), !statement.isNull(0) else { return nil }
    return statement.int(0)
  }

  func error(_ code: Int32) -> StorageError {
    let message = String(cString: sqlite3_errmsg(handle))
    if code & 0xFF == SQLITE_CONSTRAINT, message.hasPrefix(Guard.prefix) {
      return .refusedByGuard(message)
    }
    return StorageError(code: code, message: message)
  }

  /// Runs `body` in a savepoint: what it throws undoes what it did.
  public func savepoint<Result>(_ body: () throws -> Result) throws -> Result {
    try execute("SAVEPOINT kaai")
    do {
      let result = try body()
      try execute("RELEASE kaai")
      return result
    } catch {
      // After a full disk the whole transaction may be gone, and the savepoint with it.
      if isInTransaction {
        try execute("ROLLBACK TO kaai")
        try execute("RELEASE kaai")
      }
      throw error
    }
  }
}

/// A prepared statement. Columns count from 0, parameters from 1, as in SQLite.
///
/// Bound bytes are not copied unless said so: they must live until the statement is reset.
public final class Statement {
  @usableFromInline let pointer: OpaquePointer
  private unowned let connection: Connection

  init(_ pointer: OpaquePointer, _ connection: Connection) {
    self.pointer = pointer
    self.connection = connection
  }

  func finalize() { sqlite3_finalize(pointer) }

  /// True for a row, false at the end.
  @inline(__always)
  public func step() throws(StorageError) -> Bool {
    let code = sqlite3_step(pointer)
    if code == SQLITE_ROW { return true }
    if code == SQLITE_DONE { return false }
    let error = connection.error(code)
    sqlite3_reset(pointer)
    throw error
  }

  /// Runs to the end and resets.
  @inline(__always)
  public func run() throws(StorageError) {
    let code = sqlite3_step(pointer)
    if code == SQLITE_DONE || code == SQLITE_ROW {
      sqlite3_reset(pointer)
      return
    }
    let error = connection.error(code)
    sqlite3_reset(pointer)
    throw error
  }

  @inline(__always) public func reset() { sqlite3_reset(pointer) }

  @inline(__always) public func bind(_ index: Int, _ value: Int64) {
    sqlite3_bind_int64(pointer, Int32(index), value)
  }
  @inline(__always) public func bind(_ index: Int, _ value: Int64?) {
    if let value { bind(index, value) } else { bindNull(index) }
  }
  @inline(__always) public func bindNull(_ index: Int) {
    sqlite3_bind_null(pointer, Int32(index))
  }
  public func bind(_ index: Int, _ value: Double) {
    sqlite3_bind_double(pointer, Int32(index), value)
  }
  /// Copies the text.
  @inline(__always) public func bind(_ index: Int, _ value: String) {
    var copy = value
    copy.withUTF8 { utf8 in
      _ = utf8.withMemoryRebound(to: CChar.self) {
        kaai_bind_text_transient(
          pointer, Int32(index), $0.baseAddress ?? Self.empty, Int32($0.count))
      }
    }
  }
  /// Copies the bytes.
  public func bind(_ index: Int, _ value: [UInt8]) {
    value.withUnsafeBytes {
      _ = kaai_bind_blob_transient(pointer, Int32(index), $0.baseAddress, Int32($0.count))
    }
  }
  public func bind(_ index: Int, _ value: [UInt8]?) {
    if let value { bind(index, value) } else { bindNull(index) }
  }
  /// Does not copy.
  @inline(__always) public func bindText(_ index: Int, static value: UnsafeRawBufferPointer) {
    _ = kaai_bind_text_static(
      pointer, Int32(index),
      (value.baseAddress ?? UnsafeRawPointer(Self.empty))
        .assumingMemoryBound(to: CChar.self), Int32(value.count))
  }
  /// Does not copy.
  @inline(__always) public func bindBlob(_ index: Int, static value: UnsafeRawBufferPointer) {
    _ = kaai_bind_blob_static(pointer, Int32(index), value.baseAddress, Int32(value.count))
  }

  /// Binds a value that is no group.
  public func bind(_ index: Int, _ value: Value) {
    switch value {
    case .null, .group: bindNull(index)
    case .int(let number): bind(index, number)
    case .real(let number): bind(index, number)
    case .text(let text): bind(index, text)
    case .bytes(let bytes): bind(index, bytes)
    }
  }

  /// Binds a value from its bytes, without a copy.
  @inline(__always) public func bind(_ index: Int, static view: ValueView) {
    switch view.form {
    case .int, .wide: bind(index, view.number)
    case .text: bindText(index, static: view.content)
    case .real: bind(index, Double(bitPattern: UInt64(bitPattern: view.number)))
    case .bytes: bindBlob(index, static: view.content)
    case .null, .group: bindNull(index)
    }
  }

  @inline(__always) public func isNull(_ column: Int) -> Bool {
    sqlite3_column_type(pointer, Int32(column)) == SQLITE_NULL
  }
  @inline(__always) public func int(_ column: Int) -> Int64 {
    sqlite3_column_int64(pointer, Int32(column))
  }
  public func optionalInt(_ column: Int) -> Int64? { isNull(column) ? nil : int(column) }
  public func double(_ column: Int) -> Double { sqlite3_column_double(pointer, Int32(column)) }
  @inline(__always) public func text(_ column: Int) -> String {
    String(decoding: rawText(column), as: UTF8.self)
  }
  @inline(__always) public func rawText(_ column: Int) -> UnsafeRawBufferPointer {
    let start = sqlite3_column_text(pointer, Int32(column))
    return UnsafeRawBufferPointer(
      start: start, count: Int(sqlite3_column_bytes(pointer, Int32(column))))
  }
  @inline(__always) public func rawBlob(_ column: Int) -> UnsafeRawBufferPointer {
    let start = sqlite3_column_blob(pointer, Int32(column))
    return UnsafeRawBufferPointer(
      start: start, count: Int(sqlite3_column_bytes(pointer, Int32(column))))
  }
  public func blob(_ column: Int) -> [UInt8] { [UInt8](rawBlob(column)) }
  public func optionalBlob(_ column: Int) -> [UInt8]? { isNull(column) ? nil : blob(column) }
  @inline(__always) public func type(_ column: Int) -> Int32 {
    sqlite3_column_type(pointer, Int32(column))
  }

  public func value(_ column: Int) -> Value {
    switch type(column) {
    case SQLITE_INTEGER: .int(int(column))
    case SQLITE_FLOAT: .real(double(column))
    case SQLITE_TEXT: .text(text(column))
    case SQLITE_BLOB: .bytes(blob(column))
    default: .null
    }
  }

  /// The encoding of this column's value, after what `writer` holds.
  @inline(__always) public func encode(_ column: Int, to writer: inout ByteWriter) {
    switch type(column) {
    case SQLITE_INTEGER: writer.int(int(column))
    case SQLITE_TEXT:
      let raw = rawText(column)
      writer.varint(UInt64(raw.count) << 3 | 2)
      writer.raw(raw)
    case SQLITE_FLOAT: writer.value(.real(double(column)))
    case SQLITE_BLOB:
      let raw = rawBlob(column)
      writer.varint(UInt64(raw.count) << 3 | 5)
      writer.raw(raw)
    default: writer.byte(0)
    }
  }

  // A static empty C string; never written.
  private static nonisolated(unsafe) let empty: UnsafePointer<CChar> = {
    let pointer = UnsafeMutablePointer<CChar>.allocate(capacity: 1)
    pointer.initialize(to: 0)
    return UnsafePointer(pointer)
  }()
}
