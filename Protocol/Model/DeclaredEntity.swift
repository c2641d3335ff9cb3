/// An entity of a newer model as a device declares it to a server that has not heard of it: which of its
/// fields say where a record belongs, what it hangs below, and what makes it what it is. What kinds its
/// fields are is declared field by field.
public struct DeclaredEntity: Hashable, Sendable {
  /// A field that the server must be able to find records by.
  public struct Link: Hashable, Sendable {
    public let tag: Tag
    /// Once, or a register.
    public let kind: MergeKind
    /// The entity that it refers to; 0 for a value of another type.
    public let target: Tag
  }

  /// Where the space of a record comes from.
  public enum Space: Hashable, Sendable {
    case city
    case through(Tag)
    case sameAs(Tag)
  }

  public let tag: Tag
  /// By ascending tags.
  public let links: [Link]
  public let space: Space
  /// The field that names the parent record; 0 for none.
  public let parent: Tag
  /// In the order that the id is derived in.
  public let identity: [Tag]

  /// nil for what cannot be told: places of their own, on which people's rights hang; records that only
  /// the server writes; identities of groups.
  public init?(_ entity: Entity, model: Model) {
    guard !entity.isServerOwned else { return nil }
    tag = entity.tag
    switch entity.space {
    case .city: space = .city
    case .through(let name):
      guard let field = entity.field(named: name) else { return nil }
      space = .through(field.tag)
    case .sameAs(let name):
      guard let field = entity.field(named: name) else { return nil }
      space = .sameAs(field.tag)
    case .tree: return nil
    }
    parent = entity.parent.flatMap(entity.field(named:))?.tag ?? 0
    identity = entity.identity.compactMap { entity.field(named: $0)?.tag }
    let names = Set(entity.identity + [entity.parent, entity.space.field].compactMap(\.self))
    var links: [Link] = []
    for field in entity.fields.sorted(by: { $0.tag < $1.tag }) where names.contains(field.name) {
      guard Self.code(of: field.kind) != nil else { return nil }
      if case .group = field.type { return nil }
      let target = field.type.target.flatMap(model.entity(named:))?.tag ?? 0
      links.append(Link(tag: field.tag, kind: field.kind, target: target))
    }
    self.links = links
  }

  /// The entities that must be known before this one.
  public var targets: Set<Tag> { Set(links.map(\.target)).subtracting([0, tag]) }

  // MARK: Bytes (FORMAT.md 5.1)

  /// The most that are declared at once, and that a server keeps.
  public static let limit = 100
  private static let linkLimit = 32

  private static let kinds: [MergeKind] = [.once, .register(asks: false), .register(asks: true)]
  private static func code(of kind: MergeKind) -> UInt8? {
    kinds.firstIndex(of: kind).map { UInt8($0 + 1) }
  }

  func write(to writer: inout ByteWriter) {
    writer.varint(tag)
    writer.varint(links.count)
    for link in links {
      writer.varint(link.tag)
      writer.byte(Self.code(of: link.kind) ?? 0)
      writer.varint(link.target)
    }
    switch space {
    case .city:
      writer.byte(0)
      writer.varint(0)
    case .through(let field):
      writer.byte(1)
      writer.varint(field)
    case .sameAs(let field):
      writer.byte(2)
      writer.varint(field)
    }
    writer.varint(parent)
    writer.varint(identity.count)
    for tag in identity { writer.varint(tag) }
  }

  init(_ reader: inout ByteReader) throws(DecodeError) {
    let start = reader.index
    tag = try reader.uint32(what: "entity")
    var links: [Link] = []
    for _ in 0..<(try reader.count(limit: Self.linkLimit, what: "number of links")) {
      let tag = try reader.uint32(what: "field tag")
      let code = Int(try reader.byte())
      guard tag > links.last?.tag ?? 0, (1...Self.kinds.count).contains(code) else {
        throw .invalid(what: "link of a declared entity", offset: reader.index)
      }
      let target = try reader.uint32(what: "entity")
      links.append(Link(tag: tag, kind: Self.kinds[code - 1], target: target))
    }
    self.links = links
    let rule = try reader.byte()
    let field = try reader.uint32(what: "field tag")
    switch (rule, field) {
    case (0, 0): space = .city
    case (1, 1...): space = .through(field)
    case (2, 1...): space = .sameAs(field)
    default: throw .invalid(what: "space of a declared entity", offset: reader.index)
    }
    parent = try reader.uint32(what: "field tag")
    var identity: [Tag] = []
    for _ in 0..<(try reader.count(limit: Self.linkLimit, what: "fields of an identity")) {
      identity.append(try reader.uint32(what: "field tag"))
    }
    self.identity = identity
    guard tag > 0, hasItsLinks else {
      throw .invalid(what: "a declared entity", offset: start)
    }
  }

  /// Every field that a rule names is a link of the right sort.
  private var hasItsLinks: Bool {
    func refers(_ tag: Tag) -> Bool { links.contains { $0.tag == tag && $0.target > 0 } }
    switch space {
    case .city: break
    case .through(let field), .sameAs(let field): if !refers(field) { return false }
    }
    if parent > 0, !refers(parent) { return false }
    return Set(identity).count == identity.count
      && identity.allSatisfy { tag in links.contains { $0.tag == tag && $0.kind == .once } }
  }

  public static func write(_ entities: [DeclaredEntity], to writer: inout ByteWriter) {
    writer.varint(entities.count)
    for entity in entities { entity.write(to: &writer) }
  }

  public static func read(_ reader: inout ByteReader) throws(DecodeError) -> [DeclaredEntity] {
    var entities: [DeclaredEntity] = []
    for _ in 0..<(try reader.count(limit: limit, what: "number of declared entities")) {
      entities.append(try DeclaredEntity(&reader))
    }
    return entities
  }
}
