import Interchange
import Protocol

/// The changes of a transaction for machines: an array of `{record, field, value, action}`. A value
/// that is cleared or removed whole is absent; a field of a newer model shows as `#` and its tag.
/// Where it is known, `before` is what the field showed before the transaction, and of a text `diff` is
/// what went and came: `{at, removed, added}`, places in Unicode scalars.
public struct ChangeJSON {
  /// What a field of a row showed before a transaction and after it.
  public typealias Values = (RowID, Tag) -> (before: FieldValue?, after: FieldValue?)?

  private let values: Values

  public static func write(
    _ operations: [Operation], model: Model, values: @escaping Values = { _, _ in nil },
    to json: inout JSONText
  ) {
    let changes = ChangeJSON(values: values)
    json.array { json in
      for operation in told(operations) {
        guard let entity = model.entity(tag: operation.entity) else {
          bare(operation, to: &json)
          continue
        }
        changes.write(operation, entity, to: &json)
      }
    }
  }

  /// Without the edit that takes words out of a text whose past is erased with it: of what stood there
  /// nothing is left to compare with.
  static func told(_ operations: [Operation]) -> [Operation] {
    let erased = Set(operations.compactMap { Erasure($0) })
    return operations.filter { operation in
      operation.kind != .edit
        || !erased.contains(
          Erasure(entity: operation.entity, row: operation.row, tag: operation.tags[0]))
    }
  }

  private func write(_ operation: Operation, _ entity: Entity, to json: inout JSONText) {
    switch operation.kind {
    case .create, .write:
      if operation.tags.isEmpty { Self.bare(operation, to: &json) }
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
      change(
        operation, entity, operation.tags[0], key: nil, Self.inserted(operation), to: &json)
    case .drop:
      change(operation, entity, operation.tags[0], key: operation.values[0], .null, to: &json)
    case .erase:
      change(operation, entity, operation.tags[0], key: nil, .null, to: &json)
    case .delete, .keep, .image, .purge, .removed: Self.bare(operation, to: &json)
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

  private func change(
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
      if operation.kind != .create { past(operation.row, tag, field, to: &json) }
    }
  }

  private func past(_ row: RowID, _ tag: Tag, _ field: Field?, to json: inout JSONText) {
    guard let (before, after) = values(row, tag) else { return }
    if field?.kind == .text {
      json.key("diff")
      json.array { json in
        for piece in TextPieces.pieces(from: before.text, to: after.text) {
          json.object { json in
            json.member("at", integer: Int64(piece.edit.position))
            if !piece.removed.isEmpty { json.member("removed", string: piece.removed) }
            if !piece.edit.inserted.isEmpty { json.member("added", string: piece.edit.inserted) }
          }
        }
      }
    } else if let before, !RecordJSON.isEmpty(before) {
      json.key("before")
      RecordJSON.write(before, type: field?.type ?? .string(), to: &json)
    }
  }
}

/// What went from a text and what came into it.
public enum TextPieces {
  public struct Piece {
    /// Of the text that the pieces before have left.
    public let edit: TextEdit
    public let removed: String
  }

  public static func pieces(from before: String, to after: String) -> [Piece] {
    var buffer = TextBuffer(before)
    return TextDiff.edits(from: before, to: after).map { edit in
      let removed = buffer.text(from: edit.position, to: edit.position + edit.deleted)
      buffer.replace(at: edit.position, deleting: edit.deleted, with: edit.inserted)
      return Piece(edit: edit, removed: removed)
    }
  }
}
