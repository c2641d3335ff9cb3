import Protocol

/// What somebody asked to write into one record, checked against its declaration. The caller turns
/// it into operations; only it knows what the record holds now.
public enum FieldIntent: Sendable {
  case set(field: Field, value: Value)
  /// One sub-value of a group, by its place; `null` empties it. Those that belong to one field are
  /// written together: `GroupParts.merge`.
  case setPart(field: Field, part: Int, value: Value)
  /// The elements a new record's set begins with.
  case elements(field: Field, [Value])
  /// One key of a map; `null` takes the key out.
  case mapPut(field: Field, key: Value, value: Value)
  /// One sub-value of the group under a key.
  case mapPutPart(field: Field, key: Value, part: Int, value: Value)
  case clear(field: Field)

  public var field: Field {
    switch self {
    case .set(let field, _), .setPart(let field, _, _), .elements(let field, _),
      .mapPut(let field, _, _), .mapPutPart(let field, _, _, _), .clear(let field):
      field
    }
  }
}

/// A field, or a key or sub-value of one, as it is named on the command line: `period.start`,
/// `headcount[2025]`, `fundingRounds[seed].amount`.
public struct FieldTarget: Sendable {
  public let field: Field
  public let key: Value?
  public let part: Int?
  /// As it was typed.
  public let name: String

  /// The type of what is named: of a sub-value, of a map's value under its key, of a set's element.
  public var type: ValueType {
    var type = field.type
    if case .map(_, let value) = type, key != nil { type = value }
    if case .set(let element) = type { type = element }
    if let part, case .group(let parts) = type { return parts[part].type }
    return type
  }
}
