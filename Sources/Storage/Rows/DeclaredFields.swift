import Protocol

/// Fields that devices with a newer program write to: a server keeps what kind they are, so that it
/// merges them as it will when it knows them itself.
extension Engine {
  private static let key = "declared"

  /// How writes of a field merge that the model lacks; nil where nobody has declared it.
  public func declaredKind(_ entity: Tag, _ tag: Tag) throws -> MergeKind? {
    try declaredFields().first { $0.entity == entity && $0.tag == tag }?.kind
  }

  private func declaredFields() throws -> [DeclaredField] {
    if let declared { return declared }
    var fields: [DeclaredField] = []
    if case .bytes(let bytes) = try fact(Self.key) {
      fields = try bytes.decode { reader throws(DecodeError) in try DeclaredField.read(&reader) }
    }
    declared = fields
    return fields
  }

  /// Keeps what a device says of fields of known entities. What was said first of a field stays.
  public func declare(_ fields: [DeclaredField]) throws {
    var known = try declaredFields()
    let before = known.count
    for field in fields {
      guard let entity = model.entity(tag: field.entity), entity.field(tag: field.tag) == nil,
        !known.contains(where: { $0.entity == field.entity && $0.tag == field.tag }),
        known.count < DeclaredField.limit
      else { continue }
      known.append(field)
    }
    if known.count == before { return }
    var writer = ByteWriter()
    DeclaredField.write(known, to: &writer)
    try setFact(Self.key, .bytes(writer.bytes))
    declared = known
  }
}
