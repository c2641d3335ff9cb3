import Protocol

/// Whether an operation from outside may be merged at all: known entity and fields, the right kind of
/// change for each field, a legal value, an id of the author's own making.
struct OperationCheck {
  let model: Model
  let isServer: Bool
  /// The author's program has a newer model: its lists may have codes that are not known here.
  var isNewer = false
  /// The fields that are not known here, as newer programs have declared them.
  var declared: (_ entity: Tag, _ tag: Tag) -> DeclaredField? = { _, _ in nil }
  /// Whether newer programs have declared an entity in different ways.
  var isDisputed: (_ entity: Tag) -> Bool = { _ in false }

  func check(_ operation: Operation, site: UInt32) throws -> Entity {
    guard !operation.kind.isEffect else {
      throw MergeRefusal(InvalidDetail(.effect))
    }
    guard let entity = model.entity(tag: operation.entity), !isDisputed(entity.tag) else {
      throw MergeRefusal(.unknownField, "entity \(operation.entity)")
    }
    guard isServer || !entity.isServerOwned else { throw MergeRefusal(.serverOwned, entity.name) }
    if operation.kind == .create { try checkID(operation, entity, site: site) }
    for (index, tag) in operation.tags.enumerated() {
      if !entity.isUnknown, let field = entity.field(tag: tag) {
        try check(operation, index, field, entity)
      } else if let kind = declared(entity.tag, tag)?.kind {
        try check(operation, index, kind, entity)
      } else {
        throw MergeRefusal(.unknownField, "\(entity.name).\(tag)")
      }
    }
    return entity
  }

  /// A record's id is the one that its identity gives, or a number of its author's own.
  private func checkID(_ operation: Operation, _ entity: Entity, site: UInt32) throws {
    if let derived = entity.derivedID(tags: operation.tags, values: operation.values) {
      if operation.row == derived { return }
    } else if !operation.row.isDerived, operation.row.site == site {
      return
    }
    throw MergeRefusal(.identityTaken, operation.row.text)
  }

  private func check(_ operation: Operation, _ index: Int, _ field: Field, _ entity: Entity) throws
  {
    func refuse(_ rule: InvalidDetail.Rule) -> MergeRefusal {
      MergeRefusal(InvalidDetail(rule, entity, field))
    }
    func judge(_ violation: Violation?) throws {
      guard let violation else { return }
      if isNewer, violation.isUnknownCode { return }
      if case .countsDown = violation { throw refuse(.onlyGrows) }
      throw refuse(.value)
    }
    let values = operation.values
    if operation.kind == .write, entity.isIdentity(field.tag) { throw refuse(.isIdentity) }
    switch (operation.kind, field.kind) {
    // A record that two may make has its texts edited, so that neither takes the other's place.
    case (.write, .text): throw refuse(.notWhole)
    case (.create, .text) where operation.row.isDerived: throw refuse(.notWhole)
    case (.edit, .text): try check(edit: operation, field, refuse)
    case (.erase, .text) where isServer: break
    case (.create, _), (.write, _):
      guard CellForm(field.kind) == .register, field.kind != .derived else {
        throw refuse(.notWhole)
      }
      // A record that is made may lack a field; one that is there may not lose what it must have.
      if operation.kind == .create && values[index].isNull { return }
      try judge(field.violation(of: values[index], model: model))
    case (.add, .set): try judge(field.violation(ofElement: values[0], model: model))
    case (.remove, .set(let growOnly)):
      if growOnly { throw refuse(.onlyGrows) }
    case (.increment, .counter):
      guard let difference = values[0].intValue else { throw refuse(.value) }
      try judge(field.violation(ofDifference: difference, model: model))
    case (.put, .map(let kind)) where CellForm(kind) == .register:
      try judge(field.violation(ofKey: values[0], value: values[1], model: model))
    case (.drop, .map(let kind)) where CellForm(kind) == .register: break
    case (.bump, .map(of: .counter)):
      guard let difference = values[1].intValue else { throw refuse(.value) }
      try judge(field.violation(ofKey: values[0], difference: difference, model: model))
    default:
      throw refuse(.wrongKind)
    }
  }

  /// An operation on a field that is not known here: it must be one that its kind takes. What its values
  /// may be is not known; they are kept as they are.
  private func check(
    _ operation: Operation, _ index: Int, _ kind: MergeKind, _ entity: Entity
  ) throws {
    // A field of an entity that is not known has a column where records are found by it.
    let isLink = entity.field(tag: operation.tags[index]) != nil
    func fits() -> Bool {
      let values = operation.values
      if isLink, case .group = values[index] { return false }
      switch (operation.kind, kind) {
      case (.create, .text): return !operation.row.isDerived
      case (.edit, .text):
        guard values[0].isNull || operation.editedState != nil, case .bytes(let bytes) = values[1]
        else { return false }
        // What does not decode is not merged.
        return (try? TextChange(encoded: bytes)) != nil
      case (.write, .text): return false
      case (.create, _), (.write, _):
        switch kind {
        case .ranked(.maximum), .ranked(.minimum):
          return values[index].isNull || values[index].intValue != nil
        case .stage, .ranked(.listOrder):
          return values[index].isNull || values[index].textValue != nil
        default: return CellForm(kind) == .register
        }
      case (.add, .set): return !values[0].isNull
      case (.remove, .set(growOnly: false)): return true
      case (.increment, .counter(let growOnly)): return isDifference(values[0], growOnly)
      case (.put, .map(let inner)), (.drop, .map(let inner)):
        return CellForm(inner) == .register && !values[0].isNull
      case (.bump, .map(of: .counter(let growOnly))):
        return !values[0].isNull && isDifference(values[1], growOnly)
      default: return false
      }
    }
    func isDifference(_ value: Value, _ growOnly: Bool) -> Bool {
      guard let number = value.intValue else { return false }
      return ValueType.counter.violation(of: value, model: model) == nil
        && !(growOnly && number < 0)
    }
    if operation.kind == .write, let field = entity.field(tag: operation.tags[index]),
      entity.isIdentity(field.tag)
    {
      throw MergeRefusal(InvalidDetail(.isIdentity, entity, field))
    }
    guard fits() else {
      throw MergeRefusal(.unknownField, "\(entity.name).\(operation.tags[index])")
    }
  }

  private func check(
    edit operation: Operation, _ field: Field, _ refuse: (InvalidDetail.Rule) -> MergeRefusal
  ) throws {
    guard operation.values[0].isNull || operation.editedState != nil,
      case .bytes(let bytes) = operation.values[1]
    else { throw refuse(.value) }
    let change: TextChange
    do {
      change = try TextChange(encoded: bytes)
    } catch {
      throw refuse(.value)
    }
    for edit in change.edits where !edit.inserted.isEmpty {
      guard field.type.violation(of: .text(edit.inserted), model: model) == nil else {
        throw refuse(.value)
      }
    }
  }
}
