import Protocol

/// Writes some sub-values of a group and leaves the others as they are: a group is written whole.
public enum GroupParts {
  /// The group after the write; `null` when nothing is left in it. Refused when a sub-value that
  /// the group must have would then be missing.
  public static func merge(current: Value, parts: [(part: Int, value: Value)], field: Field)
    throws(FieldError) -> Value
  {
    try merge(current: current, parts: parts, type: field.type, name: field.name)
  }

  /// The same for the group under a key of a map.
  public static func mergeEntry(
    current: Value, parts: [(part: Int, value: Value)], field: Field
  ) throws(FieldError) -> Value {
    guard case .map(_, let type) = field.type else {
      preconditionFailure("\(field.name) is no map")
    }
    return try merge(current: current, parts: parts, type: type, name: field.name)
  }

  private static func merge(
    current: Value, parts: [(part: Int, value: Value)], type: ValueType, name: String
  ) throws(FieldError) -> Value {
    guard case .group(let declared) = type else { preconditionFailure("\(name) is no group") }
    // A newer model may have written more sub-values than are declared here: they stay.
    var values: [Value] = if case .group(let present) = current { present } else { [] }
    while values.count < declared.count { values.append(.null) }
    for (part, value) in parts { values[part] = value }
    let merged = Value.canonicalGroup(values)
    guard !merged.isNull else { return .null }
    for (part, value) in zip(declared, values) where part.isRequired && value.isNull {
      throw FieldError.requiredPart(name, part)
    }
    return merged
  }
}
