import ClientCore
import Protocol
import ServerApp
import Storage
import Testing

private typealias M = SmallModel

@Suite("Counterexamples: deletions")
struct DeletionTests {
  enum Arrival: CaseIterable { case loserFirst, deletionFirst, afterCollection }

  @Test(
    """
    C12: a deletion does not eat a loser that its author had not seen: the record is back whole, \
    marked, with the entry
    """,
    arguments: Arrival.allCases)
  func loserOutlivesDeletion(arrival: Arrival) throws {
    let world = try World()
    let (a, b, d) = (try world.device("A"), try world.device("B"), try world.device("D"))
    let row = try a.create(M.company, [(M.name, "x"), (M.note, "quay")])
    let item = try a.create(M.item, [(M.label, "badge"), (M.owner, .int(row.raw))])
    try world.syncAll(a, b, d)
    try b.write(row, M.name, "W2")
    world.advance(1_000, a, b, d)
    try a.write(row, M.name, "W1")
    try world.syncAll(a, d)
    try d.apply(.delete(M.company, row))
    switch arrival {
    case .loserFirst: try world.syncAll(b, d)
    case .deletionFirst: try world.syncAll(d, b)
    case .afterCollection:
      try world.syncAll(d, a, d, a)
      try world.collectEverything()
      try world.syncAll(b)
    }
    try world.syncAll(a, b, d)
    for device in [a, b, d] {
      #expect(try device.shown(row, M.note) == .scalar("quay"))
      #expect(try device.record(item, M.item) != nil)
      let entries = try device.conflicts()
      #expect(entries.map(\.tag) == [Field.lifeTag, M.name])
      #expect(entries.first?.losers.map(\.device) == ["D"])
      #expect(entries.last?.winner?.value == "W1")
      #expect(entries.last?.losers.map(\.value) == ["W2"])
    }
    try world.expectAgreement(a, b, d)
  }

  @Test("C12: a late edit to a record whose tombstone was collected brings it back whole")
  func collectedTombstone() throws {
    let world = try World()
    let (a, b, d) = (try world.device("A"), try world.device("B"), try world.device("D"))
    let row = try a.create(M.company, [(M.name, "x"), (M.note, "quay")])
    let item = try a.create(M.item, [(M.label, "badge"), (M.owner, .int(row.raw))])
    try world.syncAll(a, b, d)
    try b.write(row, M.name, "late")
    try d.apply(.delete(M.company, row))
    try world.syncAll(d, a, d, a)
    try world.collectEverything()
    try world.syncAll(b, a, d)
    for device in [a, b, d] {
      #expect(try device.shown(row, M.name) == .scalar("late"))
      #expect(try device.shown(row, M.note) == .scalar("quay"))
      #expect(try device.record(item, M.item) != nil)
      #expect(try device.conflicts().map(\.tag) == [Field.lifeTag])
    }
    try world.expectAgreement(a, b, d)
  }

  @Test("a child made below a record whose deletion its author had not seen brings the record back")
  func childRevivesParent() throws {
    let world = try World()
    let (a, b) = (try world.device("A"), try world.device("B"))
    let row = try a.create(M.company, [(M.name, "x")])
    try world.syncAll(a, b)
    let item = try b.create(M.item, [(M.label, "badge"), (M.owner, .int(row.raw))])
    try a.apply(.delete(M.company, row))
    try world.syncAll(a, b, a)
    for device in [a, b] {
      #expect(try device.record(row) != nil)
      #expect(try device.record(item, M.item) != nil)
      #expect(try device.conflicts().map(\.tag) == [Field.lifeTag])
    }
    try world.expectAgreement(a, b)
  }

