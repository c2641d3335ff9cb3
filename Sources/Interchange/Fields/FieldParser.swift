import Protocol

/// Reads what somebody typed on the command line, `field=value`, into what to write.
///
/// Texts are composed (NFC) and trimmed; every value is checked against its type before it leaves
/// here. Nothing is looked up but references, by the caller's closure.
public struct FieldParser {
  /// Finds the record of an entity that an id, a code or a unique title means. Throws
  /// `ReferenceFailure` when there is none or more than one.
  public typealias References = (_ entity: String, _ text: String) throws -> RowID

  public enum Purpose: Sendable {
    /// A record is being made: sets take their first elements.
    case adding
    /// A record is there: sets are changed by their own commands.
    case editing
  }

  let model: Model
  let entity: Entity
  let purpose: Purpose
  let values: ValueParser

  public init(
    model: Model, entity: Entity, purpose: Purpose, clock: WallClock = .brussels,
    references: @escaping References
  ) {
    self.model = model
    self.entity = entity
    self.purpose = purpose
    values = ValueParser(model: model, clock: clock, references: references)
  }

  /// Reads all assignments of one command. A field, key or part may be named once.
  public func parse(_ assignments: [String]) throws -> [FieldIntent] {
    var seen: Set<String> = []
    return try assignments.map { text in
      let (name, _) = try split(text)
      guard seen.insert(name).inserted else { throw FieldError.assignedTwice(name) }
      return try parse(text)
    }
  }

  /// Reads `field=value`, `group.part=value`, `map[key]=value` or `map[key].part=value`; an empty
  /// value clears.
  public func parse(_ assignment: String) throws -> FieldIntent {
    let (name, text) = try split(assignment)
    let target = try target(name)
    let intent = try text.isEmpty ? cleared(target) : written(target, text)
    return intent
  }

  /// Reads the name of a field, of a key or of a part, as commands take it without a value.
  public func target(_ name: String) throws -> FieldTarget {
    let path = try FieldPath(name)
    guard let field = entity.field(named: path.field) else {
      throw FieldError.unknownField(path.field, of: entity)
    }
    if case .derived = field.kind { throw FieldError.notWritable(name) }
    var type = field.type
    var key: Value?
    if let text = path.key {
      guard case .map(let keyType, let valueType) = type else { throw FieldError.noParts(name) }
      key = try values.value(text, of: keyType, name: name)
      type = valueType
    }
    let part = try path.part.map { try partIndex($0, in: type, name: name) }
    return FieldTarget(field: field, key: key, part: part, name: name)
  }

  /// Reads elements for `set-add` and `set-remove`; doubled ones count once.
  public func elements(_ texts: [String], of field: Field) throws -> [Value] {
    guard case .set(let type) = field.type else { throw FieldError.noParts(field.name) }
    return try elements(texts, type: type, name: field.name)
  }

  /// Reads one value of what a target names, as `--where` and `--value` take it.
  public func value(_ text: String, for target: FieldTarget) throws -> Value {
    text.isEmpty ? .null : try values.value(text, of: target.type, name: target.name)
  }

  private func split(_ assignment: String) throws -> (name: String, value: String) {
    // A key may hold an equals sign, so the sign that counts stands after the key.
    let start =
      assignment.firstIndex(of: "[").flatMap { open in
        assignment[..<open].contains("=") ? nil : assignment[open...].firstIndex(of: "]")
      } ?? assignment.startIndex
    guard let sign = assignment[start...].firstIndex(of: "="), sign > assignment.startIndex else {
      throw FieldError.noAssignment(assignment)
    }
    return (assignment[..<sign].trimmed, assignment[assignment.index(after: sign)...].kept)
  }

  private func partIndex(_ part: String, in type: ValueType, name: String) throws -> Int {
    guard case .group(let parts) = type else { throw FieldError.noParts(name) }
    guard let index = parts.firstIndex(where: { $0.name == part }) else {
      throw FieldError.unknownPart(name, parts: parts)
    }
    return index
  }

  private func elements(_ texts: [String], type: ValueType, name: String) throws -> [Value] {
    var seen: Set<Value> = []
    var elements: [Value] = []
    for text in texts.map(\.kept) where !text.isEmpty {
      let value = try values.value(text, of: type, name: name)
      if seen.insert(value.elementKey).inserted { elements.append(value) }
    }
    return elements
  }
}

extension FieldParser {
  private func cleared(_ target: FieldTarget) throws -> FieldIntent {
    let field = target.field
    if let key = target.key {
      guard let part = target.part else { return .mapPut(field: field, key: key, value: .null) }
      return .mapPutPart(field: field, key: key, part: part, value: .null)
    }
    if let part = target.part { return .setPart(field: field, part: part, value: .null) }
    if field.isRequired { throw FieldError.required(field, rule: rule(field.type)) }
    switch field.type {
    case .set where purpose == .editing: throw FieldError.useSetCommands(target.name)
    case .set: return .elements(field: field, [])
    case .counter: throw FieldError.useCount(target.name)
    case .map(let key, .counter):
      throw FieldError.needsKey(target.name, example: rule(key).example)
    default: return .clear(field: field)
    }
  }

  private func written(_ target: FieldTarget, _ text: String) throws -> FieldIntent {
    let field = target.field
    switch (field.type, target.key, target.part) {
    case (.set(let type), nil, nil):
      guard purpose == .adding else { throw FieldError.useSetCommands(target.name) }
      let texts = Self.splitList(text)
      return .elements(field: field, try elements(texts, type: type, name: target.name))
    case (.counter, _, _), (.map(_, .counter), _, _): throw FieldError.useCount(target.name)
    case (.map(let key, _), nil, _):
      throw FieldError.needsKey(target.name, example: rule(key).example)
    case (.group(let parts), nil, nil):
      return .set(field: field, value: try place(text, parts: parts, target))
    case (_, let key?, let part?):
      let value = try values.value(text, of: target.type, name: target.name)
      return .mapPutPart(field: field, key: key, part: part, value: value)
    case (_, let key?, nil):
      let value = try values.value(text, of: target.type, name: target.name)
      return .mapPut(field: field, key: key, value: value)
    case (_, nil, let part?):
      let value = try values.value(text, of: target.type, name: target.name)
      return .setPart(field: field, part: part, value: value)
    default:
      return .set(
        field: field, value: try values.value(text, of: field.type, name: target.name))
    }
  }

  /// A place may be typed whole, as `51.04800,3.72800`: latitude first, as people say it.
  private func place(_ text: String, parts: [GroupPart], _ target: FieldTarget) throws -> Value {
    let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map(\.trimmed)
    guard numbers.count == 2, parts.count >= 2, parts[0].name == "lat", parts[1].name == "lon"
    else { throw FieldError.badValue(target.name, text, rule: rule(target.field.type)) }
    return .canonicalGroup(
      try zip(numbers, parts).map { number, part in
        try values.value(number, of: part.type, name: "\(target.name).\(part.name)")
      })
  }

  private func rule(_ type: ValueType) -> TypeRule { TypeRule(type, model: model) }

  /// Splits at commas; `\,` is a comma that belongs to an element.
  static func splitList(_ text: String) -> [String] {
    var pieces = [""]
    var isEscaped = false
    for character in text {
      if isEscaped {
        pieces[pieces.count - 1].append(contentsOf: character == "," ? "," : "\\\(character)")
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else if character == "," {
        pieces.append("")
      } else {
        pieces[pieces.count - 1].append(character)
      }
    }
    if isEscaped { pieces[pieces.count - 1].append("\\") }
    return pieces
  }
}
