import Protocol

/// What a batch writes to, for a server whose model is older than this program's.
struct Declaring {
  private(set) var fields: [DeclaredField] = []
  private(set) var entities: [DeclaredEntity] = []

  /// Nothing: the server knows all that this program does.
  init() {}

  init(_ written: [Tag: Set<Tag>], model: Model) {
    for (tag, tags) in written.sorted(by: { $0.key < $1.key }) {
      guard let entity = model.entity(tag: tag) else { continue }
      fields += tags.sorted().compactMap(entity.field(tag:)).compactMap {
        DeclaredField(entity: tag, field: $0, model: model)
      }
      add(entity, model)
    }
    fields = Array(fields.prefix(DeclaredField.limit))
    entities = Array(entities.prefix(DeclaredEntity.limit))
  }

  /// With what it refers to.
  private mutating func add(_ entity: Entity, _ model: Model) {
    guard !entities.contains(where: { $0.tag == entity.tag }),
      let declared = DeclaredEntity(entity, model: model)
    else { return }
    entities.append(declared)
    for target in declared.targets.sorted() {
      if let entity = model.entity(tag: target) { add(entity, model) }
    }
  }
}
