import Interchange
import Protocol
import Storage

extension ExistingRecords {
  /// What an import may know of a database's records.
  public static func of(_ database: Database, _ model: Model) -> ExistingRecords {
    ExistingRecords(
      find: { name, field, value in
        guard let entity = model.entity(named: name) else { return [] }
        return try database.read { engine in
          try engine.ids(entity, where: field, equals: value).compactMap { id in
            try engine.record(entity.tag, RowID(id)).map { ExistingRecord($0, entity) }
          }
        }
      },
      all: { name in
        guard let entity = model.entity(named: name) else { return [] }
        return try database.read { engine in
          var result: [ExistingRecord] = []
          try engine.forEachRecord(entity.tag) {
            result.append(ExistingRecord($0, entity))
            return true
          }
          return result
        }
      })
  }
}

extension ExistingRecord {
  public init(_ record: Record, _ entity: Entity) {
    var fields: [String: FieldValue] = [:]
    for field in entity.fields { fields[field.name] = record.fields[field.tag] }
    self.init(id: record.id, fields: fields)
  }
}
