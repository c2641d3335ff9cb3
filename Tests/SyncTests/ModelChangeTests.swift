import ClientCore
import Foundation
import Protocol
import ServerApp
import Storage
import Testing

private typealias M = SmallModel

/// What a model may change from one version to the next, beyond what it adds.
@Suite("Changes of the model")
struct ModelChangeTests {
  private static let urgency: Tag = 60

  /// The small model with other fields of a company.
  private static func model(
    version: UInt32 = 2, label: String = "company", _ change: (Field) -> Field = { $0 },
    adding: [Field] = []
  ) throws -> Model {
    let entities = M.model.entities.map { entity in
      guard entity.tag == M.company else { return entity }
      return Entity(
        tag: entity.tag, name: entity.name, label: Label(nl: label, en: label),
        help: entity.help, title: entity.title, space: entity.space,
        fields: entity.fields.map(change) + adding)
    }
    return try Model(
      name: "small", version: version, lists: M.model.lists, entities: entities,
      people: M.model.people)
  }

  private static func required(_ value: Value) -> Field {
    Field(
      urgency, "urgency", .string(), .register(asks: true), nl: "u", en: "u", required: true,
      default: value)
  }

  @Test("a new required field shows its default in records of before and of older programs")
  func defaults() throws {
    let world = try World()
    let (a, old) = (try world.device("A"), try world.device("old"))
    let before = try a.create(M.company, [(M.name, "before")])
    try world.syncAll(a, old)
    let model = try Self.model(adding: [Self.required("normal")])
    try world.restartServer(model: model)
    try a.reopen()
    let later = try old.create(M.company, [(M.name, "later")])
    try world.syncAll(old, a)
    for row in [before, later] {
      #expect(try a.shown(row, Self.urgency) == .scalar("normal"))
    }
    // A default is nobody's write: it conflicts with none, and gives way to any.
    try a.apply(.set(before, Self.urgency, "high"))
    try world.syncAll(a, old)
    #expect(try a.shown(before, Self.urgency) == .scalar("high"))
    #expect(try old.shown(before, Self.urgency) == .scalar("high"), "kept under its tag")
    #expect(try a.conflicts() == [])
    try old.reopen()
    #expect(try old.shown(later, Self.urgency) == .scalar("normal"))
    try world.expectAgreement(a, old)
  }

  @Test(
    "a renamed field keeps its values, its history and its conflicts; its old name still finds it")
  func renamed() throws {
    let world = try World()
    let (a, b) = (try world.device("A"), try world.device("B"))
    let place = try a.create(M.place, [(M.code, "KADE")])
    let row = try a.create(
      M.company, [(M.name, "one"), (M.period, .group([1, 2])), (M.at, .int(place.raw))])
    try world.syncAll(a, b)
    try a.apply(.set(row, M.name, "two"))
    try b.apply(.set(row, M.name, "three"))
    try world.syncAll(a, b, a)
    try a.apply(.set(row, M.note, "waits"))
    let names: [Tag: String] = [M.name: "title", M.period: "span", M.at: "lies-at"]
    let model = try Model(
      name: "small", version: 2, lists: M.model.lists,
      entities: M.model.entities.map { entity in
        guard entity.tag == M.company else { return entity }
        return Entity(
          tag: entity.tag, name: entity.name, label: entity.label, help: entity.help,
          title: "title", space: .through(field: "lies-at"),
          fields: entity.fields.map { field in
            guard let name = names[field.tag] else { return field }
            return Field(
              field.tag, name, field.type, field.kind, nl: "n", en: "n", aliases: [field.name])
          })
      }, people: M.model.people)
    let entity = try #require(model.entity(tag: M.company))
    #expect(entity.field(named: "name")?.tag == M.name)
    #expect(entity.field(named: "title")?.name == "title")
    try world.restartServer(model: model)
    try a.reopen()
    #expect(try a.shown(row, M.note) == .scalar("waits"))
    #expect(try a.shown(row, M.period) == .scalar(.group([1, 2])))
    #expect(try a.shown(row, M.at) == .scalar(.int(place.raw)))
    let conflict = try #require(try a.conflicts().first)
    #expect(Set([conflict.winner?.value, conflict.losers.first?.value]) == ["two", "three"])
    #expect(try a.replica.history(HistoryQuery(row: row, limit: 10)).count == 4)
    // One is updated, the other not: tags travel, never names.
    try b.apply(.set(row, M.name, "from the older"))
    try world.syncAll(a, b, a)
    #expect(try a.shown(row, M.name) == .scalar("from the older"))
    try b.reopen()
    try world.expectAgreement(a, b)
    // Any tool reads the column by its new name, and finds by it as fast.
    let columns = try a.replica.database.read { (engine: Engine) throws in
      try engine.connection.scalar(
        """
        SELECT (SELECT count(*) FROM pragma_table_info('company')
          WHERE name IN ('title', 'span_start', 'span_end', 'lies-at')) * 100
          + (SELECT count(*) FROM pragma_table_info('company')
            WHERE name IN ('name', 'period_start', 'at')) * 10
          + (SELECT count(*) FROM pragma_index_info('_company_lies-at'))
        """)
    }
    #expect(columns == 401)
  }

  @Test("two names of one entity cannot mean two fields")
  func ambiguous() throws {
    #expect(throws: ModelError.duplicate(what: "field in company", name: "note")) {
      try Self.model { field in
        guard field.tag == M.name else { return field }
        return Field(
          field.tag, "title", field.type, field.kind, nl: "n", en: "n", aliases: ["note"])
      }
    }
  }

  @Test("a renamed label is nothing: the same files, to the byte, and no declaration")
  func labels() throws {
    let world = try World()
    let a = try world.device("A")
    try a.create(M.company, [(M.name, "one")])
    try world.syncAll(a)
    let path = a.replica.database.path
    try a.replica.close()
    let before = try Data(contentsOf: URL(filePath: path))
    let model = try Self.model(version: 1, label: "firm") { field in
      Field(
        field.tag, field.name, field.type, field.kind, nl: "ander", en: "other",
        required: field.isRequired, default: field.defaultValue)
    }
    let replica = try Replica(path: path, model: model, system: a.system, create: false)
    #expect(try replica.verify() == [])
    try replica.close()
    #expect(try Data(contentsOf: URL(filePath: path)) == before)
    try world.restartServer(model: model)
    #expect(try world.store.verify().problems == [])
  }
}
