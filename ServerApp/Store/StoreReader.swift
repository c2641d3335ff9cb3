import Protocol

/// One state of the store, for whoever reads much of it: dumps, exports, the plan of an import.
///
/// It is good only inside the closure that it was given to, and only on that thread.
public protocol StoreReader {
  /// Calls `body` with the records of an entity in id order, until it returns false.
  func forEachRecord(of entity: Entity, _ body: (Record) throws -> Bool) throws
  /// The records whose single-column field shows a value, in id order.
  func records(of entity: Entity, where field: String, equals value: Value) throws -> [Record]
  /// The open conflict entries, by record and field.
  func conflicts() throws -> [ConflictEntry]
}
