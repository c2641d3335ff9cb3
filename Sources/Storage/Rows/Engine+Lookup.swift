import Protocol

/// What a person's words find.
public enum LookupResult: Sendable, Equatable {
  case none
  case one(Tag, RowID)
  case several(Int)
}

extension Engine {
  /// Finds the record that an id, a code or a unique title means.
  ///
  /// - Parameter entity: only records of this; nil for any.
  public func find(_ text: String, in entity: Entity? = nil) throws -> LookupResult {
    let entities = entity.map { [$0] } ?? model.entities
    if let row = RowID(text: text) {
      for entity in entities where try rowExists(entity.tag, row.raw) {
        return .one(entity.tag, row)
      }
      return .none
    }
    for collation in ["BINARY", "NOCASE"] {
      var found: [(Tag, RowID)] = []
      for entity in entities {
        for field in entity.lookupFields {
          let statement = try connection.statement(
            """
            SELECT id FROM \(Guard.quote(entity.table))
            WHERE \(Guard.quote(field.name)) = ? COLLATE \(collation) LIMIT 100
            """)
          defer { statement.reset() }
          statement.bind(1, text)
          while try statement.step() {
            let row = RowID(statement.int(0))
            if !found.contains(where: { $0.1 == row }) { found.append((entity.tag, row)) }
          }
        }
      }
      if found.count == 1 { return .one(found[0].0, found[0].1) }
      if found.count > 1 { return .several(found.count) }
    }
    return .none
  }

  /// What people call a record: its title, else its code, else its id.
  public func title(_ entity: Entity, _ row: RowID) throws -> String? {
    for name in [entity.title].compactMap(\.self) + entity.lookupFields.map(\.name) {
      if let field = entity.field(named: name),
        let text = try value(entity, row.raw, field).textValue
      {
        return text
      }
    }
    return nil
  }
}
