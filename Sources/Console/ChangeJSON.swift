import Interchange
import Protocol

/// The changes of a transaction for machines: an array of `{record, field, value, action}`. A value
/// that is cleared or removed whole is absent; a field of a newer model shows as `#` and its tag.
public enum ChangeJSON {
  public static func write(_ operations: [Operation], model: Model, to json: inout JSONText) {
    json.array { json in
      for operation in operations {
        guard let entity = model.entity(tag: operation.entity) else {
          bare(operation, to: &json)
          continue
        }
        write(operation, entity, to: &json)
      }
    }
  }

  private static func write(_ operation: Operation, _ entity: Entity, to json: inout JSONText) {
    switch operation.kind {
    case .create, .write:
      if operation.tags.isEmpty { bare(operation, to: &json) }
      for (tag, value) in zip(operation.tags, operation.values) {
        change(operation, entity, tag, key: nil, value, to: &json)
      }
    case .add, .remove, .increment:
      change(operation, entity, operation.tags[0], key: nil, operation.values[0], to: &json)
    case .put, .bump:
      change(
        operation, entity, operation.tags[0], key: operation.values[0], operation.values[1],
        to: &json)
    case .edit:
      change(operation, entity, operation.tags[0], key: nil, inserted(operation), to: &json)
    case .drop:
      change(operation, entity, operation.tags[0], key: operation.values[0], .null, to: &json)
    case .delete, .keep, .image, .purge, .removed: bare(operation, to: &json)
    }
  }

  /// What an edit of a text put into it; null where it only took away.
  public static func inserted(_ operation: Operation) -> Value {
    guard operation.kind == .edit, case .bytes(let bytes) = operation.values[1],
      // What cannot be read is not shown; it is the server that refuses it.
      let change = try? TextChange(encoded: bytes), !change.content.isEmpty
    else { return .null }
    return .text(String(decoding: change.content, as: UTF8.self))
  }

  /// A change of the record as a whole.
  private static func bare(_ operation: Operation, to json: inout JSONText) {
    json.object { json in
      json.member("record", string: operation.row.text)
      json.member("field", string: ConflictText.life)
      json.member("action", string: "\(operation.kind)")
    }
  }

  private static func change(
    _ operation: Operation, _ entity: Entity, _ tag: Tag, key: Value?, _ value: Value,
    to json: inout JSONText
  ) {
    let field = entity.field(tag: tag)
    var name = field?.name ?? "#\(tag)"
    var type = field?.type ?? .string()
    if case .map(let keyType, let valueType) = type, let key {
      name += "[\(PlainText.text(key, type: keyType))]"
      type = valueType
    }
    if case .set(let element) = type { type = element }
    json.object { json in
      json.member("record", string: operation.row.text)
      json.member("field", string: name)
      if !value.isNull {
        json.key("value")
        RecordJSON.write(value, type: type, to: &json)
      }
      json.member("action", string: "\(operation.kind)")
    }
  }
}
