import ClientCore
import Protocol
import Storage
import Testing

private typealias M = SmallModel

@Suite("Undo and restore")
struct UndoTests {
  private let world: World
  private let a: Device
  private let b: Device
  private let row: RowID

  init() throws {
    world = try World()
    a = try world.device("A")
    b = try world.device("B")
    row = try a.create(M.company, [(M.name, "Robovision"), (M.note, "quay 3")])
    try a.apply(
      .add(M.company, row, M.sectors, "digital"), .increment(M.company, row, M.visitors, 3),
      .put(M.company, row, M.headcount, key: "2025", 12))
    try world.syncAll(a, b)
  }

  private func last(_ device: Device) throws -> TransactionID {
    try #require(try device.replica.lastUndoable())
  }

  @discardableResult
  private func undoLast(_ device: Device) throws -> UndoReport {
    try device.replica.undo([try last(device)])
  }

  @Test("an undo brings every kind of field back to what it was, before a sync and after one")
  func everyKind() throws {
    try a.apply(.bump(M.company, row, M.daily, key: "mon", 1))
    try world.syncAll(a, b)
    for synced in [false, true] {
      let before = try a.dump()
      try a.apply(
        .write(
          M.company, row,
          [
            (M.name, .text("Robo")), (M.note, .null), (M.level, .text("high")),
            (M.period, .group([.int(1), .int(2)])), (M.stage, .text("qualified")),
          ]),
        .add(M.company, row, M.sectors, "ai"), .remove(M.company, row, M.sectors, "digital"),
        .increment(M.company, row, M.visitors, 4),
        .put(M.company, row, M.headcount, key: "2025", 13),
        .put(M.company, row, M.headcount, key: "2026", 20),
        .bump(M.company, row, M.daily, key: "mon", 2))
      #expect(try a.dump() != before)
      if synced { try world.syncAll(a, b) }
      let report = try undoLast(a)
      #expect(report.kept.isEmpty)
      #expect(report.transactions.count == 1)
      #expect(try a.dump() == before)
      try world.syncAll(a, b)
      try world.expectAgreement(a, b)
      #expect(try b.dump() == before)
    }
  }

  @Test("what others changed since stays, and the undo says whose it is")
  func builtOn() throws {
    try a.apply(.write(M.company, row, [(M.name, .text("Robo")), (M.note, .text("quay 4"))]))
    try world.syncAll(a, b)
    try b.write(row, M.name, "Robovision NV")
    try world.syncAll(b, a)
    // B's change is not A's to take: the undo is of A's transaction.
    let report = try undoLast(a)
    #expect(report.kept.map(\.tag) == [M.name])
    #expect(report.kept.map(\.reason) == [.changedSince])
    #expect(report.kept.map(\.by?.device) == ["B"])
    #expect(try a.shown(row, M.name) == .scalar("Robovision NV"))
    #expect(try a.shown(row, M.note) == .scalar("quay 3"))
    try world.expectAgreement(a, b)
  }