  @Test(
    "an unseen edit of a child brings the whole record back, whichever of the two arrives first",
    arguments: [true, false])
  func childEditOutlivesDeletion(editFirst: Bool) throws {
    let world = try World()
    let (a, b, d) = (try world.device("A"), try world.device("B"), try world.device("D"))
    let row = try a.create(M.company, [(M.name, "x"), (M.note, "quay")])
    let items = try (["one", "two"] as [Value]).map {
      try a.create(M.item, [(M.label, $0), (M.owner, .int(row.raw))])
    }
    try world.syncAll(a, b, d)
    try b.apply(.write(M.item, items[0], [(M.label, .text("ticked"))]))
    try d.apply(.delete(M.company, row))
    try world.syncAll(editFirst ? [b, d] : [d, b])
    try world.syncAll(a, b, d)
    for device in [a, b, d] {
      #expect(try device.shown(row, M.note) == .scalar("quay"))
      #expect(try device.shown(items[0], M.label, M.item) == .scalar("ticked"))
      #expect(try device.shown(items[1], M.label, M.item) == .scalar("two"))
      #expect(try device.conflicts().map(\.tag) == [Field.lifeTag])
    }
    try world.expectAgreement(a, b, d)
  }

  @Test(
    """
    C27: a record that two delete while a third works on a part of it is back with all its parts, \
    whole and once, in whatever order they come
    """, arguments: [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]])
  func twoDeletions(order: [Int]) throws {
    let world = try World()
    let devices = try ["D", "E", "F"].map { try world.device($0) }
    let row = try devices[0].create(M.company, [(M.name, "case"), (M.note, "quay")])
    let items = try (["one", "two", "three"] as [Value]).map {
      try devices[0].create(M.item, [(M.label, $0), (M.owner, .int(row.raw))])
    }
    try world.syncAll(devices)
    for device in devices[..<2] { try device.apply(.delete(M.company, row)) }
    try devices[2].apply(.write(M.item, items[1], [(M.label, .text("ticked"))]))
    try world.syncAll(order.map { devices[$0] })
    try world.syncAll(devices)
    for device in devices {
      #expect(try device.shown(row, M.note) == .scalar("quay"))
      let labels = try items.map { try device.shown($0, M.label, M.item).scalar }
      #expect(labels == ["one", "ticked", "three"])
      #expect(try device.conflicts().map(\.tag) == [Field.lifeTag])
    }
    try world.expectAgreement(devices[0], devices[1], devices[2])
  }

  @Test("a record that came back with a mark can be deleted and brought back again, by anybody")
  func deletedAgain() throws {
    let world = try World()
    let (a, b, c) = (try world.device("A"), try world.device("B"), try world.device("C"))
    let row = try a.create(M.company, [(M.name, "x")])
    try world.syncAll(a, b, c)
    try a.apply(.delete(M.company, row))
    try b.write(row, M.note, "unseen")
    try world.syncAll(a, b, a, c)
    #expect(try a.conflicts().map(\.tag) == [Field.lifeTag])
    try a.apply(.delete(M.company, row))
    _ = try a.replica.undo([try #require(try a.replica.lastUndoable())])
    try world.syncAll(a, b, c)
    try world.expectAgreement(a, b, c)
    #expect(try c.shown(row, M.note) == .scalar("unseen"))
    try b.apply(.delete(M.company, row))
    try world.syncAll(b, c)
    _ = try c.replica.restore(row, at: nil)
    let restored = try #require(try c.replica.lastUndoable())
    let undo = try c.replica.undo([restored])
    _ = try c.replica.undo(Set(undo.transactions))
    try world.syncAll(c, b, a)
    try world.expectAgreement(a, b, c)
  }

  @Test(
    "a deletion that had seen another's mark takes the mark with it, should the record come back")
  func markIsAnswered() throws {
    let world = try World()
    let (a, b, c) = (try world.device("A"), try world.device("B"), try world.device("C"))
    let row = try a.create(M.company, [(M.name, "x")])
    try world.syncAll(a, b, c)
    try a.apply(.delete(M.company, row))
    try b.write(row, M.note, "one")
    try world.syncAll(a, b, a, b)
    #expect(try b.conflicts().first?.losers.map(\.device) == ["A"])
    try c.write(row, M.note, "late")
    try b.apply(.delete(M.company, row))
    try world.syncAll(b, c)
    try world.syncAll(a, b, c)
    #expect(try a.conflicts().first?.losers.map(\.device) == ["B"])
    try world.expectAgreement(a, b, c)
  }
}

extension World {
  /// The tombstones go, as when everybody who counts has passed them.
  func collectEverything() throws {
    try store.database.write { engine in
      try engine.collectTombstones(through: Int64.max - 1)
      #expect(try engine.connection.scalar("SELECT count(*) FROM _tombstone") == 0)
    }
  }
}
