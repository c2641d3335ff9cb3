import Protocol

/// Turns what somebody asked into operations on one record.
public enum EditPlan {
  /// The operations that make a record: its fields with defaults, its first elements and keys.
  ///
  /// - Parameters:
  ///   - createdAt: the author's time, ms, for the fields that tell when and by whom.
  public static func creation(
    _ entity: Entity, model: Model, row: RowID, intents: [FieldIntent], createdAt: Int64,
    user: RowID
  ) throws -> [Operation] {
    var writes: [Tag: Value] = [:]
    try refuseAuthorship(intents)
    for field in entity.fields {
      if let value = field.defaultValue { writes[field.tag] = value }
    }
    for field in entity.fields {
      switch field.authorship {
      case .time: writes[field.tag] = .int(createdAt)
      case .person where user.isValid: writes[field.tag] = .int(user.raw)
      case .person, nil: break
      }
    }
    let (registers, others) = try registers(intents, current: nil)
    for (field, value) in registers { writes[field.tag] = value }
    let row = entity.derivedID(tags: writes.map(\.key), values: writes.map(\.value)) ?? row
    var operations = try others.flatMap { try entryOperations($0, entity, row, current: nil) }
    if row.isDerived { operations += edits(takenFrom: &writes, entity, row) }
    let written = Set(operations.flatMap(\.tags))
    for field in entity.fields
    where field.isRequired && field.kind != .derived && writes[field.tag] ?? .null == .null
      && !written.contains(field.tag) && CellForm(field.kind) == .register
    {
      throw FieldError.required(field, rule: TypeRule(field.type, model: model))
    }
    return [.create(entity.tag, row, writes.map { ($0.key, $0.value) })] + operations
  }

  /// The operations that change a record which shows as `current`.
  public static func change(
    _ entity: Entity, model: Model, current: Record, intents: [FieldIntent]
  ) throws -> [Operation] {
    try refuseAuthorship(intents)
    var (registers, others) = try registers(intents, current: current)
    // What a record is stays as it is; saying it again is no change.
    registers.removeAll { field, value in
      entity.isIdentity(field.tag) && current.fields[field.tag] ?? .scalar(.null) == .scalar(value)
    }
    if let changed = registers.first(where: { entity.isIdentity($0.field.tag) }) {
      throw FieldError.writtenOnce(changed.field.name)
    }
    for (field, value) in registers where field.kind == .once {
      let present = current.fields[field.tag].scalar
      if !present.isNull, present != value {
        throw FieldError.writtenOnce(field.name)
      }
    }
    for (field, value) in registers {
      guard case .ranked(let ranking) = field.kind,
        case .scalar(let present)? = current.fields[field.tag],
        ranking.refuses(value, after: present)
      else { continue }
      throw FieldError.neverGoesBack(field, present: present, ranking)
    }
    for (field, value) in registers where field.isRequired && value.isNull {
      throw FieldError.required(field, rule: TypeRule(field.type, model: model))
    }
    var operations: [Operation] = []
    let texts = registers.filter { $0.field.kind == .text }
    registers.removeAll { $0.field.kind == .text }
    for (field, value) in texts {
      let shown = current.fields[field.tag].text
      if let change = TextChange(TextDiff.edits(from: shown, to: value.textValue ?? "")) {
        operations.append(.edit(entity.tag, current.id, field.tag, change))
      }
    }
    if !registers.isEmpty {
      operations.append(
        .write(entity.tag, current.id, registers.map { ($0.field.tag, $0.value) }))
    }
    return try operations
      + others.flatMap { try entryOperations($0, entity, current.id, current: current) }
  }

  /// The texts of a record that two may make at once: each is an edit, so that both stay.
  private static func edits(
    takenFrom writes: inout [Tag: Value], _ entity: Entity, _ row: RowID
  ) -> [Operation] {
    entity.fields.filter { $0.kind == .text }.compactMap { field in
      guard let text = writes.removeValue(forKey: field.tag)?.textValue,
        let change = TextChange([TextEdit(at: 0, inserting: text)])
      else { return nil }
      return .edit(entity.tag, row, field.tag, change)
    }
  }

  /// When and by whom a record was made is nobody's to say.
  private static func refuseAuthorship(_ intents: [FieldIntent]) throws {
    for intent in intents where intent.field.authorship != nil {
      throw FieldError.writtenByProgram(intent.field.name)
    }
  }

  /// The registers to write, each once, with the parts of a group put together; and the rest.
  private static func registers(_ intents: [FieldIntent], current: Record?) throws
    -> (registers: [(field: Field, value: Value)], others: [FieldIntent])
  {
    var order: [Tag] = []
    var fields: [Tag: Field] = [:]
    var values: [Tag: Value] = [:]
    var parts: [Tag: [(part: Int, value: Value)]] = [:]
    var others: [FieldIntent] = []
    func note(_ field: Field) {
      if fields.updateValue(field, forKey: field.tag) == nil { order.append(field.tag) }
    }
    for intent in intents {
      let field = intent.field
      switch intent {
      case .set(_, let value) where CellForm(field.kind) == .register:
        note(field)
        values[field.tag] = value
      case .clear where CellForm(field.kind) == .register:
        note(field)
        values[field.tag] = .null
      case .setPart(_, let part, let value):
        note(field)
        parts[field.tag, default: []].append((part, value))
      default: others.append(intent)
      }
    }
    let registers = try order.compactMap { tag -> (field: Field, value: Value)? in
      guard let field = fields[tag] else { return nil }
      guard let changes = parts[tag] else { return (field, values[tag] ?? .null) }
      let present = values[tag] ?? (current?.fields[tag]).scalar
      return (field, try GroupParts.merge(current: present, parts: changes, field: field))
    }
    return (registers, others)
  }

  private static func entryOperations(
    _ intent: FieldIntent, _ entity: Entity, _ row: RowID, current: Record?
  ) throws -> [Operation] {
    let field = intent.field
    func shown(_ key: Value) -> Value {
      guard case .map(let entries)? = current?.fields[field.tag] else { return .null }
      return entries.first { $0.key == key }?.value ?? .null
    }
    switch intent {
    case .elements(_, let elements):
      return elements.map { .add(entity.tag, row, field.tag, $0) }
    case .mapPut(_, let key, let value):
      return [
        value.isNull
          ? .drop(entity.tag, row, field.tag, key: key)
          : .put(entity.tag, row, field.tag, key: key, value)
      ]
    case .mapPutPart(_, let key, let part, let value):
      let merged = try GroupParts.mergeEntry(
        current: shown(key), parts: [(part, value)], field: field)
      return [
        merged.isNull
          ? .drop(entity.tag, row, field.tag, key: key)
          : .put(entity.tag, row, field.tag, key: key, merged)
      ]
    case .clear:
      guard case .map(let entries)? = current?.fields[field.tag] else { return [] }
      return entries.map { .drop(entity.tag, row, field.tag, key: $0.key) }
    case .set, .setPart:
      return []
    }
  }
}
