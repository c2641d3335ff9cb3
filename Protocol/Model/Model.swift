/// One declaration of everything that is synced: entities, fields, types, merge kinds, value lists.
///
/// The engine knows tables, columns and merge kinds, never what they stand for. Schema, validation,
/// command help, CSV columns and import mappings all follow from a value of this type.
///
/// Invariants, checked once by `Model.init`: tags and names are unique in their scope, every
/// reference, value list and parent exists, every stage's forward moves are acyclic, and the keys of
/// maps are of a kind that asks nobody.
public struct Model: Sendable {
  /// A short name, kept in each database: a replica of another model is refused.
  public let name: String
  /// Grows by one with each change of the declaration.
  public let version: UInt32
  public let entities: [Entity]
  public let lists: [ValueList]
  /// Where people have their records; nil for a model without people.
  public let people: People?

  private let entityByTag: [Tag: Int]
  private let entityByName: [String: Int]
  private let listByName: [String: Int]

  public init(
    name: String, version: UInt32, lists: [ValueList], entities: [Entity], people: People? = nil
  ) throws(ModelError) {
    self.people = people
    self.name = name
    self.version = version
    self.entities = entities
    self.lists = lists
    listByName = try Self.index(lists.map(\.name), what: "value list")
    entityByName = try Self.index(entities.map(\.name), what: "entity")
    _ = try Self.index(entities.map(\.table), what: "table")
    var byTag: [Tag: Int] = [:]
    for (index, entity) in entities.enumerated() {
      guard entity.tag != 0, byTag.updateValue(index, forKey: entity.tag) == nil else {
        throw .duplicate(what: "entity tag", name: String(entity.tag))
      }
    }
    entityByTag = byTag
    for entity in entities { try check(entity) }
  }

  public func entity(tag: Tag) -> Entity? { entityByTag[tag].map { entities[$0] } }
  public func entity(named name: String) -> Entity? { entityByName[name].map { entities[$0] } }
  public func list(named name: String) -> ValueList? { listByName[name].map { lists[$0] } }

  /// The index of an entity in `entities`, for tables of per-entity state.
  public func entityIndex(tag: Tag) -> Int? { entityByTag[tag] }

  /// The entities whose rows are ordered children of `entity`, deleted and revived with it.
  public func children(of entity: Entity) -> [Entity] {
    entities.filter { child in
      child.parent.flatMap { child.field(named: $0)?.type.target } == entity.name
    }
  }

  private static func index(_ names: [String], what: String) throws(ModelError) -> [String: Int] {
    var result: [String: Int] = [:]
    for (position, name) in names.enumerated()
    where result.updateValue(position, forKey: name) != nil {
      throw .duplicate(what: what, name: name)
    }
    return result
  }

  private func check(_ entity: Entity) throws(ModelError) {
    var tags: Set<Tag> = [Field.lifeTag]
    var names: Set<String> = []
    for field in entity.fields {
      guard tags.insert(field.tag).inserted else {
        throw .duplicate(what: "tag in \(entity.name)", name: String(field.tag))
      }
      for name in [field.name] + field.aliases {
        guard names.insert(name).inserted else {
          throw .duplicate(what: "field in \(entity.name)", name: name)
        }
      }
      for type in field.type.leaves {
        switch type {
        case .enumeration(let list) where listByName[list] == nil:
          throw .unknown(what: "value list", name: list)
        case .reference(let target) where entityByName[target] == nil:
          throw .unknown(what: "entity", name: target)
        default: break
        }
      }
      if case .stage(let moves) = field.kind, !moves.isAcyclic {
        throw .cyclicStage(entity: entity.name, field: field.name)
      }
      if case .map(let kind) = field.kind, !kind.isForKeys {
        throw .kindOfKeys(entity: entity.name, field: field.name)
      }
    }
    let named = [entity.title, entity.parent, entity.space.field].compactMap(\.self)
    for name in named + entity.identity where !names.contains(name) {
      throw .unknown(what: "field of \(entity.name)", name: name)
    }
    for name in entity.identity where entity.field(named: name)?.kind != .once {
      throw .changingIdentity(entity: entity.name, field: name)
    }
  }
}

/// The number of an entity or field that never changes its meaning or its kind. Wire, column masks
/// and stored unknown fields use tags, so that a rename costs nothing.
public typealias Tag = UInt32

/// A declaration that contradicts itself: a bug of whoever wrote it.
public enum ModelError: Error, Equatable {
  case duplicate(what: String, name: String)
  case unknown(what: String, name: String)
  case cyclicStage(entity: String, field: String)
  /// The keys of a map are of a kind that they cannot have: one that asks a person, or has parts.
  case kindOfKeys(entity: String, field: String)
  /// A field that says what a record is must be written once.
  case changingIdentity(entity: String, field: String)
}

/// A text in the languages of the city.
public struct Label: Sendable, Hashable {
  public let nl: String
  public let en: String
  public init(nl: String, en: String) {
    self.nl = nl
    self.en = en
  }
}

/// A closed list of codes with their labels, in an order that a ranked field may use.
public struct ValueList: Sendable {
  public struct Entry: Sendable {
    public let code: String
    public let label: Label
    public init(_ code: String, nl: String, en: String) {
      self.code = code
      label = Label(nl: nl, en: en)
    }
  }
  public let name: String
  public let entries: [Entry]
  public init(_ name: String, _ entries: [Entry]) {
    self.name = name
    self.entries = entries
  }
  public func rank(of code: String) -> Int? { entries.firstIndex { $0.code == code } }
}
