import Protocol
import Testing

/// What a server believes of what newer programs declare.
@Suite("Declarations of newer programs")
struct DeclarationsTests {
  private static func both(_ text: String) -> Label { Label(nl: text, en: text) }

  /// A place, and a tour in a place.
  private static func model(
    version: UInt32, codes: [String] = ["low", "high"], rank: MergeKind = .ranked(.listOrder),
    space: SpaceRule = .through(field: "at")
  ) throws -> Model {
    try Model(
      name: "m", version: version,
      lists: [ValueList("rank", codes.map { ValueList.Entry($0, nl: $0, en: $0) })],
      entities: [
        Entity(
          tag: 1, name: "place", label: both("p"), help: both(""),
          space: .tree(parent: "in", code: "code"),
          fields: [
            Field(16, "code", .string(), .register(asks: true), nl: "c", en: "c"),
            Field(17, "in", .reference("place"), .register(asks: false), nl: "i", en: "i"),
            Field(18, "rank", .enumeration("rank"), rank, nl: "r", en: "r"),
          ]),
        Entity(
          tag: 2, name: "tour", label: both("t"), help: both(""), space: space,
          fields: [
            Field(16, "name", .string(), .once, nl: "n", en: "n"),
            Field(17, "at", .reference("place"), .register(asks: false), nl: "a", en: "a"),
          ]),
      ])
  }

  private static func small() throws -> Model {
    let whole = try model(version: 1)
    return try Model(
      name: "m", version: 1, lists: whole.lists,
      entities: whole.entities.filter { $0.tag == 1 })
  }

  private func field(_ model: Model) throws -> DeclaredField {
    let field = try #require(model.entity(tag: 1)?.field(tag: 18))
    return try #require(DeclaredField(entity: 1, field: field, model: model))
  }

  private func entity(_ model: Model) throws -> DeclaredEntity {
    let tour = try #require(model.entity(tag: 2))
    return try #require(DeclaredEntity(tour, model: model))
  }

  @Test(
    "of an order the newest version counts, in whatever order they come", arguments: [true, false])
  func newest(isReversed: Bool) throws {
    var declarations = Declarations()
    let second = try field(try Self.model(version: 2, codes: ["low", "high", "extreme"]))
    let third = try field(try Self.model(version: 3, codes: ["none", "low", "high", "extreme"]))
    let said = [(second, UInt32(2)), (third, UInt32(3))]
    for (field, version) in isReversed ? said.reversed() : said {
      declarations.take([field], [], version: version)
    }
    #expect(declarations.field(1, 18) == third)
    let extended = try Self.small().extended(by: declarations)
    let known = try #require(extended.entity(tag: 1)?.field(tag: 18))
    guard case .enumeration(let name) = known.type else {
      Issue.record("the field has another type")
      return
    }
    #expect(extended.list(named: name)?.entries.map(\.code) == ["none", "low", "high", "extreme"])
    // A server that is as new goes by its own.
    let own = try Self.model(version: 3, codes: ["low", "high", "own"]).extended(by: declarations)
    #expect(own.entity(tag: 1)?.field(tag: 18)?.type == .enumeration("rank"))
  }

  @Test("two orders of one version, or two kinds, are disputed, and stay so")
  func disputedFields() throws {
    let first = try field(try Self.model(version: 2))
    for (other, version) in [
      (try field(try Self.model(version: 2, codes: ["high", "low"])), UInt32(2)),
      (try field(try Self.model(version: 3, rank: .register(asks: true))), 3),
    ] {
      var declarations = Declarations()
      declarations.take([first], [], version: 2)
      declarations.take([first], [], version: 2)
      #expect(declarations.field(1, 18) == first)
      declarations.take([other], [], version: version)
      #expect(declarations.field(1, 18) == nil)
      declarations.take([first], [], version: 4)
      #expect(declarations.field(1, 18) == nil)
    }
  }

  @Test("an entity that two declare differently keeps its table and is believed no more")
  func disputedEntities() throws {
    var declarations = Declarations()
    declarations.take([], [try entity(try Self.model(version: 2))], version: 2)
    let extended = try Self.small().extended(by: declarations)
    let tour = try #require(extended.entity(tag: 2))
    #expect(tour.isUnknown)
    #expect(tour.space == .through(field: "f17"))
    #expect(tour.field(tag: 17)?.type == .reference("place"))
    declarations.take([], [try entity(try Self.model(version: 3, space: .city))], version: 3)
    #expect(declarations.entity(2) == nil)
    #expect(try Self.small().extended(by: declarations).entity(tag: 2)?.isUnknown == true)
    #expect(try Declarations(encoded: declarations.encoded) == declarations)
    // The model itself knows better.
    #expect(try Self.model(version: 4).extended(by: declarations).entity(tag: 2)?.name == "tour")
  }

  @Test("an entity waits for what it refers to; one that refers to nothing known adds nothing")
  func waits() throws {
    let tour = try entity(try Self.model(version: 2))
    var declarations = Declarations()
    declarations.take([], [tour], version: 2)
    let empty = try Model(name: "m", version: 1, lists: [], entities: [])
    #expect(empty.extended(by: declarations).entities.isEmpty)
  }

  @Test("more than a server keeps is left out")
  func bounds() throws {
    var declarations = Declarations()
    let field = Field(18, "f", .string(), .once, nl: "f", en: "f")
    let model = try Self.small()
    for entity in 1...UInt32(DeclaredField.limit + 5) {
      let declared = try #require(DeclaredField(entity: entity, field: field, model: model))
      declarations.take([declared], [], version: 2)
    }
    #expect(declarations.field(UInt32(DeclaredField.limit), 18) != nil)
    #expect(declarations.field(UInt32(DeclaredField.limit) + 1, 18) == nil)
    #expect(try Declarations(encoded: declarations.encoded) == declarations)
    let code = String(repeating: "x", count: DeclaredField.codeBytes + 1)
    let long = ValueList("rank", [ValueList.Entry(code, nl: "", en: "")])
    let other = try Model(name: "m", version: 2, lists: [long], entities: model.entities)
    let ranked = try #require(other.entity(tag: 1)?.field(tag: 18))
    #expect(DeclaredField(entity: 1, field: ranked, model: other) == nil)
  }
}
