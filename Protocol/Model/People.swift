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
