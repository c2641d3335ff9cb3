import Protocol
import Storage

/// A state of the SQLite store, cut to what one account may read.
struct SQLiteStoreReader: StoreReader {
  let engine: Engine
  /// Local numbers of audiences; nil for all.
  let audiences: Set<Int64>?

  init(_ engine: Engine, readableBy account: Account?) throws {
    self.engine = engine
    audiences = try account.map { account in
      Set(try engine.audiences().filter { account.mayRead($0.1) }.map(\.0))
    }
  }

  func forEachRecord(of entity: Entity, _ body: (Record) throws -> Bool) throws {
    try engine.forEachRecord(entity.tag, audiences: audiences, body)
  }

  func records(of entity: Entity, where field: String, equals value: Value) throws -> [Record] {
    try engine.ids(entity, where: field, equals: value).compactMap { id in
      if let audiences {
        guard let audience = try engine.rowAudience(entity.tag, id), audiences.contains(audience)
        else { return nil }
      }
      return try engine.record(entity.tag, RowID(id))
    }
  }

  func conflicts() throws -> [ConflictEntry] { try engine.conflicts(audiences: audiences) }
}

extension SQLiteServerStore {
  public func read<Result>(
    as account: Account?, _ body: (any StoreReader) throws -> Result
  ) throws -> Result {
    try database.read { try body(SQLiteStoreReader($0, readableBy: account)) }
  }
}
