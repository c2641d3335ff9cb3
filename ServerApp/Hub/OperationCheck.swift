import Protocol

/// Whether an operation from outside may be merged at all: known entity and fields, the right kind of
/// change for each field, a legal value, an id of the author's own making.
struct OperationCheck {
  let model: Model
  let isServer: Bool

  func check(_ operation: Operation, site: UInt32) throws -> Entity {
    guard !operation.kind.isEffect else {
      throw MergeRefusal(InvalidDetail(.effect))
    }
    guard let entity = model.entity(tag: operation.entity) else {
      throw MergeRefusal(.unknownField, "entity \(operation.entity)")
    }
    guard isServer || !entity.isServerOwned else { throw MergeRefusal(.serverOwned, entity.name) }
    if operation.kind == .create { try checkID(operation, entity, site: site) }
    for (index, tag) in operation.tags.enumerated() {
      guard let field = entity.field(tag: tag) else {
        throw MergeRefusal(.unknownField, "\(entity.name).\(tag)")
      }
      try check(operation, index, field, entity)
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
