/// What newer programs have declared to a server: how it merges what its own model lacks.
///
/// Invariants: one statement for each field and each entity. What was said first stays; of an order, what
/// the newest version says. Where two devices contradict each other, nothing is believed any more: the
/// writes are refused, and wait in quarantine for the model itself. So no device can make others' records
/// show in a space that their authors did not mean.
public struct Declarations: Sendable, Equatable {
  struct Statement<Subject: Hashable & Sendable>: Sendable, Equatable {
    var subject: Subject
    /// The version of the model that it was said for.
    var version: UInt32
    var isDisputed = false
  }

  private(set) var fields: [Statement<DeclaredField>] = []
  private(set) var entities: [Statement<DeclaredEntity>] = []

  public init() {}

  public var isEmpty: Bool { fields.isEmpty && entities.isEmpty }

  /// The field as it was declared; nil where nobody has said anything, or two have said different things.
  public func field(_ entity: Tag, _ tag: Tag) -> DeclaredField? {
    fields.first { $0.subject.entity == entity && $0.subject.tag == tag && !$0.isDisputed }?.subject
  }

  public func entity(_ tag: Tag) -> DeclaredEntity? {
    entities.first { $0.subject.tag == tag && !$0.isDisputed }?.subject
  }

  /// The fields of an entity that have columns of their own while it is not known; none where nobody has
  /// declared it.
  public func shape(of tag: Tag) -> Entity {
    let links = entities.first { $0.subject.tag == tag }?.subject.links ?? []
    return .unknown(tag, links: links) { _ in nil }
  }

  /// Takes what a device says with its offer.
  public mutating func take(
    _ newFields: [DeclaredField], _ newEntities: [DeclaredEntity], version: UInt32
  ) {
    for field in newFields { take(field, version) }
    for entity in newEntities { take(entity, version) }
  }

  private mutating func take(_ field: DeclaredField, _ version: UInt32) {
    let present = fields.firstIndex {
      $0.subject.entity == field.entity && $0.subject.tag == field.tag
    }
    guard let index = present else {
      if fields.count < DeclaredField.limit {
        fields.append(Statement(subject: field, version: version))
      }
      return
    }
    let known = fields[index]
    if !known.subject.isForm(of: field) || (known.version == version && known.subject != field) {
      fields[index].isDisputed = true
    } else if version > known.version {
      fields[index].subject = field
      fields[index].version = version
    }
  }

  private mutating func take(_ entity: DeclaredEntity, _ version: UInt32) {
    if let index = entities.firstIndex(where: { $0.subject.tag == entity.tag }) {
      if entities[index].subject != entity { entities[index].isDisputed = true }
    } else if entities.count < DeclaredEntity.limit {
      entities.append(Statement(subject: entity, version: version))
    }
  }

  // MARK: Bytes: only in a database

  public var encoded: [UInt8] {
    var writer = ByteWriter()
    writer.varint(fields.count)
    for statement in fields {
      writer.varint(statement.version)
      writer.byte(statement.isDisputed ? 1 : 0)
      statement.subject.write(to: &writer)
    }
    writer.varint(entities.count)
    for statement in entities {
      writer.varint(statement.version)
      writer.byte(statement.isDisputed ? 1 : 0)
      statement.subject.write(to: &writer)
    }
    return writer.bytes
  }

  public init(encoded: [UInt8]) throws(DecodeError) {
    (fields, entities) = try encoded.decode { reader throws(DecodeError) in
      var fields: [Statement<DeclaredField>] = []
      for _ in 0..<(try reader.count(limit: DeclaredField.limit, what: "declared fields")) {
        let version = try reader.uint32(what: "model version")
        let isDisputed = try reader.byte() != 0
        fields.append(
          Statement(
            subject: try DeclaredField(&reader), version: version, isDisputed: isDisputed))
      }
      var entities: [Statement<DeclaredEntity>] = []
      for _ in 0..<(try reader.count(limit: DeclaredEntity.limit, what: "declared entities")) {
        let version = try reader.uint32(what: "model version")
        let isDisputed = try reader.byte() != 0
        entities.append(
          Statement(
            subject: try DeclaredEntity(&reader), version: version, isDisputed: isDisputed))
      }
      return (fields, entities)
    }
  }
}

