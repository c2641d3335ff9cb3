/// A field of a newer model as a device declares it to a server that has not heard of it, or that may
/// know an older form of its order: enough to merge what is written to it, and no more (DESIGN 4).
public struct DeclaredField: Hashable, Sendable {
  public let entity: Tag
  public let tag: Tag
  public let kind: MergeKind
  /// The codes of the list by whose order the values rank, least first; empty for other kinds.
  public let codes: [String]

  /// - Parameter model: has the list of a ranked field.
  /// - Returns: nil for a field that nobody writes, and for an order that is too long to be told.
  public init?(entity: Tag, field: Field, model: Model) {
    guard let form = Self.form(of: field.kind) else { return nil }
    var codes: [String] = []
    if form.isListed {
      guard let list = field.list(in: model) else { return nil }
      codes = list.entries.map(\.code)
    }
    self.init(entity: entity, tag: field.tag, kind: field.kind, codes: codes)
    guard isWithinLimits else { return nil }
  }

  init(entity: Tag, tag: Tag, kind: MergeKind, codes: [String] = []) {
    self.entity = entity
    self.tag = tag
    self.kind = kind
    self.codes = codes
  }

  /// The list by which the values rank; nil for other kinds.
  public var list: ValueList? {
    codes.isEmpty
      ? nil
      : ValueList(Self.listName(entity, tag), codes.map { ValueList.Entry($0, nl: $0, en: $0) })
  }

  static func listName(_ entity: Tag, _ tag: Tag) -> String { "-declared-\(entity)-\(tag)" }

  /// Whether the other is the same field, but for an order that a later version may have changed.
  func isForm(of other: DeclaredField) -> Bool { formCode == other.formCode }

  // MARK: Bytes (FORMAT.md 5.1)

  /// How a kind is told: its code, and whether the codes of a list or moves follow.
  private struct Form {
    let code: UInt8
    let kind: MergeKind
    var isListed = false
  }

  private static let stageCode: UInt8 = 18
  private static let forms: [Form] = {
    let plain: [MergeKind] = [
      .once, .register(asks: false), .register(asks: true),
      .ranked(.maximum), .ranked(.minimum), .ranked(.trueWins), .ranked(.falseWins),
      .ranked(.done), .set(growOnly: false), .set(growOnly: true),
      .counter(growOnly: false), .counter(growOnly: true),
      .map(of: .register(asks: false)), .map(of: .register(asks: true)),
      .map(of: .counter(growOnly: false)), .map(of: .counter(growOnly: true)), .text,
    ]
    var forms = plain.enumerated().map { Form(code: UInt8($0 + 1), kind: $1) }
    forms += [
      Form(code: 19, kind: .ranked(.listOrder), isListed: true),
      Form(code: 20, kind: .map(of: .once)),
      Form(code: 21, kind: .map(of: .ranked(.maximum))),
      Form(code: 22, kind: .map(of: .ranked(.minimum))),
      Form(code: 23, kind: .map(of: .ranked(.trueWins))),
      Form(code: 24, kind: .map(of: .ranked(.falseWins))),
      Form(code: 25, kind: .map(of: .ranked(.done))),
      Form(code: 26, kind: .map(of: .ranked(.listOrder)), isListed: true),
    ]
    return forms
  }()

  private static func form(of kind: MergeKind) -> Form? {
    if case .stage = kind { return Form(code: stageCode, kind: kind) }
    return forms.first { $0.kind == kind }
  }

  /// The number that stands for the kind.
  public var formCode: UInt8 { Self.form(of: kind)?.code ?? 0 }

  /// The most that are declared at once, and that a server keeps.
  public static let limit = 1_000
  /// The most codes of a list, or moves of a stage.
  public static let orderLimit = 1_000
  public static let codeBytes = 100

  private var isWithinLimits: Bool {
    var texts = codes
    if case .stage(let moves) = kind { texts = moves.forward.flatMap { [$0.from, $0.to] } }
    return texts.count <= Self.orderLimit && texts.allSatisfy { $0.utf8.count <= Self.codeBytes }
  }

  func write(to writer: inout ByteWriter) {
    writer.varint(entity)
    writer.varint(tag)
    writer.byte(formCode)
    if case .stage(let moves) = kind {
      writer.varint(moves.forward.count)
      for move in moves.forward {
        writer.text(move.from)
        writer.text(move.to)
      }
    } else if Self.form(of: kind)?.isListed == true {
      writer.varint(codes.count)
      for code in codes { writer.text(code) }
    }
  }

  init(_ reader: inout ByteReader) throws(DecodeError) {
    entity = try reader.uint32(what: "entity")
    tag = try reader.uint32(what: "field tag")
    let start = reader.index
    let code = try reader.byte()
    guard entity > 0, tag > 0 else {
      throw .invalid(what: "kind of a declared field", offset: start)
    }
    if code == Self.stageCode {
      let moves = try Self.moves(&reader)
      guard moves.isAcyclic else { throw .invalid(what: "moves in a circle", offset: start) }
      (kind, codes) = (.stage(moves), [])
      return
    }
    guard let form = Self.forms.first(where: { $0.code == code }) else {
      throw .invalid(what: "kind of a declared field", offset: start)
    }
    kind = form.kind
    codes = form.isListed ? try Self.codes(&reader) : []
  }

  private static func moves(_ reader: inout ByteReader) throws(DecodeError) -> StageMoves {
    var forward: [StageMoves.Move] = []
    for _ in 0..<(try reader.count(limit: orderLimit / 2, what: "number of moves")) {
      let from = try reader.text(limit: codeBytes, what: "code")
      forward.append(StageMoves.Move(from, try reader.text(limit: codeBytes, what: "code")))
    }
    return StageMoves(allowed: [], forward: forward)
  }

  private static func codes(_ reader: inout ByteReader) throws(DecodeError) -> [String] {
    let start = reader.index
    var codes: [String] = []
    for _ in 0..<(try reader.count(limit: orderLimit, what: "number of codes")) {
      codes.append(try reader.text(limit: codeBytes, what: "code"))
    }
    guard !codes.isEmpty, Set(codes).count == codes.count else {
      throw .invalid(what: "codes of a list", offset: start)
    }
    return codes
  }

  /// Number of fields; each as above.
  public static func write(_ fields: [DeclaredField], to writer: inout ByteWriter) {
    writer.varint(fields.count)
    for field in fields { field.write(to: &writer) }
  }

  public static func read(_ reader: inout ByteReader) throws(DecodeError) -> [DeclaredField] {
    var fields: [DeclaredField] = []
    for _ in 0..<(try reader.count(limit: limit, what: "number of declared fields")) {
      fields.append(try DeclaredField(&reader))
    }
    return fields
  }
}

extension Field {
  /// The list whose order ranks the values of this field, or of its keys.
  func list(in model: Model) -> ValueList? {
    var type = type
    if case .map(_, let value) = type { type = value }
    guard case .enumeration(let name) = type else { return nil }
    return model.list(named: name)
  }
}
