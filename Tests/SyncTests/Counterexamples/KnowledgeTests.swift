import ClientCore
import Protocol
import ServerApp
import Testing

@testable import Storage

private typealias M = SmallModel

@Suite("Counterexamples: who knew what")
struct KnowledgeTests {
  @Test(
    """
    C1: a form that was open while a background sync applied another's change saves a conflict, \
    not a victory
    """)
  func formKeepsWhatItShowed() throws {
    let world = try World()
    let (a, b) = (try world.device("A"), try world.device("B"))
    let row = try a.create(M.company, [(M.name, "first")])
    try world.syncAll(a, b)
    let opened = try a.replica.seen()
    try b.write(row, M.name, "from B")
    try world.syncAll(b, a)
    #expect(try a.shown(row, M.name) == .scalar("from B"))
    world.advance(1_000, a, b)
    try a.write(row, M.name, "from A", seen: opened)
    try world.syncAll(a, b)
    for device in [a, b] {
      let entry = try #require(try device.conflicts().first)
      #expect(entry.winner?.value == "from A")
      #expect(entry.losers.map(\.value) == ["from B"])
    }
    try world.expectAgreement(a, b)
  }

  @Test(
    """
    a form that was open while its record was deleted elsewhere still saves, and brings the \
    record back
    """)
  func formOutlivesDeletion() throws {
    let world = try World()
    let (a, b) = (try world.device("A"), try world.device("B"))
    let row = try a.create(M.company, [(M.name, "first"), (M.note, "quay")])
    try world.syncAll(a, b)
    let opened = try a.replica.seen()
    try b.apply(.delete(M.company, row))
    try world.syncAll(b, a)
    #expect(try a.record(row) == nil)
    try a.write(row, M.name, "from the form", seen: opened)
    try world.syncAll(a, b)
    for device in [a, b] {
      #expect(try device.shown(row, M.name) == .scalar("from the form"))
      #expect(try device.shown(row, M.note) == .scalar("quay"))
      #expect(try device.conflicts().map(\.tag) == [Field.lifeTag])
    }
    try world.expectAgreement(a, b)
    let late = try a.replica.seen()
    try a.apply(.delete(M.company, row))
    #expect(throws: ReplicaError.unknownRecord(row)) { try a.write(row, M.name, "x", seen: late) }
  }

  @Test(
    "C9: ranked: medium shows in every order when low had seen high and medium had seen neither")
  func rankedHeads() throws {
    for middleFirst in [true, false] {
      let world = try World()
      let (a, b, c) = (try world.device("A"), try world.device("B"), try world.device("C"))
      let row = try a.create(M.company, [(M.name, "x")])
      try world.syncAll(a, b, c)
      try c.write(row, M.level, "medium")
      try a.write(row, M.level, "high")
      try world.syncAll(a, b)
      try b.write(row, M.level, "low")
      #expect(try b.shown(row, M.level) == .scalar("low"))
      try world.syncAll(middleFirst ? [c, b] : [b, c])
      try world.syncAll(a, b, c)
      for device in [a, b, c] {
        #expect(try device.shown(row, M.level) == .scalar("medium"))
        let further = try device.look { try $0.furtherHeads(row.raw, M.level).map(\.value) }
        #expect(further == ["low"])
        #expect(try device.conflicts() == [])
      }
      try world.expectAgreement(a, b, c)
    }
  }

  @Test("C10: an element that another added stays when somebody removes their own addition of it")
  func unseenAdditionStays() throws {
    let world = try World()
    let (y, z) = (try world.device("Y"), try world.device("Z"))
    let row = try y.create(M.company, [(M.name, "x")])
    try world.syncAll(y, z)
    try y.apply(.add(M.company, row, M.sectors, "digital"))
    try z.apply(.add(M.company, row, M.sectors, "digital"))
    try z.apply(.remove(M.company, row, M.sectors, "digital"))
    try world.syncAll(y, z, y)
    #expect(try z.shown(row, M.sectors) == .set(["digital"]))
    try world.expectAgreement(y, z)
  }

