import ClientCore
import Protocol
import ServerApp
import Storage
import Testing

private typealias M = SmallModel

/// A program that is older than the server's model.
@Suite("Older programs, newer models")
struct ModelVersionTests {
  private static let visit: Tag = 77
  private static let about: Tag = 16
  private static let asks: Tag = 40
  private static let set: Tag = 41
  private static let counter: Tag = 42
  private static let map: Tag = 43
  private static let bumps: Tag = 44
  private static let period: Tag = 45

  private static let newFields = [
    Field(asks, "asks", .string(), .register(asks: true), nl: "a", en: "a"),
    Field(set, "set", .set(of: .string()), .set(growOnly: false), nl: "s", en: "s"),
    Field(counter, "counter", .counter, .counter(growOnly: false), nl: "c", en: "c"),
    Field(
      map, "map", .map(key: .string(), value: .int(0...9)), .map(of: .register(asks: false)),
      nl: "m", en: "m"),
    Field(
      bumps, "bumps", .map(key: .string(), value: .counter), .map(of: .counter(growOnly: false)),
      nl: "b", en: "b"),
    Field(
      period, "span",
      .group([
        GroupPart("start", .instant, nl: "b", en: "s"),
        GroupPart("end", .instant, nl: "e", en: "e"),
      ]), .register(asks: false), nl: "p", en: "p"),
  ]

  /// The small model with more fields, in the middle of the list too, and one more entity.
  private static func newer() throws -> Model {
    let label = Label(nl: "visit", en: "visit")
    let entities = SmallModel.model.entities.map { entity in
      guard entity.tag == M.company else { return entity }
      return Entity(
        tag: entity.tag, name: entity.name, label: entity.label, help: entity.help,
        title: entity.title, space: entity.space,
        fields: Array(entity.fields[..<2]) + newFields + Array(entity.fields[2...]))
    }
    return try Model(
      name: "small", version: 2, lists: SmallModel.model.lists,
      entities: entities + [
        Entity(
          tag: visit, name: "visit", label: label, help: label, title: "about",
          space: .through(field: "at"),
          fields: [
            Field(about, "about", .string(), .register(asks: true), nl: "a", en: "a"),
            Field(17, "at", .reference("place"), .register(asks: false), nl: "p", en: "p"),
          ] + newFields)
      ], people: SmallModel.model.people)
  }

  private static func fill(_ entity: Tag, _ row: RowID) -> [Operation] {
    [
      .write(entity, row, [(asks, .text("one")), (period, .group([3, 9]))]),
      .add(entity, row, set, "AI"), .add(entity, row, set, "port"),
      .increment(entity, row, counter, 4), .increment(entity, row, counter, 3),
      .put(entity, row, map, key: "2026", 5), .bump(entity, row, bumps, key: "mon", 2),
      .bump(entity, row, bumps, key: "mon", 2), .remove(entity, row, set, "port"),
    ]
  }

  private static func expectFilled(_ fields: [Tag: FieldValue]) {
    #expect(fields[set] == .set(["AI"]))
    #expect(fields[counter] == .counter(7))
    #expect(fields[map] == .map([.init(key: "2026", value: 5)]))
    #expect(fields[bumps] == .map([.init(key: "mon", value: 4)]))
    #expect(fields[period] == .scalar(.group([3, 9])))
  }

