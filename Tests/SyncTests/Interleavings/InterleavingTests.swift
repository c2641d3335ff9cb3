import Protocol
import Testing

private typealias M = SmallModel
private typealias H = SmallHistory

@Suite("Every order of arrival")
struct InterleavingTests {
  @Test(
    "the same transactions give the same dump and digest in every order that respects each site's own",
    arguments: InterleavingTests.registers + InterleavingTests.collections + InterleavingTests.lives
      + InterleavingTests.madeTwice + InterleavingTests.texts)
  func everyOrder(_ history: SmallHistory) throws {
    let laidOut = try LaidOutHistory(history)
    var first: LaidOutHistory.Outcome?
    for order in LaidOutHistory.orders(laidOut.counts) {
      let outcome = try laidOut.result(of: order)
      #expect(outcome.problems == [], "order \(order)")
      if let first {
        #expect(outcome.dump == first.dump, "order \(order)")
        #expect(outcome.digest == first.digest, "order \(order)")
      }
      first = first ?? outcome
    }
  }

  private static func set(_ tag: Tag, _ value: Value) -> [Operation] {
    [.write(M.company, H.company, [(tag, value)])]
  }
  private static func register(_ name: String, _ tag: Tag, _ values: [Value]) -> SmallHistory {
    SmallHistory(
      name: name, known: set(tag, values[0]), half: set(tag, values[1]),
      apart: [
        [set(tag, values[2]), set(tag, values[3])], [set(tag, values[4]), set(tag, values[5])],
        [set(tag, values[6])],
      ])
  }
  private static func texts(_ texts: String...) -> [Value] { texts.map { .text($0) } }

  static let registers: [SmallHistory] = [
    register("once", M.key, texts("0", "1", "2", "3", "4", "5", "6")),
    register("quiet register", M.note, texts("0", "1", "2", "3", "4", "5", "6")),
    register("asking register", M.name, texts("0", "1", "2", "3", "4", "5", "6")),
    register(
      "asking register, cleared and equal", M.name, ["0", .null, "2", .null, "4", "2", "2"]),
    register(
      "asking group", M.period, (0..<7).map { .group([.int(Int64($0)), .int(Int64($0) + 1)]) }),
    register(
      "ranked by its list", M.level, texts("low", "high", "medium", "low", "low", "medium", "low")),
    register(
      "ranked by its list, with nothing", M.level,
      ["high", "high", .null, "low", "medium", .null, "low"]),
    register("greatest number", M.highest, [3, 9, 5, 7, 1, 8, 9]),
    register(
      "stage on one path", M.stage,
      texts("new", "qualified", "qualified", "visit", "won", "qualified", "new")),
    register(
      "stage, disputed", M.stage,
      texts("new", "qualified", "lost", "visit", "won", "on_hold", "qualified")),
    register(
      "stage, emptied", M.stage, ["new", "visit", .null, "lost", "visit", .null, "qualified"]),
  ]

  private static func one(_ operation: Operation) -> [Operation] { [operation] }
  private static func add(_ text: String) -> [Operation] {
    [.add(M.company, H.company, M.sectors, .text(text))]
  }
  private static func remove(_ text: String) -> [Operation] {
    [.remove(M.company, H.company, M.sectors, .text(text))]
  }
  private static func put(_ number: Int64) -> [Operation] {
    [.put(M.company, H.company, M.headcount, key: "2024", .int(number))]
  }
  private static let drop: [Operation] = [.drop(M.company, H.company, M.headcount, key: "2024")]
  private static func plus(_ number: Int64) -> [Operation] {
    [.increment(M.company, H.company, M.visitors, number)]
  }
  private static func bump(_ key: Value, _ number: Int64) -> [Operation] {
    [.bump(M.company, H.company, M.daily, key: key, number)]
  }

  private static func type(_ text: String, at place: Int = 0) -> [Operation] {
    edit([TextEdit(at: place, inserting: text)])
  }
  private static func edit(_ edits: [TextEdit]) -> [Operation] {
    TextChange(edits).map { [.edit(M.company, H.company, M.story, $0)] } ?? []
  }

  /// Texts: what is typed apart stays together, whoever comes first.
  static let texts: [SmallHistory] = [
    SmallHistory(
      name: "text, typed at one place", made: [(M.name, "x"), (M.story, "The quay.")],
      known: type("Old. "),
      apart: [
        [type("one ", at: 4), type("two ", at: 8)], [type("drie ", at: 4)],
        [type("quatre ", at: 4)],
      ]),
    SmallHistory(
      name: "text, half known", known: type("Storm."), half: type(" Rain.", at: 6),
      apart: [
        [type(" Sun.", at: 12), edit([TextEdit(at: 0, deleting: 6)])],
        [edit([TextEdit(at: 0, deleting: 5, inserting: "Wind")]), type("!", at: 5)],
        [type(" Snow.", at: 12)],
      ]),
    SmallHistory(
      name: "text, emptied", known: type("all of it"),
      apart: [
        [edit([TextEdit(at: 0, deleting: 9)])],
        [edit([TextEdit(at: 0, deleting: 9)]), type("new")],
        [edit([TextEdit(at: 4, deleting: 2, inserting: "some of")])],
      ]),
    SmallHistory(
      name: "text of a deleted record", known: type("kept"),
      apart: [[deleteCompany], [type(" and more", at: 4)], [deleteCompany]]),
    SmallHistory(
      name: "text of a record that two make",
      apart: [
        [seat() + note("vegan"), note("!", at: 5)], [seat() + note("aisle"), note("?", at: 5)],
        [seat()],
      ]),
  ]
  private static func note(_ text: String, at place: Int = 0) -> [Operation] {
    TextChange([TextEdit(at: place, inserting: text)]).map {
      [.edit(M.seat, H.seat, M.remark, $0)]
    } ?? []
  }

