import CityModel
import ClientCore
import Protocol
import ServerApp
import Storage
import Testing

/// That the tables reach everything: each field of the domain's file by the table of the word that
/// the file has for its kind, each table by some field, and what no device can write by a refusal.
@Suite("The tables of kinds reach everything")
struct KindCoverageTests {
  private let city: KindCity
  private let cases: [KindCase]
  /// The tables that a field or a record's life is run by.
  private let tables: [String: Set<String>]

  init() throws {
    city = try KindCity()
    cases = try city.pairs()
    tables = Dictionary(grouping: cases, by: \.path).mapValues { Set($0.map(\.table)) }
  }

  private static let words: [String: String] = [
    "const": "once", "lww": "quiet register", "lww-group": "quiet register",
    "server": "quiet register", "mv": "asking register", "mv-group": "asking register",
    "max": "greatest number", "min": "least number", "max-order": "order of a list",
    "ew-flag": "true wins", "dw-flag": "false wins", "done-flag": "done", "aw-set": "set",
    "g-set": "set", "pn-counter": "counter", "g-counter": "counter", "map(lww)": "map",
    "map(lww-group)": "map", "map(pn-counter)": "counter", "text": "text", "edit-wins": "life",
  ]

  /// Written as a part of the group beside it.
  private static let parts = [
    "Hub.geoQuality": "geo", "ChecklistItem.doneBy": "done", "ChecklistItem.doneAt": "done",
    "ChecklistItem.remark": "done",
  ]

  /// Their heads come and go as those of the other keys.
  private static let pairsOnly: Set<String> = [
    "map of least number", "map of true wins", "map of false wins", "map of done",
  ]

  /// No field at all: its own history, its erasure, what follows from other records.
  private static let unwritten: Set<String> = ["append", "absorbing", "derived"]

  @Test(
    "every field of the domain is run by the table of its kind",
    .enabled(if: EntitiesFile.isThere, EntitiesFile.missing))
  func everyField() throws {
    let fields = try EntitiesFile.fields()
    #expect(fields.count == 240 + 21 * 10)
    for field in fields {
      let entity = try #require(city.model.entity(named: field.declaredEntity))
      let comment: Comment = "\(field.path): \(field.kind)"
      if Self.unwritten.contains(field.word) {
        #expect(entity.field(named: field.name)?.kind == .derived, comment)
      } else if field.name == "id" {
        // Its own where it is drawn, or what the record's content gives.
        let isDerived = tables["\(entity.name).deleted"]?.contains("derived") == true
        #expect(isDerived == !entity.identity.isEmpty, comment)
      } else if field.word == "list" {
        let child = try #require(entity.field(named: field.name)?.type.target, comment)
        #expect(tables["\(child).order"] == ["quiet register", "list"], comment)
      } else if let tag = entity.field(named: field.name)?.tag, entity.isIdentity(tag) {
        #expect(tables["\(entity.name).deleted"]?.contains("derived") == true, comment)
      } else {
        let name = Self.parts[field.path] ?? field.name
        try expectTable(of: field, "\(entity.name).\(name)", comment)
      }
    }
  }

  private func expectTable(of field: EntitiesFile.Field, _ path: String, _ comment: Comment) throws
  {
    let table = try #require(tables[path], comment)
    if Self.parts[field.path] != nil {
      #expect(table.count == 1, comment)
    } else if field.word == "stage" {
      #expect(table == [String(field.type.dropFirst("enum:".count))], comment)
    } else if field.type == "set:ref:Hub", field.word == "server" {
      #expect(table == ["set"], comment)
    } else {
      let word = try #require(Self.words[field.word], comment)
      #expect(table.contains(word), comment)
    }
  }

  @Test(
    "every field that is declared is run, but for what makes a record and what is never written")
  func everyDeclaredField() {
    for entity in CityModel.model.entities {
      for field in entity.fields {
        let isRun = tables["\(entity.name).\(field.name)"] != nil
        let isWritten = field.kind != .derived && !entity.isIdentity(field.tag)
        #expect(isRun == isWritten, "\(entity.name).\(field.name)")
      }
      #expect(tables["\(entity.name).deleted"]?.contains("life") == true, "\(entity.name)")
    }
  }

