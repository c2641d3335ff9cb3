import Interchange
import Protocol

/// The records that plans would make, kept in memory: what a second import finds.
struct Archive: Sendable {
  private(set) var records: [String: [ExistingRecord]] = [:]
  private var idOfKey: [String: RowID] = [:]
  private var counter: UInt32 = 0

  /// Makes the records of a plan; a reference to a record that is not there yet is a fault of the
  /// plan, told by the count of `dangling`.
  private(set) var dangling = 0

  mutating func apply(_ plan: ImportPlan) {
    for record in plan.records {
      counter += 1
      let id = RowID(site: 1, counter: counter)
      var fields: [String: FieldValue] = [:]
      for write in record.writes { fields[write.field.name] = shown(write.content) }
      idOfKey[record.externalKey] = id
      records[record.entity, default: []].append(ExistingRecord(id: id, fields: fields))
    }
  }

  private mutating func shown(_ content: PlannedContent) -> FieldValue {
    switch content {
    case .value(let value): .scalar(value)
    case .reference(let reference): .scalar(resolved(reference))
    case .elements(let values): .set(values)
    case .references(let references): .set(references.map { resolved($0) })
    case .map(let entries): .map(entries)
    }
  }

  private mutating func resolved(_ reference: ImportReference) -> Value {
    switch reference {
    case .existing(let id): return .int(id.raw)
    case .planned(let key):
      guard let id = idOfKey[key] else {
        dangling += 1
        return .null
      }
      return .int(id.raw)
    }
  }

  var existing: ExistingRecords {
    let records = records
    return ExistingRecords(
      find: { entity, field, value in
        (records[entity] ?? []).filter { $0[field] == value }
      },
      all: { records[$0] ?? [] })
  }

  func record(_ entity: String, _ field: String, _ value: Value) -> ExistingRecord? {
    records[entity]?.first { $0[field] == value }
  }
}
