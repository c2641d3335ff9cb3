import Protocol

/// Everything visible as JSON lines: the same bytes wherever the state is the same.
///
/// Records come first, by entity name and id, one a line; then open conflict entries and revival
/// marks, by record and field. No clock, cursor, position or local number is in it.
public struct CanonicalDump {
  private let model: Model
  public private(set) var lines: [String] = []

  public init(model: Model) { self.model = model }

  /// The order in which entities are dumped.
  public static func entities(of model: Model) -> [Entity] {
    model.entities.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  public mutating func add(_ record: Record) {
    guard let entity = model.entity(tag: record.entity) else { return }
    var json = JSONText()
    json.object { json in
      json.member("entity", string: entity.name)
      json.member("id", string: record.id.text)
      json.key("fields")
      RecordFields.write(record, entity, to: &json)
    }
    lines.append(json.text)
  }

  public mutating func add(_ entry: ConflictEntry) {
    guard let entity = model.entity(tag: entry.entity) else { return }
    var json = JSONText()
    json.object { json in
      json.member("conflict", string: ConflictText.id(entry, entity))
      if let winner = entry.winner {
        json.key("winner")
        side(winner, entry, entity, to: &json)
      }
      json.key("losers")
      json.array { json in
        for loser in entry.losers { side(loser, entry, entity, to: &json) }
      }
    }
    lines.append(json.text)
  }

  private func side(
    _ side: ConflictEntry.Side, _ entry: ConflictEntry, _ entity: Entity, to json: inout JSONText
  ) {
    json.object { json in
      if !side.value.isNull, let field = entity.field(tag: entry.tag) {
        json.key("value")
        RecordJSON.write(side.value, type: field.type, to: &json)
      }
      json.member("user", string: side.user)
      json.member("device", string: side.device)
      json.member("transaction", string: side.transaction.text)
    }
  }
}

/// The fields of a record as one JSON object, in the order of the declaration; those of a newer model
/// follow under their tags.
public enum RecordFields {
  public static func write(_ record: Record, _ entity: Entity, to json: inout JSONText) {
    json.object { json in
      for field in entity.fields {
        guard let value = record.fields[field.tag], !RecordJSON.isEmpty(value) else { continue }
        json.key(field.name)
        RecordJSON.write(value, type: field.type, to: &json)
      }
      for tag in record.fields.keys.sorted() where entity.field(tag: tag) == nil {
        guard let value = record.fields[tag], !RecordJSON.isEmpty(value) else { continue }
        json.key("#\(tag)")
        RecordJSON.write(value, type: .string(), to: &json)
      }
    }
  }
}

/// The name of a conflict entry: its record and field.
public enum ConflictText {
  public static let life = "deleted"

  public static func id(_ entry: ConflictEntry, _ entity: Entity) -> String {
    let field =
      entry.tag == Field.lifeTag
      ? life : entity.field(tag: entry.tag)?.name ?? "#\(entry.tag)"
    return "\(entry.record.text).\(field)"
  }
}
