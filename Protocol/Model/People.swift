/// Where a model keeps the people that may sync: the server makes their records.
public struct People: Sendable {
  public let entity: String
  public let nameField: String
  public let roleField: String?
  public let activeField: String?
  /// The record's role for each role of an account.
  public let roles: [String: String]

  public init(
    entity: String, nameField: String, roleField: String? = nil, activeField: String? = nil,
    roles: [String: String] = [:]
  ) {
    self.entity = entity
    self.nameField = nameField
    self.roleField = roleField
    self.activeField = activeField
    self.roles = roles
  }
}

extension Model {
  /// The operation that makes a person's record; nil where the model has no place for people.
  public func personRecord(_ row: RowID, name: String, role: String) -> Operation? {
    guard let people, let entity = entity(named: people.entity),
      let nameField = entity.field(named: people.nameField)
    else { return nil }
    var writes: [(Tag, Value)] = [(nameField.tag, .text(name))]
    if let field = people.roleField.flatMap(entity.field(named:)), let code = people.roles[role] {
      writes.append((field.tag, .text(code)))
    }
    if let field = people.activeField.flatMap(entity.field(named:)) {
      writes.append((field.tag, true))
    }
    return .create(entity.tag, row, writes)
  }

  /// The operation that gives a person's record the role of their account.
  public func personRoleChange(_ row: RowID, role: String) -> Operation? {
    guard let people, let entity = entity(named: people.entity),
      let field = people.roleField.flatMap(entity.field(named:)), let code = people.roles[role]
    else { return nil }
    return .write(entity.tag, row, [(field.tag, .text(code))])
  }

  /// The operation that tells in a person's record whether they still take part.
  public func personActivityChange(_ row: RowID, isActive: Bool) -> Operation? {
    guard let people, let entity = entity(named: people.entity),
      let field = people.activeField.flatMap(entity.field(named:))
    else { return nil }
    return .write(entity.tag, row, [(field.tag, .int(isActive ? 1 : 0))])
  }
}
