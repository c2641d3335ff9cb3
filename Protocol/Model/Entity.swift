/// A kind of record: one SQLite table, one noun on the command line.
public struct Entity: Sendable {
  public let tag: Tag
  /// Lower-case with hyphens, as typed on the command line: `settlement-case`.
  public let name: String
  /// The SQLite table: the name with underscores.
  public let table: String
  public let label: Label
  public let help: Label
  public let fields: [Field]
  /// The field that people know a record by; a reference stands for the title of its target.
  public let title: String?
  /// The fields that make a record what it is: where there are any, its id is derived from their
  /// values, so that two people who make it apart make one record. Each is written once.
  public let identity: [String]
  /// The field of an ordered child that names its parent record: both live and die together.
  public let parent: String?
  public let space: SpaceRule
  /// Only the server's own commands write these records; devices read them.
  public let isServerOwned: Bool

  private let byTag: [Tag: Int]
  private let byName: [String: Int]

  public init(
    tag: Tag, name: String, label: Label, help: Label, title: String? = nil,
    identity: [String] = [], parent: String? = nil, space: SpaceRule = .city,
    isServerOwned: Bool = false, fields: [Field]
  ) {
    self.tag = tag
    self.name = name
    table = String(name.map { $0 == "-" ? "_" : $0 })
    self.label = label
    self.help = help
    self.fields = fields
    self.title = title
    self.identity = identity
    self.parent = parent
    self.space = space
    self.isServerOwned = isServerOwned
    byTag = Dictionary(
      fields.enumerated().map { ($1.tag, $0) }, uniquingKeysWith: { first, _ in first })
    var byName: [String: Int] = [:]
    for (index, field) in fields.enumerated() { byName[field.name] = byName[field.name] ?? index }
    for (index, field) in fields.enumerated() {
      for alias in field.aliases { byName[alias] = byName[alias] ?? index }
    }
    self.byName = byName
  }

  public func field(tag: Tag) -> Field? { byTag[tag].map { fields[$0] } }
  /// Found by its present name, or by one that it had before.
  public func field(named name: String) -> Field? { byName[name].map { fields[$0] } }
  public func fieldIndex(tag: Tag) -> Int? { byTag[tag] }
}

extension Entity {
  /// The field that says where a record lies in its list; nil where the records have no order.
  public var orderField: Field? { fields.first { $0.type == .fractionalIndex } }

  /// The field that says in whose list a record lies: its parent, or the record whose space it
  /// shares. nil for the one list of all.
  public var listField: Field? {
    if let parent { return field(named: parent) }
    guard case .sameAs(let name) = space else { return nil }
    return field(named: name)
  }
}

/// Where the space of a record comes from. A space is the city or the root record of a tree.
public enum SpaceRule: Sendable, Hashable {
  /// The city itself.
  case city
  /// A reference to a tree record: its root is the space; empty means the city.
  case through(field: String)
  /// A record of the tree itself: its root along this field is the space.
  case tree(parent: String, code: String)
  /// The space of another record: a session's event, a checklist item's case.
  case sameAs(field: String)

  public var field: String? {
    switch self {
    case .city: nil
    case .through(let field), .sameAs(let field): field
    case .tree(let parent, _): parent
    }
  }
}