  @Test("an undo of a text takes back its author's words and no others")
  func text() throws {
    func type(_ device: Device, _ text: String, at place: Int, deleting: Int = 0) throws {
      let change = try #require(
        TextChange([TextEdit(at: place, deleting: deleting, inserting: text)]))
      try device.apply(.edit(M.company, row, M.story, change))
    }
    try type(a, "Quay 3 is free.", at: 0)
    try world.syncAll(a, b)
    try type(a, "not ", at: 10)
    try world.syncAll(a, b)
    try type(b, " Call them.", at: 19)
    try world.syncAll(b, a)
    try undoLast(a)
    #expect(try a.shown(row, M.story) == .scalar("Quay 3 is free. Call them."))
    try world.expectAgreement(a, b)
    #expect(try b.shown(row, M.story) == .scalar("Quay 3 is free. Call them."))
  }

  @Test("an undo of a new record deletes it, unless others have worked on it or on its parts")
  func created() throws {
    let first = try a.create(M.company, [(M.name, "first")])
    try undoLast(a)
    #expect(try a.record(first) == nil)
    let second = try a.create(M.company, [(M.name, "second")])
    try world.syncAll(a, b)
    try b.create(M.item, [(M.label, "plan"), (M.owner, .int(second.raw))])
    try world.syncAll(b, a)
    let report = try undoLast(a)
    #expect(report.kept.map(\.reason) == [.builtOn])
    #expect(report.kept.first?.by?.device == "B")
    #expect(try a.record(second) != nil)
    try world.expectAgreement(a, b)
  }

  @Test("a deletion is undone with all that it took, at once here and after a sync everywhere")
  func deleted() throws {
    let item = try a.create(M.item, [(M.label, "plan"), (M.owner, .int(row.raw))])
    for synced in [false, true] {
      try world.syncAll(a, b)
      let before = try a.dump()
      try a.apply(.delete(M.company, row))
      #expect(try a.record(item, M.item) == nil)
      if synced { try world.syncAll(a, b) }
      #expect(try a.replica.deletedRecords().map(\.record.id) == [row])
      try undoLast(a)
      #expect(try a.dump() == before)
      #expect(try a.replica.deletedRecords().isEmpty)
      try world.syncAll(a, b)
      #expect(try a.dump() == before)
      #expect(try b.dump() == before)
      try world.expectAgreement(a, b)
    }
  }

  @Test(
    "a record that another person deleted comes back; a deletion that had not seen this marks it")
  func broughtBack() throws {
    try b.apply(.delete(M.company, row))
    let c = try world.device("C")
    try c.sync()
    try world.syncAll(b, a)
    _ = try a.replica.restore(row, at: nil)
    #expect(try a.shown(row, M.name) == .scalar("Robovision"))
    #expect(throws: UndoError.isThere(row)) { try a.replica.restore(row, at: nil) }
    // C has never heard of the deletion and deletes, too.
    try c.apply(.delete(M.company, row))
    try a.sync()
    try c.sync()
    try world.syncAll(a, b, c)
    for device in [a, b, c] {
      #expect(try device.shown(row, M.name) == .scalar("Robovision"))
      #expect(try device.conflicts().map(\.tag) == [Field.lifeTag])
    }
    try world.expectAgreement(a, b, c)
  }

  @Test("two people who bring one record back at the same time bring back one record, unmarked")
  func twice() throws {
    try a.apply(.delete(M.company, row))
    try world.syncAll(a, b)
    _ = try a.replica.restore(row, at: nil)
    _ = try b.replica.restore(row, at: nil)
    try b.write(row, M.note, "back")
    try world.syncAll(a, b)
    try world.expectAgreement(a, b)
    #expect(try a.shown(row, M.note) == .scalar("back"))
    #expect(try a.conflicts() == [])
  }

  @Test("a record is put back as it was at a time, with its parts")
  func atATime() throws {
    let item = try a.create(M.item, [(M.label, "plan"), (M.owner, .int(row.raw))])
    try world.syncAll(a, b)
    let before = try a.dump()
    let then = a.system.wallMilliseconds()
    world.advance(60_000, a, b)
    try b.write(row, M.note, "quay 5")
    try b.apply(.delete(M.item, item))
    try world.syncAll(b, a)
    world.advance(60_000, a, b)
    try a.apply(.add(M.company, row, M.sectors, "ai"))
    try a.create(M.item, [(M.label, "later"), (M.owner, .int(row.raw))])
    let report = try a.replica.restore(row, at: then)
    #expect(report.kept.isEmpty)
    #expect(try a.dump() == before)
    try world.syncAll(a, b)
    try world.expectAgreement(a, b)
    #expect(try b.dump() == before)
    let early = UndoError.notYetThere(row)
    #expect(throws: early) { try a.replica.restore(row, at: then - 86_400_000) }
  }

  @Test("an undo can be undone; the last change that stands is what an undo without a name takes")
  func again() throws {
    try a.write(row, M.note, "one")
    try a.write(row, M.note, "two")
    try undoLast(a)
    #expect(try a.shown(row, M.note) == .scalar("one"))
    let report = try undoLast(a)
    #expect(try a.shown(row, M.note) == .scalar("quay 3"))
    _ = try a.replica.undo(Set(report.transactions))
    #expect(try a.shown(row, M.note) == .scalar("one"))
    try world.syncAll(a, b)
    try world.expectAgreement(a, b)
  }

  @Test("an import is undone as a whole; what others have worked on stays")
  func imported() throws {
    var rows: [RowID] = []
    try a.replica.commitTogether { commit in
      for index in 0..<3 {
        try commit("firms") {
          rows.append(try $0.create(M.company, [(M.name, .text("f\(index)"))]))
        }
      }
    }
    try world.syncAll(a, b)
    try b.write(rows[1], M.note, "called")
    try world.syncAll(b, a)
    let dry = try a.replica.undo(try a.replica.transactions(labelled: "firms"), isDry: true)
    #expect(dry.operations.count == 2)
    #expect(dry.transactions.isEmpty)
    #expect(try a.record(rows[0]) != nil)
    let report = try a.replica.undo(try a.replica.transactions(labelled: "firms"))
    #expect(report.kept.map(\.row) == [rows[1]])
    #expect(try rows.map { try a.record($0) != nil } == [false, true, false])
    try world.expectAgreement(a, b)
    let unknown = TransactionID(site: 77, sequence: 1)
    #expect(throws: UndoError.unknownTransaction(unknown)) { try a.replica.undo([unknown]) }
  }

  @Test("a field that goes one way only is not taken back, and the undo says so")
  func oneWay() throws {
    try a.apply(.write(M.company, row, [(M.highest, .int(10)), (M.note, .text("x"))]))
    try a.apply(.write(M.company, row, [(M.highest, .int(20)), (M.note, .text("y"))]))
    let report = try undoLast(a)
    #expect(report.kept.map(\.reason) == [.oneWay])
    #expect(try a.shown(row, M.highest) == .scalar(.int(20)))
    #expect(try a.shown(row, M.note) == .scalar("x"))
  }
}
