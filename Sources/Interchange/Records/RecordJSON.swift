import Protocol

/// Values as machines read them: the same in every language, on every machine.
///
/// Whole numbers, counters, decimals and percents are numbers; money is a string of euros with two
/// decimals, ids are strings of thirteen digits, instants ISO 8601 in UTC with thousandths; sets
/// are sorted arrays, groups and maps objects. What is empty is left out, never null.
public enum RecordJSON {
  /// One object with the fields that are not empty, in the order they are given.
  public static func write(_ fields: [(Field, FieldValue)], to json: inout JSONText) {
    json.object { json in
      for (field, value) in fields where !isEmpty(value) {
        json.key(field.name)
        write(value, type: field.type, to: &json)
      }
    }
  }

  /// Whether a field has nothing to show. A counter always has: its sum.
  public static func isEmpty(_ value: FieldValue) -> Bool {
    switch value {
    case .scalar(let value): value.isNull
    case .set(let elements): elements.isEmpty
    case .map(let entries): entries.allSatisfy(\.value.isNull)
    case .counter: false
    }
  }

  public static func write(_ value: FieldValue, type: ValueType, to json: inout JSONText) {
    switch value {
    case .scalar(let value): write(value, type: type, to: &json)
    case .counter(let sum): json.integer(sum)
    case .set(let elements):
      let element: ValueType = if case .set(let element) = type { element } else { type }
      json.array { json in
        for value in elements.sorted(by: { $0.precedes($1) }) {
          write(value, type: element, to: &json)
        }
      }
    case .map(let entries):
      guard case .map(let key, let inner) = type else { return json.object { _ in } }
      json.object { json in
        for entry in entries.sorted(by: { $0.key.precedes($1.key) }) where !entry.value.isNull {
          json.key(PlainText.text(entry.key, type: key))
          write(entry.value, type: inner, to: &json)
        }
      }
    }
  }

  /// One value: a scalar, a group, an element. A value that is not of its type, as a newer model
  /// may have written it, is shown as what it is.
  public static func write(_ value: Value, type: ValueType, to json: inout JSONText) {
    switch (value, type) {
    case (.int(let number), .bool): json.bool(number != 0)
    case (.int, .money), (.int, .reference), (.int, .instant):
      json.string(PlainText.text(value, type: type))
    case (.int(let number), _): json.integer(number)
    case (.real(let number), _): json.real(number)
    case (.text(let text), _): json.string(text)
    case (.bytes, _): json.string(PlainText.text(value, type: type))
    case (.null, _): json.null()
    case (.group(let values), .group(let parts)):
      json.object { json in
        for (part, value) in zip(parts, values) where !value.isNull {
          json.key(part.name)
          write(value, type: part.type, to: &json)
        }
      }
    case (.group(let values), _):
      json.array { json in
        for value in values { write(value, type: type, to: &json) }
      }
    }
  }
}
