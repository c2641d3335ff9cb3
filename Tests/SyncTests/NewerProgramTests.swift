import ClientCore
import Protocol
import ServerApp
import Storage
import Testing

private typealias M = SmallModel

extension Operation {
  fileprivate static func fields(_ entity: Tag, _ row: RowID, _ writes: (Tag, Value)...)
    -> Operation
  {
    .write(entity, row, writes)
  }
}

/// Programs that are newer than the server: what its model lacks is merged by what they declare.
@Suite("Newer programs, older servers")
struct NewerProgramTests {
  private static let progress: Tag = 50
  private static let urgency: Tag = 51
  private static let votes: Tag = 52
  private static let body: Tag = 53

  private static let tour: Tag = 70
  private static let stop: Tag = 71
  private static let guest: Tag = 72
  private static let harbour: Tag = 73
  private static let title: Tag = 16
  private static let link: Tag = 17

  private static func both(_ text: String) -> Label { Label(nl: text, en: text) }

  private static func list(_ name: String, _ codes: String...) -> ValueList {
    ValueList(name, codes.map { ValueList.Entry($0, nl: $0, en: $0) })
  }

  /// New orders for a stage and a list that the server knows; new fields with orders; a tour in a place,
  /// stops below it, guests that are what their fields say, and places of another kind.
  private static func newer() throws -> Model {
    let moves = StageMoves(
      allowed: [], forward: M.moves.forward + [.init("won", "paid"), .init("lost", "archived")])
    let entities = SmallModel.model.entities.map { entity in
      guard entity.tag == M.company else { return entity }
      return Entity(
        tag: entity.tag, name: entity.name, label: entity.label, help: entity.help,
        title: entity.title, space: entity.space,
        fields: entity.fields.map { field in
          guard field.tag == M.stage else { return field }
          return Field(M.stage, "stage", .enumeration("stage"), .stage(moves), nl: "f", en: "s")
        } + newFields)
    }
    let lists = SmallModel.model.lists.map { known in
      switch known.name {
      case "level": list("level", "none", "low", "medium", "high", "extreme")
      case "stage":
        list("stage", "new", "qualified", "visit", "won", "lost", "on_hold", "paid", "archived")
      default: known
      }
    }
    return try Model(
      name: "small", version: 2,
      lists: lists + [
        list("progress", "idea", "begun", "done", "dropped"), list("urgency", "a", "b", "c"),
      ],
      entities: entities + newEntities, people: SmallModel.model.people)
  }

  private static let newFields = [
    Field(
      progress, "progress", .enumeration("progress"),
      .stage(StageMoves(allowed: [], forward: [.init("idea", "begun"), .init("begun", "done")])),
      nl: "p", en: "p"),
    Field(urgency, "urgency", .enumeration("urgency"), .ranked(.listOrder), nl: "u", en: "u"),
    Field(
      votes, "votes", .map(key: .string(), value: .enumeration("urgency")),
      .map(of: .ranked(.listOrder)), nl: "v", en: "v"),
    Field(body, "body", .text(), .text, nl: "b", en: "b"),
  ]

  private static let newEntities = [
    Entity(
      tag: tour, name: "tour", label: both("tour"), help: both(""), title: "title",
      space: .through(field: "at"),
      fields: [
        Field(title, "title", .string(), .register(asks: true), nl: "t", en: "t"),
        Field(link, "at", .reference("place"), .register(asks: false), nl: "a", en: "a"),
      ] + newFields),
    Entity(
      tag: stop, name: "stop", label: both("stop"), help: both(""), title: "title",
      parent: "tour", space: .sameAs(field: "tour"),
      fields: [
        Field(title, "title", .string(), .register(asks: true), nl: "t", en: "t"),
        Field(link, "tour", .reference("tour"), .once, nl: "t", en: "t"),
      ]),
    Entity(
      tag: guest, name: "guest", label: both("guest"), help: both(""), title: "name",
      identity: ["tour", "name"], space: .sameAs(field: "tour"),
      fields: [
        Field(title, "name", .string(), .once, nl: "n", en: "n"),
        Field(link, "tour", .reference("tour"), .once, nl: "t", en: "t"),
        Field(body, "wish", .string(), .register(asks: true), nl: "w", en: "w"),
      ]),
    Entity(
      tag: harbour, name: "harbour", label: both("harbour"), help: both(""), title: "code",
      space: .tree(parent: "in", code: "code"),
      fields: [
        Field(title, "code", .string(), .register(asks: true), nl: "c", en: "c"),
        Field(link, "in", .reference("harbour"), .register(asks: false), nl: "i", en: "i"),
      ]),
  ]

