/// The name in front of an equals sign, taken apart: `field`, `field.part`, `field[key]` or
/// `field[key].part`.
struct FieldPath {
  let field: String
  let key: String?
  let part: String?

  init(_ text: String) throws(FieldError) {
    var rest = Substring(text)
    field = String(rest.prefix { $0 != "." && $0 != "[" })
    rest = rest.dropFirst(field.count)
    var key: String?
    if rest.first == "[" {
      guard let end = rest.lastIndex(of: "]") else { throw .noAssignment(text) }
      key = rest[rest.index(after: rest.startIndex)..<end].kept
      rest = rest[rest.index(after: end)...]
    }
    self.key = key
    if rest.isEmpty {
      part = nil
    } else {
      guard rest.first == "." else { throw .noAssignment(text) }
      part = String(rest.dropFirst())
    }
    guard !field.isEmpty, key != "" else { throw .noAssignment(text) }
  }
}