  @Test("a table has a line for every choice of writes")
  func everyLine() throws {
    let triples = try city.triples()
    for (table, letters) in [
      (KindTable.once, "xy-"), (.quiet, "xy-"), (.asking, "xy-"), (.greatest, "123"),
      (.least, "123"), (.listOrder, "123"), (.trueWins, "tf-"), (.falseWins, "tf-"),
      (.done, "TUR"), (.set, "+-"), (.map, "xy-"), (.counter, "124"), (.text, "fed"),
      (.mapOfOnce, "xy-"), (.mapOfGreatest, "12-"), (.mapOfLeast, "12-"),
      (.mapOfListOrder, "12-"), (.mapOfTrueWins, "tf-"), (.mapOfFalseWins, "tf-"),
      (.mapOfDone, "TR-"),
    ] {
      for count in [2, 3] where count == 2 || !Self.pairsOnly.contains(table.name) {
        let all = KindTable.choices(of: letters.map { String($0) }, count)
        #expect(table.lines(of: count).map(\.writes) == all, "\(table.name)")
        let run = (count == 2 ? cases : triples).filter { $0.table == table.name }
        #expect(Set(run.map(\.line.writes)) == Set(all), "\(table.name), \(count) writes")
      }
      for line in table.lines {
        let relations = Relation.allCases.filter { $0.writes == line.writes.count }
        #expect(Set(line.expected.keys) == Set(relations), "\(table.name) \(line.writes)")
      }
    }
    #expect(KindTable.threeStages.lines.map(\.writes) == KindTable.choices(of: ["q", "m", "l"], 3))
    for table in KindTable.allStages {
      let codes = try #require(CityModel.model.list(named: table.name)).entries.map(\.code)
      #expect(table.lines.map(\.writes) == KindTable.choices(of: codes, 2), "\(table.name)")
    }
  }

  @Test("every history is told in every order of arrival that it can have")
  func everyOrder() {
    for history in KindHistory.pairs + KindHistory.triples {
      let made = history.start.split(separator: " ").filter { $0.last != "*" }.map(\.first)
      #expect(Set(history.orders).count == history.orders.count, "\(history)")
      // What was sent while the history was made cannot come in another order.
      let sent = history.start.split(separator: " ").filter { $0.last == "*" }
      if sent.isEmpty, made.count == history.relation.writes {
        let counts = Dictionary(grouping: made) { $0 }.mapValues(\.count)
        let orders = counts.values.reduce((1...made.count).reduce(1, *)) { total, count in
          total / (1...count).reduce(1, *)
        }
        #expect(history.orders.count == orders, "\(history)")
      }
    }
    #expect(
      Set((KindHistory.pairs + KindHistory.triples).map(\.relation)) == Set(Relation.allCases))
  }
}

/// What the declaration gives no device to write.
@Suite("What no device can write")
struct UnwritableTests {
  private let world: World
  private let device: Device
  private let model = CityModel.model

  init() throws {
    world = try World(model: CityModel.model)
    device = try world.device("A")
  }

  /// Each operation is a transaction of its own, and comes back with its reason.
  private func expectRefusals(
    _ operations: [Operation], _ reason: RefusalReason,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let before = try world.store.quarantine().count
    for operation in operations { try device.replica.commit { try $0.apply(operation) } }
    try device.sync()
    let refused = try world.store.quarantine().dropFirst(before)
    #expect(
      refused.map(\.reason) == operations.map { _ in reason }, sourceLocation: sourceLocation)
    try world.expectAgreement(device, sourceLocation: sourceLocation)
  }

  @Test("what only the server writes is refused from a device, field by field")
  func serverOwned() throws {
    let site = try device.site()
    var operations: [Operation] = []
    for entity in model.entities where entity.isServerOwned {
      let row = RowID(site: site, counter: entity.tag + 100)
      operations.append(.create(entity.tag, row, []))
    }
    #expect(operations.count == 3)
    try expectRefusals(operations, .serverOwned)
  }

  @Test("a set and a counter that only grow lose nothing")
  func growOnly() throws {
    let event = try #require(model.entity(named: "event"))
    let walkIns = try #require(event.field(named: "walkIns")?.tag)
    let row = try device.create(event.tag, [])
    try device.apply(.increment(event.tag, row, walkIns, 3))
    try device.sync()
    try expectRefusals([.increment(event.tag, row, walkIns, -1)], .invalidValue)
    #expect(try device.record(row, event.tag)?.fields[walkIns] == .counter(3))
  }
}
