import Protocol

/// What devices with a newer program write to: a server keeps what they say of it, so that it merges their
/// fields and records as it will when it knows them itself.
///
/// The model of a server's engine is its own, extended by that: newer orders of stages and lists, and
/// entities of which only the links are known. Their tables are those in which a device keeps what it
/// does not know (`UnknownEntities.swift`), with a column for each link.
extension Engine {
  private static let key = "declarations"

  /// A field that the model lacks, as it was declared; nil where nobody has, or where two devices have said
  /// different things.
  public func declaredField(_ entity: Tag, _ tag: Tag) -> DeclaredField? {
    declarations.field(entity, tag)
  }

  /// Whether devices have said different things of an entity.
  public func isDisputed(_ entity: Tag) -> Bool {
    model.entity(tag: entity)?.isUnknown == true && declarations.entity(entity) == nil
  }

  /// Keeps what a device with this newer version of the model says of what is not known here.
  public func declare(
    _ fields: [DeclaredField], _ entities: [DeclaredEntity], version: UInt32
  ) throws {
    var next = declarations
    next.take(
      fields.filter { isNews($0, version) },
      entities.filter { ownModel.entity(tag: $0.tag) == nil }, version: version)
    if next == declarations { return }
    try setFact(Self.key, .bytes(next.encoded))
    try readDeclarations()
    for entity in model.entities where entity.isUnknown { try makeRoom(for: entity) }
  }

  /// Fields that the model lacks, and orders that a newer one may have changed.
  private func isNews(_ field: DeclaredField, _ version: UInt32) -> Bool {
    guard let own = ownModel.entity(tag: field.entity)?.field(tag: field.tag) else { return true }
    switch own.kind {
    case .stage, .ranked(.listOrder), .map(of: .ranked(.listOrder)):
      return version > ownModel.version
    default: return false
    }
  }

  /// Brings the model up to what is declared by now, also by another process.
  func readDeclarations() throws {
    guard role == .server else { return }
    var present: [UInt8] = []
    if case .bytes(let bytes) = try fact(Self.key) { present = bytes }
    if present == declarationBytes { return }
    declarations = present.isEmpty ? Declarations() : try Declarations(encoded: present)
    declarationBytes = present
    setModel(ownModel.extended(by: declarations))
  }
}
