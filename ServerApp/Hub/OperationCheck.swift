import Protocol

/// Whether an operation from outside may be merged at all: known entity and fields, the right kind of
/// change for each field, a legal value, an id of the author's own making.
struct OperationCheck {
  let model: Model
  let isServer: Bool

  func check(_ operation: Operation, site: UInt32) throws -> Entity {
    guard !operation.kind.isEffect else {
      throw MergeRefusal(.invalidValue, "an effect is not an operation")
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

  private func check(_ operation: Operation, _ index: Int, _ field: Field, _ entity: Entity) throws {
    let name = "\(entity.name).\(field.name)"
    func refuse(_ why: String) -> MergeRefusal { MergeRefusal(.invalidValue, "\(name): \(why)") }
    if operation.kind == .write, entity.isIdentity(field.tag) {
      throw refuse("says which record it is, and is written when it is made")
    }
    switch (operation.kind, field.kind) {
    case (.create, _), (.write, _):
      guard CellForm(field.kind) == .register, field.kind != .derived else {
        throw refuse("is not written whole")
      }
      // A record that is made may lack a field; one that is there may not lose what it must have.
      if operation.kind == .create && operation.values[index].isNull { return }
      if let violation = field.violation(of: operation.values[index], model: model) {
        throw refuse(violation.sentence(.en))
      }
    case (.add, .set):
      guard case .set(let element) = field.type, !operation.values[0].isNull else {
        throw refuse("is no set")
      }
      try check(operation.values[0], element, refuse)
    case (.remove, .set(let growOnly)):
      if growOnly { throw refuse("only grows") }
    case (.increment, .counter(let growOnly)):
      try check(difference: operation.values[0], growOnly, refuse)
    case (.put, .map(let kind)) where CellForm(kind) == .register:
      guard case .map(let key, let value) = field.type, !operation.values[0].isNull else {
        throw refuse("is no map")
      }
      try check(operation.values[0], key, refuse)
      try check(operation.values[1], value, refuse)
    case (.drop, .map(let kind)) where CellForm(kind) == .register: break
    case (.bump, .map(of: .counter(let growOnly))):
      guard case .map(let key, _) = field.type, !operation.values[0].isNull else {
        throw refuse("is no map")
      }
      try check(operation.values[0], key, refuse)
      try check(difference: operation.values[1], growOnly, refuse)
    default:
      throw refuse("does not take this kind of change")
    }
  }

  private func check(
    _ value: Value, _ type: ValueType, _ refuse: (String) -> MergeRefusal
  ) throws {
    if value.isNull { return }
    if let violation = type.violation(of: value, model: model) {
      throw refuse(violation.sentence(.en))
    }
  }

  private func check(
    difference: Value, _ growOnly: Bool, _ refuse: (String) -> MergeRefusal
  ) throws {
    guard let number = difference.intValue, number.magnitude <= 1_000_000_000 else {
      throw refuse("a difference is a whole number")
    }
    if growOnly, number < 0 { throw refuse("only grows") }
  }
}
