import CityModel
import ClientCore
import Protocol
import Storage

/// The city as the tables run it: every entity may be written by devices, so that the kinds of
/// those that only the server writes are run too.
struct KindCity {
  let model: Model
  /// The site of the device that makes the base: worlds are alike.
  let site: UInt32
  private let samples: CitySamples

  init() throws {
    let city = CityModel.model
    model = try Model(
      name: city.name, version: city.version, lists: city.lists,
      entities: city.entities.map { entity in
        Entity(
          tag: entity.tag, name: entity.name, label: entity.label, help: entity.help,
          title: entity.title, identity: entity.identity, parent: entity.parent,
          space: entity.space, fields: entity.fields)
      } + [try Self.sampler(city)], people: city.people)
    let site = try Self.world(model).device("M").site()
    self.site = site
    samples = CitySamples(
      model: model, hubs: (1...3).map { RowID(site: site, counter: $0) })
  }

  private static let samplerTag: Tag = 99

  /// A record with a field of each kind and form that the city has, and with the kinds of keys that
  /// it could have.
  private static func sampler(_ city: Model) throws -> Entity {
    let paths = [
      "attachment.takenAt", "organisation.website", "event.title", "event.period",
      "event.icsSequence", "registration.checkedInAt", "site-report.severity",
      "registration.badgePrinted", "person.consentNews", "milestone.done", "lead.stage",
      "organisation.sectors", "organisation.headcount", "event.checkedIn",
      "event.publicDescription",
    ]
    let keys: [(ValueType, MergeKind)] = [
      (.string(), .once), (.int(0...9), .ranked(.maximum)), (.int(0...9), .ranked(.minimum)),
      (.enumeration("severity"), .ranked(.listOrder)), (.bool, .ranked(.trueWins)),
      (.bool, .ranked(.falseWins)), (try field("milestone.done", city).type, .ranked(.done)),
    ]
    let copies = try paths.enumerated().map { index, path in
      let field = try field(path, city)
      return Field(
        Tag(20 + index), path, field.type, field.kind, nl: path, en: path,
        required: field.isRequired)
    }
    let maps = keys.enumerated().map { index, key in
      Field(
        Tag(60 + index), "map.\(index)", .map(key: .string(), value: key.0), .map(of: key.1),
        nl: "m",
        en: "m")
    }
    return Entity(
      tag: samplerTag, name: "sampler", label: Label(nl: "s", en: "s"),
      help: Label(nl: "s", en: "s"),
      fields: copies + maps)
  }

  private static func field(_ path: String, _ model: Model) throws -> Field {
    let names = path.split(separator: ".").map(String.init)
    guard let field = model.entity(named: names[0])?.field(named: names[1]) else {
      throw KindError.unknownWord(path)
    }
    return field
  }

  func world() throws -> World { try Self.world(model) }

  private static func world(_ model: Model) throws -> World {
    var limits = SyncLimits.standard
    // One transaction an upload, one a page.
    limits.smallestPageBytes = 1
    limits.pageBytes = 1
    return try World(model: model, limits: limits)
  }

  /// Makes the hubs and the records of all cases, with what stands there from the start.
  func makeBase(_ maker: Device, _ cases: [KindCase]) throws {
    guard let hub = model.entity(named: "hub"), let code = hub.field(named: "code")?.tag else {
      throw KindError.unknownWord("hub")
    }
    var operations = (1...3).map { number in
      Operation.create(
        hub.tag, RowID(site: site, counter: UInt32(number)), [(code, .text("HUB-\(number)"))])
    }
    var made: Set<RowID> = []
    for some in cases {
      if case .derived = some.subject { continue }
      if made.insert(some.row).inserted {
        operations.append(.create(some.entity.tag, some.row, some.identity))
      }
      operations += some.base
    }
    for start in stride(from: 0, to: operations.count, by: 5_000) {
      try maker.replica.commit { draft in
        for operation in operations[start..<min(start + 5_000, operations.count)] {
          try draft.apply(operation)
        }
      }
    }
  }

  // MARK: Cases

  /// Every field of every entity with each pair of writes, on cells that nobody has written.
  func pairs() throws -> [KindCase] {
    var cases: [KindCase] = []
    for entity in model.entities {
      var rows = Rows(city: self, entity: entity)
      for field in entity.fields where field.kind != .derived && !entity.isIdentity(field.tag) {
        cases += try self.cases(entity, field, writes: 2, &rows, hasBase: false)
      }
      if entity.tag != Self.samplerTag { cases += lives(entity, writes: 2, &rows) }
      cases += derived(entity, writes: 2, &rows)
    }
    return cases + lists(writes: 2)
  }