  @Test(
    "an older program keeps what a newer model has, agrees in digests, shows it once updated",
    arguments: [false, true])
  func kept(isReload: Bool) throws {
    let world = try World(model: try Self.newer())
    let (new, second) = (try world.device("new"), try world.device("second"))
    let old = try world.device("old", model: SmallModel.model)
    let company = try new.create(M.company, [(M.name, "one")])
    let gone = try new.create(M.company, [(M.name, "gone"), (Self.asks, "kept")])
    try world.syncAll(new, second, old)
    let visit = try new.create(Self.visit, [(Self.about, "harbour")])
    let deleted = try new.create(Self.visit, [(Self.about, "nothing")])
    for row in [(M.company, company), (Self.visit, visit)] {
      for operation in Self.fill(row.0, row.1) { try new.apply(operation) }
    }
    try world.syncAll(new, second)
    // Further heads, an image after a revival, and a deletion of what the old one does not know.
    try second.apply(.write(Self.visit, visit, [(Self.asks, .text("two"))]))
    try new.apply(.write(Self.visit, visit, [(Self.asks, .text("three"))]))
    try new.apply(.delete(Self.visit, deleted))
    try second.apply(.write(M.company, company, [(Self.asks, .text("four"))]))
    try new.apply(.delete(M.company, company))
    try world.syncAll(new, second, new)
    #expect(try old.sync(full: isReload).agrees == true)
    #expect(try old.replica.verify() == [])
    #expect(try old.shown(company, M.name) == .scalar("one"))

    // What waits in the outbox is on top of what was kept.
    try old.apply(.delete(M.company, gone))
    try old.apply(.set(company, M.note, "from the old"))
    try new.apply(.write(Self.visit, visit, [(Self.about, .text("quay"))]))
    try new.sync()
    #expect(try old.sync().agrees == true)
    try old.apply(.set(company, M.note, "waits"))
    let other = try old.create(M.company, [(M.name, "made by the old")])
    try old.apply(.delete(M.company, other))

    // The update.
    try old.reopen()
    #expect(try old.replica.verify() == [])
    #expect(try old.shown(company, M.note) == .scalar("waits"))
    let record = try #require(try old.record(visit, Self.visit))
    Self.expectFilled(record.fields)
    #expect(record.fields[Self.about] == .scalar("quay"))
    Self.expectFilled(try #require(try old.record(company)).fields)
    #expect(try old.conflicts().map(\.tag).contains(Self.asks))
    try world.syncAll(old, new, second)
    try world.expectAgreement(old, new, second)
  }

  @Test("a deletion that waits through an update is undone with all the fields the record had")
  func waitingDeletion() throws {
    let world = try World(model: try Self.newer())
    let new = try world.device("new")
    let old = try world.device("old", model: SmallModel.model)
    let row = try new.create(M.company, [(M.name, "one"), (M.note, "two"), (Self.asks, "three")])
    try world.syncAll(new, old)
    try old.apply(.delete(M.company, row))
    try old.reopen()
    try new.apply(.set(row, M.level, "high"))
    try world.syncAll(new, old)
    #expect(try old.shown(row, M.note) == .scalar("two"))
    #expect(try old.shown(row, Self.asks) == .scalar("three"))
    try world.expectAgreement(new, old)
  }

  @Test(
    """
    C22: a newer program's fields are merged by an older server, passed on by older devices, and \
    known after its update
    """)
  func newerDevice() throws {
    let world = try World()
    let model = try Self.newer()
    let (a, b) = (try world.device("A", model: model), try world.device("B", model: model))
    let old = try world.device("old")
    let company = try a.create(M.company, [(M.name, "one"), (Self.period, .group([1, 2]))])
    #expect(try a.sync().refused == 0)
    try world.syncAll(b, old)
    for operation in Self.fill(M.company, company) { try a.apply(operation) }
    // At the same time: both values of the field that asks stay, both elements, both differences.
    try b.apply(
      .write(M.company, company, [(Self.asks, .text("two"))]),
      .add(M.company, company, Self.set, "quay"), .increment(M.company, company, Self.counter, 10))
    try old.apply(.set(company, M.note, "from the old"))
    try world.syncAll(a, b, old, a, b)
    for device in [a, b] {
      let record = try #require(try device.record(company))
      #expect(record.fields[Self.set] == .set(["AI", "quay"]))
      #expect(record.fields[Self.counter] == .counter(17))
      #expect(record.fields[Self.map] == .map([.init(key: "2026", value: 5)]))
      #expect(record.fields[Self.period] == .scalar(.group([3, 9])))
      #expect(record.fields[M.note] == .scalar("from the old"))
      #expect(try device.conflicts().map(\.tag) == [Self.asks])
    }
    // An older device shows what it keeps under its tag.
    #expect(try old.shown(company, Self.counter) == .scalar(17))
    #expect(try world.store.verify().problems == [])

    // Settled through a server that does not know the field.
    let settled = try #require(try a.conflicts().first)
    try a.apply(.write(M.company, company, [(Self.asks, settled.losers[0].value)]))
    try world.syncAll(a, b, old)
    #expect(try b.conflicts() == [])

    try world.restartServer(model: model)
    #expect(try world.store.verify().problems == [])
    try world.syncAll(a, b, old)
    try old.reopen()
    try old.apply(.increment(M.company, company, Self.counter, 1))
    try world.syncAll(old, a, b)
    #expect(try a.shown(company, Self.counter) == .counter(18))
    try world.expectAgreement(a, b, old)
  }

  @Test("an older server takes codes that it does not know from a newer program, and from no other")
  func codesOfNewer() throws {
    let world = try World()
    let lists = SmallModel.model.lists.map { list in
      list.name != "level"
        ? list : ValueList("level", list.entries + [ValueList.Entry("extreme", nl: "e", en: "e")])
    }
    let newer = try Self.newer()
    let model = try Model(
      name: newer.name, version: 2, lists: lists, entities: newer.entities, people: newer.people)
    let (a, b) = (try world.device("A", model: model), try world.device("B", model: model))
    let same = try world.device("same")
    let first = try same.create(M.company, [(M.name, "first")])
    try world.syncAll(same, a)
    // Of the field itself nothing is declared before somebody writes it.
    try same.write(first, M.level, "extreme")
    #expect(try same.sync().refused == 1)
    let row = try a.create(M.company, [(M.name, "one"), (M.level, "extreme")])
    try a.write(row, M.note, "goes on")
    #expect(try a.sync().refused == 0)
    try b.sync()
    #expect(try b.shown(row, M.level) == .scalar("extreme"))
    #expect(try b.shown(row, M.note) == .scalar("goes on"))
    try world.restartServer(model: model)
    try world.expectAgreement(a, b)
  }
}