  @Test("C10: a write that had seen one of two heads closes that one only")
  func oneOfTwoHeads() throws {
    let world = try World()
    let (w, e, f) = (try world.device("W"), try world.device("E"), try world.device("F"))
    let row = try w.create(M.company, [(M.name, "x")])
    try world.syncAll(w, e, f)
    world.advance(40, w, e, f)
    try e.write(row, M.name, "from E")
    world.advance(10, w, e, f)
    try w.write(row, M.name, "from W")
    try world.syncAll(w, f)
    world.advance(10, w, e, f)
    try f.write(row, M.name, "from F")
    try world.syncAll(e)
    let before = try #require(try world.store.database.read { try $0.conflicts() }.first)
    #expect(before.winner?.value == "from W")
    #expect(before.losers.map(\.value) == ["from E"])
    try world.syncAll(f)
    try world.syncAll(w, e, f)
    for device in [w, e, f] {
      let entries = try device.conflicts()
      #expect(entries.count == 1, "W is closed")
      let entry = try #require(entries.first)
      #expect((entry.record, entry.tag) == (before.record, before.tag))
      #expect(entry.winner?.value == "from F")
      #expect(entry.losers.map(\.value) == ["from E"])
    }
    try world.expectAgreement(w, e, f)
  }

  @Test("who claims to have seen more than their cursor is refused, and overwrites nothing")
  func claimsTooMuch() throws {
    let world = try World()
    let (a, b) = (try world.device("A"), try world.device("B"))
    let row = try a.create(M.company, [(M.name, "first")])
    try world.syncAll(a, b)
    try b.write(row, M.name, "from B")
    try world.syncAll(b)
    world.advance(1_000, a, b)
    let present = try a.replica.seen()
    let claimed = Cursor(epoch: present.epoch, position: present.position + 1)
    try a.write(row, M.name, "from A", seen: claimed)
    #expect(try a.sync().refused == 1)
    #expect(try a.replica.rejected().map(\.reason) == [.unseenCursor])
    #expect(try a.shown(row, M.name) == .scalar("from B"))
    try world.expectAgreement(a, b)
  }

  @Test("a state of an epoch that nobody knows covers nothing")
  func unknownEpoch() throws {
    let world = try World()
    let (a, b) = (try world.device("A"), try world.device("B"))
    let row = try b.create(M.company, [(M.name, "from B")])
    try world.syncAll(b, a)
    world.advance(1_000, a, b)
    try a.write(row, M.name, "from A", seen: Cursor(epoch: 12_345, position: 1_000))
    try world.syncAll(a, b)
    let entry = try #require(try b.conflicts().first)
    #expect(entry.winner?.value == "from A")
    #expect(entry.losers.map(\.value) == ["from B"])
    try world.expectAgreement(a, b)
  }

  @Test("what an author adds and removes in one transaction is not there")
  func oneTransaction() throws {
    let world = try World()
    let a = try world.device("A")
    let row = try a.create(M.company, [(M.name, "x")])
    try a.apply(
      .add(M.company, row, M.sectors, "digital"), .remove(M.company, row, M.sectors, "digital"))
    #expect(try a.shown(row, M.sectors) == nil)
    try world.syncAll(a)
    #expect(try a.shown(row, M.sectors) == nil)
    try world.expectAgreement(a)
  }

  @Test(
    """
    C26: what a device wrote after a transaction that was refused stands alone and is no \
    conflict with itself
    """)
  func refusedThenWritten() throws {
    let world = try World()
    let (a, b) = (try world.device("A"), try world.device("B"))
    let row = try a.create(M.company, [(M.name, "x")])
    try world.syncAll(a, b)
    // U is refused for its second change; T was made without knowing that.
    try a.apply(
      .set(row, M.name, "from U"), .add(M.company, row, M.sectors, "digital"),
      .set(row, M.highest, 5_000))
    try a.apply(
      .set(row, M.name, "from T"), .remove(M.company, row, M.sectors, "digital"))
    let summary = try a.sync()
    #expect(summary.refused == 1)
    try b.sync()
    for device in [a, b] {
      #expect(try device.shown(row, M.name) == .scalar("from T"))
      #expect(try device.shown(row, M.sectors) == nil)
      #expect(try device.conflicts() == [])
    }
    #expect(try a.replica.rejected().map(\.reason) == [.invalidValue])
    try world.expectAgreement(a, b)
  }
}