  /// One field of each kind and form with each triple of writes, over what stands there already; one
  /// that moves its record to another space, and one of a record that two may make; lives and lists.
  func triples() throws -> [KindCase] {
    var cases: [KindCase] = []
    for entity in model.entities {
      var rows = Rows(city: self, entity: entity)
      for field in entity.fields
      where entity.tag == Self.samplerTag
        || ["organisation.hub", "registration.diet"].contains("\(entity.name).\(field.name)")
      {
        cases += try self.cases(entity, field, writes: 3, &rows, hasBase: true)
      }
      if ["event", "checklist-item", "milestone"].contains(entity.name) {
        cases += lives(entity, writes: 3, &rows)
      }
      cases += derived(entity, writes: 3, &rows)
    }
    return cases + lists(writes: 3)
  }

  /// The records of one entity: those that are shared by all fields, a line each, and further ones.
  struct Rows {
    let city: KindCity
    let entity: Entity
    private var further = 1_000

    init(city: KindCity, entity: Entity) {
      self.city = city
      self.entity = entity
    }

    mutating func fresh() -> (RowID, [(Tag, Value)]) {
      further += 1
      return row(further)
    }

    /// The record of this number, with what makes it what it is.
    func row(_ number: Int) -> (RowID, [(Tag, Value)]) {
      let counter = UInt32(entity.tag) * 10_000 + UInt32(number)
      let identity: [(Tag, Value)] = entity.identity.compactMap { name in
        guard let field = entity.field(named: name) else { return nil }
        let other = RowID(site: 77, counter: counter)
        let value: Value = field.type.target == nil ? .text("key-\(number)") : .int(other.raw)
        return (field.tag, value)
      }
      let derived = entity.derivedID(tags: identity.map(\.0), values: identity.map(\.1))
      return (derived ?? RowID(site: city.site, counter: counter), identity)
    }
  }

  private func cases(
    _ entity: Entity, _ field: Field, writes: Int, _ rows: inout Rows, hasBase: Bool
  ) throws -> [KindCase] {
    guard let table = KindTable.of(field, writes: writes) else {
      throw KindError.unknownWord("\(entity.name).\(field.name)")
    }
    var cases: [KindCase] = []
    for (number, line) in table.lines(of: writes).enumerated() {
      guard isPossible(line, field) else { continue }
      let (row, identity) = rows.row(number)
      var some = KindCase(
        entity: entity, row: row, identity: identity, subject: subject(field, writes: writes),
        table: table.name,
        line: line)
      if hasBase || field.kind == .text { some.base = base(some, field) }
      cases.append(some)
      // Of collections the empty one too.
      if hasBase, !some.base.isEmpty, CellForm(field.kind) != .register {
        let (row, identity) = rows.row(100 + number)
        cases.append(
          KindCase(
            entity: entity, row: row, identity: identity, subject: subject(field, writes: writes),
            table: table.name, line: line))
      }
    }
    return cases
  }

  private func lives(_ entity: Entity, writes: Int, _ rows: inout Rows) -> [KindCase] {
    KindTable.life.lines(of: writes).map { line in
      let (row, identity) = rows.fresh()
      return KindCase(
        entity: entity, row: row, identity: identity, subject: .life, table: "life", line: line)
    }
  }

  private func derived(_ entity: Entity, writes: Int, _ rows: inout Rows) -> [KindCase] {
    if entity.identity.isEmpty { return [] }
    return KindTable.derived.lines(of: writes).map { line in
      let (row, identity) = rows.fresh()
      return KindCase(
        entity: entity, row: row, identity: identity, subject: .derived(identity),
        table: "derived", line: line)
    }
  }

  /// The list of every ordered entity, under a record of its own for each line.
  private func lists(writes: Int) -> [KindCase] {
    model.entities.flatMap { child -> [KindCase] in
      guard let order = child.orderField, let field = child.listField,
        let owner = field.type.target.flatMap(model.entity(named:)),
        let title = child.title.flatMap(child.field(named:))
      else { return [] }
      let start = UInt32(child.tag) * 10_000 + 5_000
      return KindTable.list.lines(of: writes).enumerated().map { number, line in
        let row = RowID(site: site, counter: start + UInt32(number) * 10)
        var names: [String: RowID] = [:]
        var base: [Operation] = []
        for (index, place) in ["G", "V", "k"].enumerated() {
          let item = RowID(site: site, counter: start + UInt32(number * 10 + index + 1))
          let name = String(index + 1)
          names[name] = item
          base.append(
            .create(
              child.tag, item,
              [(field.tag, .int(row.raw)), (title.tag, .text(name)), (order.tag, .text(place))]))
        }
        return KindCase(
          entity: owner, row: row,
          subject: .list(of: child, names, fresh: start + 2_000 + UInt32(number) * 10),
          table: "list", line: line, base: base)
      }
    }
  }

