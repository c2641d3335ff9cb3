import Protocol

/// What an import may know of the records that are there: the caller's lookups.
public struct ExistingRecords: Sendable {
  /// The records of an entity whose field shows a value.
  public typealias Finder =
    @Sendable (_ entity: String, _ field: String, _ value: Value) throws -> [ExistingRecord]
  /// All records of an entity: asked only of small ones.
  public typealias Lister = @Sendable (_ entity: String) throws -> [ExistingRecord]

  private let finder: Finder
  private let lister: Lister

  public init(find: @escaping Finder, all: @escaping Lister) {
    finder = find
    lister = all
  }

  /// Nothing is there yet.
  public static let none = ExistingRecords(find: { _, _, _ in [] }, all: { _ in [] })

  public func find(_ entity: String, _ field: String, _ value: Value) throws -> [ExistingRecord] {
    try finder(entity, field, value)
  }

  public func all(_ entity: String) throws -> [ExistingRecord] { try lister(entity) }

  public func withKey(_ externalKey: String, entity: String) throws -> ExistingRecord? {
    try finder(entity, ImportBuilder.keyField, .text(externalKey)).first
  }
}

/// A record that is there, with what its fields show.
public struct ExistingRecord: Sendable {
  public let id: RowID
  public let fields: [String: FieldValue]

  public init(id: RowID, fields: [String: FieldValue]) {
    self.id = id
    self.fields = fields
  }

  public subscript(_ field: String) -> Value? {
    if case .scalar(let value)? = fields[field] { return value }
    return nil
  }
}
