/// Ids that come from what a record is (DESIGN 3): two people who make the same registration apart
/// make one record.
extension Entity {
  /// The id that the values of a new record give; nil where the entity has no identity, or the record
  /// leaves a part of it empty: such a record gets a number of its site.
  ///
  /// Bit 62 over the first 62 bits of SHA-256 over the entity's tag and each identity field's tag and
  /// value, in declared order. Bytes: FORMAT.md section 2.
  public func derivedID(tags: [Tag], values: [Value]) -> RowID? {
    guard !identity.isEmpty else { return nil }
    var bytes = ByteWriter(capacity: 64)
    bytes.varint(tag)
    for name in identity {
      guard let field = field(named: name), let slot = tags.firstIndex(of: field.tag),
        !values[slot].isNull
      else { return nil }
      bytes.varint(field.tag)
      bytes.value(values[slot])
    }
    var hasher = SHA256()
    hasher.update(bytes.bytes)
    return RowID(Int64(bitPattern: hasher.finish16().low & (1 << 62 - 1) | 1 << 62))
  }

  /// Whether a field is a part of what a record is: written when it is made, and never again.
  public func isIdentity(_ tag: Tag) -> Bool {
    !identity.isEmpty && identity.contains { field(named: $0)?.tag == tag }
  }
}