  private let world: World
  private let model: Model
  private let a: Device
  private let b: Device
  private let old: Device

  init() throws {
    world = try World()
    model = try Self.newer()
    (a, b) = (try world.device("A", model: model), try world.device("B", model: model))
    old = try world.device("old")
  }

  /// The server gets the newer program, then the older laptop; all agree before and after.
  private func update() throws {
    try world.syncAll(a, b, old, a, b)
    #expect(try world.store.verify().problems == [])
    #expect(try a.dump() == b.dump())
    let before = try a.dump()
    try world.restartServer(model: model)
    #expect(try world.store.verify().problems == [])
    try old.reopen()
    try world.expectAgreement(a, b, old)
    #expect(try a.dump() == before, "the update changes nothing that shows")
  }

  @Test("new stages and ranked lists merge by the order that is declared with them")
  func newOrders() throws {
    let row = try a.create(
      M.company, [(M.name, "one"), (Self.progress, "idea"), (Self.urgency, "a")])
    try world.syncAll(a, b, old)
    try a.apply(
      .fields(M.company, row, (Self.progress, "done"), (Self.urgency, "c")),
      .put(M.company, row, Self.votes, key: "anke", "c"))
    try b.apply(
      .fields(M.company, row, (Self.progress, "begun"), (Self.urgency, "b")),
      .put(M.company, row, Self.votes, key: "anke", "a"))
    try world.syncAll(a, b, a)
    for device in [a, b] {
      #expect(try device.shown(row, Self.progress) == .scalar("done"), "done lies after begun")
      #expect(try device.shown(row, Self.urgency) == .scalar("c"), "c ranks above b")
      #expect(try device.shown(row, Self.votes) == .map([.init(key: "anke", value: "c")]))
      #expect(try device.conflicts() == [])
    }
    // What lies on no one path is disputed, and a person is asked.
    try a.apply(.set(row, Self.progress, "dropped"))
    try b.apply(.set(row, Self.progress, "done"))
    try world.syncAll(a, b, old, a)
    #expect(try a.conflicts().map(\.tag) == [Self.progress])
    #expect(try a.conflicts() == b.conflicts())
    let settled = try #require(try a.conflicts().first)
    try a.apply(.set(row, Self.progress, settled.losers[0].value))
    try world.syncAll(a, b)
    #expect(try b.conflicts() == [])
    try update()
  }

  @Test("a stage and a list that the server knows go by the newer order, codes that it lacks too")
  func newerOrders() throws {
    let row = try a.create(M.company, [(M.name, "one"), (M.stage, "won"), (M.level, "low")])
    try world.syncAll(a, b, old)
    try a.apply(.fields(M.company, row, (M.stage, "paid"), (M.level, "extreme")))
    try b.apply(.fields(M.company, row, (M.stage, "lost"), (M.level, "high")))
    try world.syncAll(a, b, a)
    // Paid and lost lie on no one path; extreme ranks above high.
    #expect(try a.conflicts().map(\.tag) == [M.stage])
    #expect(try b.shown(row, M.level) == .scalar("extreme"))
    try a.apply(.set(row, M.stage, "won"))
    try world.syncAll(a, b)
    // The older laptop moves on by what it knows, the newer one by what it does not.
    try old.sync()
    try old.apply(.set(row, M.stage, "won"))
    try a.apply(.set(row, M.stage, "paid"))
    try world.syncAll(old, a, b, old)
    #expect(try b.shown(row, M.stage) == .scalar("paid"))
    #expect(try a.conflicts() == [])
    // Whoever saw it may lower it, also to a code below all that the server knows.
    try b.apply(.set(row, M.level, "none"))
    try old.apply(.set(row, M.level, "low"))
    try world.syncAll(b, old, a)
    #expect(try a.shown(row, M.level) == .scalar("low"))
    try update()
  }

