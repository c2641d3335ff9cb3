/// A field of a newer model as a device declares it to a server that has not heard of it: enough to merge
/// what is written to it, and no more (DESIGN 4).
public struct DeclaredField: Hashable, Sendable {
  public let entity: Tag
  public let tag: Tag
  public let kind: MergeKind

  /// nil where the kind of the field needs more of the model than this: lists, moves.
  public init?(entity: Tag, field: Field) {
    guard Self.code(of: field.kind) != nil else { return nil }
    self.entity = entity
    tag = field.tag
    kind = field.kind
  }

  private init(entity: Tag, tag: Tag, kind: MergeKind) {
    self.entity = entity
    self.tag = tag
    self.kind = kind
  }

  /// The codes of the kinds (FORMAT.md 5.1).
  private static let codes: [(code: UInt8, kind: MergeKind)] = [
    (1, .once), (2, .register(asks: false)), (3, .register(asks: true)),
    (4, .ranked(.maximum)), (5, .ranked(.minimum)), (6, .ranked(.trueWins)),
    (7, .ranked(.falseWins)), (8, .ranked(.done)),
    (9, .set(growOnly: false)), (10, .set(growOnly: true)),
    (11, .counter(growOnly: false)), (12, .counter(growOnly: true)),
    (13, .map(of: .register(asks: false))), (14, .map(of: .register(asks: true))),
    (15, .map(of: .counter(growOnly: false))), (16, .map(of: .counter(growOnly: true))),
    (17, .text),
  ]

  private static func code(of kind: MergeKind) -> UInt8? {
    codes.first { $0.kind == kind }?.code
  }

  /// The code of its kind.
  public var code: UInt8 { Self.code(of: kind) ?? 0 }

  /// The most that are declared at once, and that a server keeps.
  public static let limit = 1_000

  /// Number of fields; of each entity, tag, kind.
  public static func write(_ fields: [DeclaredField], to writer: inout ByteWriter) {
    writer.varint(fields.count)
    for field in fields {
      writer.varint(field.entity)
      writer.varint(field.tag)
      writer.byte(field.code)
    }
  }

  public static func read(_ reader: inout ByteReader) throws(DecodeError) -> [DeclaredField] {
    var fields: [DeclaredField] = []
    for _ in 0..<(try reader.count(limit: limit, what: "number of declared fields")) {
      let entity = try reader.uint32(what: "entity")
      let tag = try reader.uint32(what: "field tag")
      let start = reader.index
      let code = try reader.byte()
      guard entity > 0, tag > 0, let kind = codes.first(where: { $0.code == code })?.kind else {
        throw .invalid(what: "kind of a declared field", offset: start)
      }
      fields.append(DeclaredField(entity: entity, tag: tag, kind: kind))
    }
    return fields
  }
}
