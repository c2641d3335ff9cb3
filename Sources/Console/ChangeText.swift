import Interchange
import Protocol

/// What an operation would change, a line a field, for people: safe for a terminal.
public enum ChangeText {
  public static func lines(_ operation: Operation, _ display: DisplayText) -> [String] {
    let entity = display.model.entity(tag: operation.entity)
    let name = entity?.label.text(in: display.language) ?? "#\(operation.entity)"
    let head = "\(name) \(operation.row.text)"
    if operation.tags.isEmpty { return [Terminal.safe("\(head): \(operation.kind)")] }
    return operation.tags.indices.map { index in
      let field = entity?.field(tag: operation.tags[index])
      var type = field?.type ?? .string()
      if case .set(let element) = type { type = element }
      var value = operation.values[index]
      var key = ""
      if case .map(let keyType, let inner) = type {
        key = "[\(PlainText.text(operation.values[0], type: keyType))]"
        type = inner
        value = operation.kind == .drop ? .null : operation.values.last ?? .null
      }
      if operation.kind == .edit { value = ChangeJSON.inserted(operation) }
      let label = field?.label.text(in: display.language) ?? "#\(operation.tags[index])"
      return Terminal.safe(
        "\(head): \(label)\(key) \(operation.kind) \(display.text(value, type: type))")
    }
  }
}