  /// Whether the field takes these writes: what is required is never emptied, what grows only loses
  /// nothing, and an author is who they are.
  private func isPossible(_ line: KindTable.Line, _ field: Field) -> Bool {
    if field.authorship == .person { return Set(line.writes) == ["x"] }
    if field.kind == .set(growOnly: true) { return !line.writes.contains("-") }
    if CellForm(field.kind) == .register, field.isRequired { return !line.writes.contains("-") }
    return true
  }

  private func subject(_ field: Field, writes: Int) -> KindCase.Subject {
    let some = samples.values(of: field.type)
    switch field.kind {
    case .set: return .element(field, some[0])
    case .counter: return .counter(field)
    case .text: return .text(field)
    case .map(let kind):
      guard case .map(let keyType, _) = field.type else { break }
      let key = samples.values(of: keyType)[0]
      if case .counter = kind { return .keyOfCounters(field, key: key) }
      return .key(field, key: key, letters(kind, field, some, writes: writes))
    default: break
    }
    if field.authorship == .person { return .author(field) }
    return .register(field, letters(field.kind, field, some, writes: writes))
  }

  /// What the letters of a register's table stand for.
  private func letters(
    _ kind: MergeKind, _ field: Field, _ some: [Value], writes: Int
  ) -> [String: Value] {
    switch kind {
    case .stage:
      guard case .enumeration(let name) = field.type, let list = model.list(named: name) else {
        break
      }
      if writes == 3 { return ["q": "qualified", "m": "meeting", "l": "lost"] }
      return Dictionary(uniqueKeysWithValues: list.entries.map { ($0.code, .text($0.code)) })
    case .ranked(.maximum), .ranked(.minimum), .ranked(.listOrder):
      return ["1": some[0], "2": some[1], "3": some[2]]
    case .ranked(.trueWins), .ranked(.falseWins): return ["t": true, "f": false, "-": .null]
    case .ranked(.done):
      let who: Value = .int(RowID(site: 77, counter: 1).raw)
      return [
        "T": .group([true, who, 1_000]), "U": .group([false]),
        "R": .group([false, who, 2_000, "lek"]),
      ]
    default: break
    }
    return ["x": some[0], "y": some[1], "-": .null]
  }

  /// What the maker of a record writes there, seen by all: no table knows it, since every write of
  /// a line replaces or outranks it.
  private func base(_ some: KindCase, _ field: Field) -> [Operation] {
    let (entity, row) = (some.entity.tag, some.row)
    switch some.subject {
    case .element(_, let element): return [.add(entity, row, field.tag, element)]
    case .key(_, let key, _):
      guard field.kind == .map(of: .register(asks: false)) else { return [] }
      return samples.values(of: field.type).dropFirst(2).map {
        .put(entity, row, field.tag, key: key, $0)
      }
    case .text:
      return TextChange([TextEdit(at: 0, inserting: "mm")])
        .map { [.edit(entity, row, field.tag, $0)] } ?? []
    case .register:
      switch field.kind {
      case .register:
        return samples.values(of: field.type).dropFirst(2).map {
          .write(entity, row, [(field.tag, $0)])
        }
      case .stage, .ranked(.listOrder):
        return [.write(entity, row, [(field.tag, samples.values(of: field.type)[0])])]
      case .ranked(.done): return [.write(entity, row, [(field.tag, .group([false]))])]
      default: return []
      }
    default: return []
    }
  }
}

extension KindTable {
  /// The table of a field's kind.
  static func of(_ field: Field, writes: Int) -> KindTable? {
    switch field.kind {
    case .once: once
    case .register(let asks): asks ? asking : quiet
    case .ranked(.maximum): greatest
    case .ranked(.minimum): least
    case .ranked(.listOrder): listOrder
    case .ranked(.trueWins): trueWins
    case .ranked(.falseWins): falseWins
    case .ranked(.done): done
    case .stage: writes == 3 ? threeStages : stages(field)
    case .set: set
    case .counter: counter
    case .map(let keys): map(of: keys)
    case .text: text
    case .derived: nil
    }
  }

  private static func map(of keys: MergeKind) -> KindTable? {
    switch keys {
    case .once: mapOfOnce
    case .register(asks: false): map
    case .ranked(.maximum): mapOfGreatest
    case .ranked(.minimum): mapOfLeast
    case .ranked(.listOrder): mapOfListOrder
    case .ranked(.trueWins): mapOfTrueWins
    case .ranked(.falseWins): mapOfFalseWins
    case .ranked(.done): mapOfDone
    case .counter: counter
    case .register(asks: true), .stage, .set, .map, .text, .derived: nil
    }
  }

  private static func stages(_ field: Field) -> KindTable? {
    guard case .enumeration(let name) = field.type else { return nil }
    return allStages.first { $0.name == name }
  }

  static let allStages = [
    leadStage, caseStage, eventStatus, adviceStatus, attendanceStatus, introStatus, reportStatus,
  ]
}
