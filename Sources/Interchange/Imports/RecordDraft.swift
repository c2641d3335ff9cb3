import Protocol

/// One record while an import fills it in. Texts are read by the types of their fields; what does
/// not fit is left out and told, and never stops an import.
public struct RecordDraft {
  public let line: Int
  public private(set) var findings: [ImportReport.Finding] = []
  private let model: Model
  private let entity: Entity
  private var contents: [(field: Field, content: PlannedContent)] = []

  init(model: Model, entity: Entity, line: Int) {
    self.model = model
    self.entity = entity
    self.line = line
  }

  var writes: [PlannedWrite] { contents.map { PlannedWrite(field: $0.field, content: $0.content) } }

  /// What has been put into a field so far.
  public subscript(_ field: String) -> PlannedContent? {
    contents.first { $0.field.name == field }?.content
  }

  /// Reads a text into a plain field; nil and empty text leave the field empty.
  public mutating func put(_ name: String, _ text: String?) {
    let field = declared(name)
    if let value = read(text, as: field.type, name: name) { write(field, .value(value)) }
  }

  /// Keeps a field empty that would begin with its default: the source says that it has no value.
  public mutating func leaveEmpty(_ name: String) { write(declared(name), .value(.null)) }

  /// Reads the sub-values of a group by their names; a group that lacks a required one stays empty.
  public mutating func putGroup(_ name: String, _ texts: [String: String?]) {
    let field = declared(name)
    guard case .group(let parts) = field.type else {
      preconditionFailure("\(name) of \(entity.name) is no group")
    }
    for part in texts.keys where !parts.contains(where: { $0.name == part }) {
      preconditionFailure("\(name) of \(entity.name) has no part \(part)")
    }
    let values = parts.map { part in
      (texts[part.name] ?? nil).flatMap {
        read($0, as: part.type, name: "\(name).\(part.name)")
      } ?? .null
    }
    let group = Value.canonicalGroup(values)
    guard !group.isNull, !zip(parts, values).contains(where: { $0.isRequired && $1.isNull }) else {
      return
    }
    write(field, .value(group))
  }

  /// Reads the elements of a set.
  public mutating func putSet(_ name: String, _ texts: [String]) {
    let field = declared(name)
    guard case .set(let type) = field.type else {
      preconditionFailure("\(name) of \(entity.name) is no set")
    }
    var elements: [Value] = []
    for value in texts.compactMap({ read($0, as: type, name: name) })
    where !elements.contains(where: { $0.elementKey == value.elementKey }) {
      elements.append(value)
    }
    if !elements.isEmpty { write(field, .elements(elements)) }
  }

  /// Reads one key of a map of plain values.
  public mutating func putKey(_ name: String, _ key: String, _ text: String?) {
    let field = declared(name)
    guard case .map(let keyType, let type) = field.type else {
      preconditionFailure("\(name) of \(entity.name) is no map")
    }
    guard let value = read(text, as: type, name: name),
      let key = read(key, as: keyType, name: name)
    else { return }
    putEntry(field, .init(key: key, value: value))
  }

  /// Reads one key of a map of groups, its sub-values by their names.
  public mutating func putKey(_ name: String, _ key: String, parts texts: [String: String?]) {
    let field = declared(name)
    guard case .map(let keyType, .group(let parts)) = field.type else {
      preconditionFailure("\(name) of \(entity.name) is no map of groups")
    }
    guard let key = read(key, as: keyType, name: name) else { return }
    let values = parts.map { part in
      (texts[part.name] ?? nil).flatMap {
        read($0, as: part.type, name: "\(name).\(part.name)")
      } ?? .null
    }
    let group = Value.canonicalGroup(values)
    if !group.isNull { putEntry(field, .init(key: key, value: group)) }
  }

  public mutating func put(_ name: String, reference: ImportReference?) {
    if let reference { write(declared(name), .reference(reference)) }
  }

  public mutating func put(_ name: String, references: [ImportReference]) {
    if !references.isEmpty { write(declared(name), .references(references)) }
  }

  /// Tells that a value was put right.
  public mutating func mended(_ field: String, reason: String, _ sentence: Label) {
    findings.append(
      .init(kind: .mended, line: line, field: field, reason: reason, sentence: sentence))
  }

  /// Tells that a value was left out.
  public mutating func skipped(_ field: String, reason: String, _ sentence: Label) {
    findings.append(
      .init(kind: .skipped, line: line, field: field, reason: reason, sentence: sentence))
  }

  /// The first required field that is empty and has no default.
  func missing(except supplied: Set<String>) -> Field? {
    entity.fields.first { field in
      field.isRequired && field.defaultValue == nil && !supplied.contains(field.name)
        && self[field.name] == nil
    }
  }

  private mutating func read(_ text: String?, as type: ValueType, name: String) -> Value? {
    guard let text = text?.kept, !text.isEmpty else { return nil }
    let parser = ValueParser(model: model, clock: .brussels) { _, _ in
      throw ReferenceFailure.notFound
    }
    do {
      return try parser.value(text, of: type, name: name)
    } catch let error as FieldError {
      skipped(name, reason: "bad-value", error.reason)
    } catch {
      preconditionFailure("a parser without lookups throws nothing else: \(error)")
    }
    return nil
  }

  private mutating func write(_ field: Field, _ content: PlannedContent) {
    contents.removeAll { $0.field.tag == field.tag }
    contents.append((field, content))
  }

  private mutating func putEntry(_ field: Field, _ entry: FieldValue.MapEntry) {
    var entries: [FieldValue.MapEntry] =
      if case .map(let entries)? = self[field.name] { entries } else { [] }
    entries.removeAll { $0.key == entry.key }
    entries.append(entry)
    write(field, .map(entries))
  }

  private func declared(_ name: String) -> Field {
    guard let field = entity.field(named: name) else {
      preconditionFailure("the mapping names \(entity.name).\(name), which the model does not have")
    }
    return field
  }
}