  @Test(
    "records of an entity that the server lacks are merged, in their space, and are known later")
  func entities() throws {
    let place = try a.create(M.place, [(M.code, "KADE")])
    try world.syncAll(a, b, old)
    try world.user("Ruben", spaces: ["KADE"])
    try world.user("Chloe", spaces: [])
    let (ruben, chloe) = (
      try world.device("ruben", user: "Ruben", model: model),
      try world.device("chloe", user: "Chloe", model: model)
    )
    let tour = try a.create(
      Self.tour, [(Self.title, "Docks"), (Self.link, .int(place.raw)), (Self.progress, "idea")])
    let stop = try a.create(Self.stop, [(Self.title, "Lock"), (Self.link, .int(tour.raw))])
    #expect(try a.sync().refused == 0)
    try world.syncAll(b, old, ruben, chloe)
    #expect(try ruben.record(stop, Self.stop) != nil, "the stop is where its tour is")
    #expect(try chloe.record(tour, Self.tour) == nil, "whoever has no right does not get it")
    // Both change it; both register a guest; one deletes the stop that the other changes.
    try a.apply(
      .fields(Self.tour, tour, (Self.title, "Old docks"), (Self.progress, "begun")),
      .edit(Self.tour, tour, Self.body, try text("", "Bring boots.")))
    try b.apply(.fields(Self.tour, tour, (Self.title, "New docks")))
    var guests: [RowID] = []
    for device in [a, b] {
      guests.append(
        try device.create(Self.guest, [(Self.title, "Ada"), (Self.link, .int(tour.raw))]))
    }
    #expect(guests[0] == guests[1])
    try a.apply(.fields(Self.guest, guests[0], (Self.body, "tea")))
    try a.apply(.delete(Self.stop, stop))
    try b.apply(.fields(Self.stop, stop, (Self.title, "Old lock")))
    try world.syncAll(a, b, ruben, a, b, old)
    for device in [a, b, ruben] {
      #expect(try device.shown(stop, Self.title, Self.stop) == .scalar("Old lock"))
      #expect(try device.shown(tour, Self.body, Self.tour) == .scalar("Bring boots."))
      #expect(try device.shown(guests[0], Self.body, Self.guest) == .scalar("tea"))
      #expect(
        try Set(device.conflicts().map(\.record)) == [tour, stop],
        "two titles, and a deletion that did not see a change")
    }
    // With the tour goes what hangs below it, on the older laptop too.
    let second = try b.create(Self.tour, [(Self.title, "Gone"), (Self.link, .int(place.raw))])
    let below = try b.create(Self.stop, [(Self.link, .int(second.raw))])
    try world.syncAll(b, a)
    try a.apply(.delete(Self.tour, second))
    try world.syncAll(a, b, old)
    #expect(try b.record(below, Self.stop) == nil)
    // A tour that moves to the city is everybody's, and its stops with it.
    try a.apply(.fields(Self.tour, tour, (Self.link, .null)))
    try world.syncAll(a, chloe)
    #expect(try chloe.record(stop, Self.stop) != nil)
    #expect(try old.replica.status().newerRecords == 3, "a tour, a stop and a guest")
    // The server starts again as it is.
    try world.restartServer()
    try b.apply(.fields(Self.tour, tour, (Self.progress, "done")))
    try update()
    try world.expectAgreement(ruben, chloe)
    try old.apply(.fields(Self.tour, tour, (Self.title, "Docks at last")))
    try world.syncAll(old, a)
    #expect(try a.shown(tour, Self.title, Self.tour) == .scalar("Docks at last"))
  }

  private func text(_ old: String, _ new: String) throws -> TextChange {
    try #require(TextChange(TextDiff.edits(from: old, to: new)))
  }

  @Test("nobody writes to records of a newer entity beyond their rights")
  func rights() throws {
    let place = try a.create(M.place, [(M.code, "KADE")])
    try world.syncAll(a)
    try world.user("Chloe", spaces: [])
    let chloe = try world.device("chloe", user: "Chloe", model: model)
    try chloe.sync()
    try chloe.create(Self.tour, [(Self.title, "mine"), (Self.link, .int(place.raw))])
    #expect(try chloe.sync().refused == 1)
    #expect(try chloe.replica.rejected().map(\.reason) == [.noRight])
  }

  @Test("a kind of place that the server lacks is refused with its reason, and nothing is lost")
  func places() throws {
    // Rights hang on places: a server that does not know them cannot say who may read what lies there.
    let row = try a.create(Self.harbour, [(Self.title, "Ghent")])
    let company = try a.create(M.company, [(M.name, "goes on")])
    #expect(try a.sync().refused == 1)
    let tray = try a.replica.rejected()
    #expect(tray.map(\.reason) == [.unknownField])
    #expect(tray.map(\.detail) == ["entity \(Self.harbour)"])
    #expect(try world.store.quarantine().map(\.operations.count) == [1])
    try b.sync()
    #expect(try b.record(company) != nil)
    #expect(try b.record(row, Self.harbour) == nil)
  }

  @Test("where two programs declare an entity or a field in different ways, writes to it wait")
  func disputed() throws {
    let tour = try a.create(Self.tour, [(Self.title, "Docks")])
    try world.syncAll(a, b)
    // Somebody's program says that tours are the city's, and that urgency is a plain register.
    let other = try Model(
      name: "small", version: 2, lists: model.lists,
      entities: model.entities.filter { $0.tag < Self.tour } + [
        Entity(
          tag: Self.tour, name: "tour", label: Self.both("tour"), help: Self.both(""),
          fields: [Field(Self.title, "title", .string(), .register(asks: true), nl: "t", en: "t")])
      ], people: model.people)
    let stranger = try world.device("stranger", model: other)
    try stranger.sync()
    try stranger.create(Self.tour, [(Self.title, "strange")])
    #expect(try stranger.sync().refused == 1)
    try a.apply(.fields(Self.tour, tour, (Self.title, "waits")))
    try a.apply(.delete(Self.tour, tour))
    #expect(try a.sync().refused == 2)
    #expect(try a.replica.rejected().map(\.reason) == [.unknownField, .unknownField])
    #expect(try world.store.verify().problems == [])
    try world.syncAll(a, b)
    #expect(try a.dump() == b.dump())
    // The model itself settles it.
    try world.restartServer(model: model)
    try a.apply(.fields(Self.tour, tour, (Self.title, "goes on")))
    #expect(try a.sync().refused == 0)
    try world.expectAgreement(a, b)
  }

  @Test("a restored older server merges what is returned to it by what is declared with it")
  func returned() throws {
    try a.create(M.company, [(M.name, "before")])
    try world.syncAll(a, b)
    try world.backup()
    let company = try a.create(M.company, [(M.name, "one"), (Self.urgency, "a")])
    let tour = try a.create(Self.tour, [(Self.title, "Docks"), (Self.urgency, "b")])
    try world.syncAll(a, b)
    try b.apply(.set(company, Self.urgency, "c"))
    try world.syncAll(b, a)
    // The file of before anybody had declared anything.
    try world.restore()
    #expect(try a.sync().agrees == true)
    #expect(try a.replica.rejected().isEmpty)
    #expect(try world.store.quarantine().isEmpty)
    for device in [b, a, old] { #expect(try device.sync().agrees == true) }
    #expect(try a.shown(company, Self.urgency) == .scalar("c"))
    #expect(try b.shown(tour, Self.urgency, Self.tour) == .scalar("b"))
    try update()
  }

  @Test("what an older laptop returns and nobody has declared waits for somebody who can")
  func returnedByOlder() throws {
    try a.create(M.company, [(M.name, "before")])
    try world.syncAll(a, old)
    try world.backup()
    let tour = try a.create(Self.tour, [(Self.title, "Docks")])
    try world.syncAll(a, old)
    try world.restore()
    try old.sync()
    #expect(try world.store.quarantine().map(\.reason) == [.unknownField])
    try a.sync()
    #expect(try world.store.quarantine().isEmpty)
    #expect(try a.shown(tour, Self.title, Self.tour) == .scalar("Docks"))
    try update()
  }

  @Test("a reader of the server declares nothing")
  func readers() throws {
    try world.user("Eva", role: .reader)
    let eva = try world.device("eva", user: "Eva", model: model)
    try eva.create(Self.tour, [(Self.title, "mine")])
    #expect(try eva.sync().refused == 1)
    #expect(try eva.replica.rejected().map(\.reason) == [.unknownField])
  }
}