  private static func seat(_ more: (Tag, Value)...) -> [Operation] {
    [.create(M.seat, H.seat, [(M.seatOf, .int(H.company.raw)), (M.guest, "Mia")] + more)]
  }
  private static func diet(_ text: String) -> [Operation] {
    [.write(M.seat, H.seat, [(M.diet, .text(text))])]
  }
  private static let deleteSeat: [Operation] = [.delete(M.seat, H.seat)]

  /// Records whose ids come from what they are, made by several.
  static let madeTwice: [SmallHistory] = [
    SmallHistory(
      name: "made by all three",
      apart: [
        [seat((M.diet, "vegan")), diet("none")], [seat(), diet("halal")],
        [seat((M.diet, "kosher")) + [.add(M.seat, H.seat, M.wishes, "aisle")]],
      ]),
    SmallHistory(
      name: "made, deleted, made by another",
      apart: [[seat((M.diet, "vegan")), deleteSeat], [seat()], [seat((M.diet, "kosher"))]]),
    SmallHistory(
      name: "made and deleted by two",
      apart: [[seat((M.diet, "vegan")), deleteSeat], [seat(), deleteSeat], [seat()]]),
  ]

  static let collections: [SmallHistory] = [
    SmallHistory(
      name: "set", known: add("x"), half: add("y"),
      apart: [[remove("x"), add("x")], [remove("x"), add("y")], [remove("y")]]),
    SmallHistory(
      name: "set, added again", known: add("x"), half: add("x"),
      apart: [[add("z"), remove("x")], [add("x"), remove("x")], [add("x")]]),
    SmallHistory(
      name: "counter", known: plus(1), half: plus(10),
      apart: [[plus(100), plus(-1)], [plus(1_000), plus(3)], [plus(10_000)]]),
    SmallHistory(
      name: "map of registers", known: put(1), half: put(2),
      apart: [[put(3), drop], [drop, put(5)], [put(6)]]),
    SmallHistory(
      name: "map of registers, dropped", known: put(1), half: drop,
      apart: [[put(3), put(4)], [drop, put(5)], [drop]]),
    SmallHistory(
      name: "map of counters", known: bump("mon", 1), half: bump("tue", 2),
      apart: [
        [bump("mon", 3), bump("tue", 4)], [bump("mon", 5), bump("wed", 6)], [bump("tue", 7)],
      ]),
  ]

  private static let deleteCompany: [Operation] = [.delete(M.company, H.company)]
  private static let deleteItem: [Operation] = [.delete(M.item, H.item)]
  private static let keep: [Operation] = [.keep(M.company, H.company)]
  private static func label(_ text: String) -> [Operation] {
    [.write(M.item, H.item, [(M.label, .text(text))])]
  }
  private static let newItem: [Operation] = [
    .create(M.item, H.fresh, [(M.label, .text("new")), (M.owner, .int(H.company.raw))])
  ]

  static let lives: [SmallHistory] = [
    SmallHistory(
      name: "deletion against writes", half: set(M.note, "half"),
      apart: [
        [set(M.name, "a"), deleteCompany], [set(M.name, "b"), set(M.name, "c")], [set(M.name, "d")],
      ]),
    SmallHistory(
      name: "three deletions", half: set(M.note, "half"),
      apart: [
        [deleteCompany], [set(M.name, "b"), deleteCompany], [set(M.level, "low"), deleteCompany],
      ]),
    SmallHistory(
      name: "deletions that nobody objects to",
      apart: [[deleteCompany], [deleteCompany], [deleteItem]]),
    SmallHistory(
      name: "a deletion of what had a half-known write", half: set(M.note, "half"),
      apart: [[set(M.name, "a")], [deleteCompany], [deleteCompany]]),
    SmallHistory(
      name: "child and parent deleted, child written",
      apart: [[deleteItem], [deleteCompany], [label("late"), set(M.note, "late")]]),
    SmallHistory(
      name: "child and parent deleted, only the child written",
      apart: [[deleteItem], [deleteCompany], [label("late"), label("later")]]),
    SmallHistory(
      name: "child and parent deleted, parent written",
      apart: [[deleteItem], [deleteCompany], [set(M.note, "late")]]),
    SmallHistory(
      name: "child written then deleted, parent deleted twice",
      apart: [[label("a"), deleteItem], [deleteCompany], [set(M.note, "c"), deleteCompany]]),
    SmallHistory(
      name: "a new child below a deleted parent",
      apart: [[deleteCompany], [newItem], [deleteItem, newItem]]),
    SmallHistory(
      name: "a new child, deleted again, below a deleted parent",
      apart: [[newItem, [.delete(M.item, H.fresh)]], [deleteCompany], [label("late")]]),
    SmallHistory(
      name: "a mark that is kept by one and answered by another deletion",
      known: set(M.note, "known"),
      apart: [[deleteCompany], [set(M.name, "b"), keep], [label("c"), deleteCompany]]),
  ]
}
