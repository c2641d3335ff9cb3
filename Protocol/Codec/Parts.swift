/// Messages are parts: a varint with the part's tag above one bit that says whether a reader must
/// know it, a length, the content. Parts stand in ascending order of tag, each at most once.
extension ByteWriter {
  public mutating func part(_ tag: UInt64, critical: Bool = true, _ content: [UInt8]) {
    varint(tag << 1 | (critical ? 1 : 0))
    block(content)
  }

  public mutating func part(
    _ tag: UInt64, critical: Bool = true, _ build: (inout ByteWriter) -> Void
  ) {
    var inner = ByteWriter()
    build(&inner)
    part(tag, critical: critical, inner.bytes)
  }
}

/// The parts of a message, found before any is read.
public struct PartReader {
  private var sections: [UInt64: ByteReader] = [:]

  /// - Parameter known: the tags this version reads. An unknown critical part is an error whose
  ///   remedy is an update; others are skipped.
  public init(_ reader: inout ByteReader, known: Set<UInt64>) throws(DecodeError) {
    var last: UInt64?
    while !reader.isAtEnd {
      let start = reader.index
      let head = try reader.varint()
      let tag = head >> 1
      guard last.map({ tag > $0 }) ?? true else {
        throw .invalid(what: "order of parts", offset: start)
      }
      last = tag
      let length = try reader.count(limit: reader.remaining, what: "length of a part")
      let section = try reader.section(length)
      if known.contains(tag) {
        sections[tag] = section
      } else if head & 1 == 1 {
        throw .unknownCritical(tag: tag)
      }
    }
  }

  /// A part's content, read to its end; nil where the part is absent.
  public func read<Result>(
    _ tag: UInt64, _ body: (inout ByteReader) throws(DecodeError) -> Result
  ) throws(DecodeError) -> Result? {
    guard var section = sections[tag] else { return nil }
    let result = try body(&section)
    try section.expectEnd()
    return result
  }

  public func section(_ tag: UInt64) -> ByteReader? { sections[tag] }
}