extension Model {
  /// This model with what newer programs have declared: newer orders in the place of its own, and entities
  /// that it lacks, of which it knows no more than where their records belong.
  public func extended(by declarations: Declarations) -> Model {
    if declarations.isEmpty { return self }
    let orders = declarations.fields.filter { $0.version > version && !$0.isDisputed }
      .map(\.subject)
    var lists = lists
    var entities = entities.map { entity in
      let newer = orders.filter { $0.entity == entity.tag }
      return newer.isEmpty ? entity : entity.ordered(by: newer, &lists)
    }
    // Of what is disputed there may be rows.
    var waiting = declarations.entities.map(\.subject).filter { entity(tag: $0.tag) == nil }
    // What another declared entity refers to comes before it.
    while true {
      let ready = waiting.filter { $0.targets.isSubset(of: entities.map(\.tag)) }
      if ready.isEmpty { break }
      entities += ready.map { .declared($0, among: entities) }
      waiting.removeAll { ready.contains($0) }
    }
    // Only what contradicts itself is refused, and such a statement adds nothing.
    let extended = try? Model(
      name: name, version: version, lists: lists, entities: entities, people: people)
    return extended ?? self
  }
}

extension Entity {
  /// How the name of an entity begins that is not known here: no declared name does.
  static let unknownPrefix = "-unknown-"

  /// An entity of which nothing is known but its tag.
  public static func unknown(_ tag: Tag) -> Entity { unknown(tag, links: []) { _ in nil } }

  /// Whether all that is known of it is what newer programs have said.
  public var isUnknown: Bool { name.hasPrefix(Self.unknownPrefix) }

  /// - Parameter name: gives the name of an entity by its tag.
  fileprivate static func unknown(
    _ tag: Tag, links: [DeclaredEntity.Link], identity: [Tag] = [], parent: Tag = 0,
    space: DeclaredEntity.Space = .city, name: (Tag) -> String?
  ) -> Entity {
    func column(_ tag: Tag) -> String { "f\(tag)" }
    let label = Label(nl: "onbekend", en: "unknown")
    let rule: SpaceRule =
      switch space {
      case .city: .city
      case .through(let field): .through(field: column(field))
      case .sameAs(let field): .sameAs(field: column(field))
      }
    return Entity(
      tag: tag, name: "\(unknownPrefix)\(tag)", label: label, help: label,
      identity: identity.map(column), parent: parent > 0 ? column(parent) : nil, space: rule,
      fields: links.map { link in
        let type = link.target > 0 ? name(link.target).map(ValueType.reference) : nil
        return Field(
          link.tag, column(link.tag), type ?? .string(), link.kind, nl: column(link.tag),
          en: column(link.tag))
      })
  }

  fileprivate static func declared(_ declared: DeclaredEntity, among entities: [Entity]) -> Entity {
    unknown(
      declared.tag, links: declared.links, identity: declared.identity, parent: declared.parent,
      space: declared.space
    ) { target in
      target == declared.tag
        ? "\(unknownPrefix)\(target)" : entities.first { $0.tag == target }?.name
    }
  }

  /// The same with the orders of a newer model for its stages and ranked lists.
  fileprivate func ordered(by newer: [DeclaredField], _ lists: inout [ValueList]) -> Entity {
    var changed = fields
    for (index, field) in fields.enumerated() {
      guard let order = newer.first(where: { $0.tag == field.tag }),
        let ordered = field.ordered(by: order)
      else { continue }
      changed[index] = ordered
      if let list = order.list, lists.contains(where: { $0.name == list.name }) == false {
        lists.append(list)
      }
    }
    return Entity(
      tag: tag, name: name, label: label, help: help, title: title, identity: identity,
      parent: parent, space: space, isServerOwned: isServerOwned, fields: changed)
  }
}

extension Field {
  /// nil where the declaration is of another kind: a tag never changes its own.
  fileprivate func ordered(by newer: DeclaredField) -> Field? {
    var (type, kind) = (type, kind)
    switch (kind, newer.kind) {
    case (.stage(let moves), .stage(let later)):
      kind = .stage(StageMoves(allowed: moves.allowed, forward: later.forward))
    case (.ranked(.listOrder), .ranked(.listOrder)):
      type = .enumeration(DeclaredField.listName(newer.entity, tag))
    case (.map(of: .ranked(.listOrder)), .map(of: .ranked(.listOrder))):
      guard case .map(let key, _) = type else { return nil }
      type = .map(
        key: key, value: .enumeration(DeclaredField.listName(newer.entity, tag)))
    default: return nil
    }
    return Field(
      tag, name, type, kind, nl: label.nl, en: label.en, help: help, required: isRequired,
      default: defaultValue, searched: isSearched, personal: personal, authorship: authorship,
      aliases: aliases)
  }
}
