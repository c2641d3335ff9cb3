import ClientCore
import Foundation
import Protocol
import ServerApp
import Storage
import Testing

private typealias M = SmallModel

@Suite("Two laptops and a server")
struct TwoDevicesTests {
  @Test("what one device saves, the other shows after both have synced, and all digests agree")
  func carried() throws {
    let world = try World()
    let (a, b) = (try world.device("A"), try world.device("B"))
    let row = try a.create(M.company, [(M.name, "Robovision"), (M.note, "quay 3")])
    try a.apply(
      .add(M.company, row, M.sectors, "digital"), .increment(M.company, row, M.visitors, 3))
    #expect(try a.sync().agrees == true)
    #expect(try b.sync().agrees == true)
    #expect(try b.shown(row, M.name) == .scalar("Robovision"))
    #expect(try b.shown(row, M.sectors) == .set(["digital"]))
    #expect(try b.shown(row, M.visitors) == .counter(3))
    #expect(try a.dump() == b.dump())
    #expect(try a.dump() == world.dump())
    #expect(try world.store.verify().problems == [])
  }

  @Test(
    "two people who write in one text at once both stay, and what comes later goes on from there")
  func text() throws {
    let world = try World()
    let (a, b) = (try world.device("A"), try world.device("B"))
    let row = try a.create(M.company, [(M.name, "x"), (M.story, "Quay 3 is free.")])
    try world.syncAll(a, b)
    func type(_ device: Device, _ text: String, at place: Int, deleting: Int = 0) throws {
      let change = try #require(
        TextChange([TextEdit(at: place, deleting: deleting, inserting: text)]))
      try device.apply(.edit(M.company, row, M.story, change))
    }
    try type(a, "Tuesday: ", at: 0)
    try type(a, " Crane 2 is broken.", at: 24)
    try type(b, "is not free", at: 7, deleting: 7)
    try a.sync()
    try b.sync()
    #expect(
      try b.shown(row, M.story)
        == .scalar("Tuesday: Quay 3 is not free. Crane 2 is broken."))
    #expect(try b.look { try $0.textEditors(row.raw) } == [M.story: 2])
    #expect(try a.look { try $0.textEditors(row.raw) } == [:], "A does not know of B's yet")
    try type(b, " Call them.", at: 47)
    try world.syncAll(b, a)
    for device in [a, b] {
      #expect(
        try device.shown(row, M.story)
          == .scalar("Tuesday: Quay 3 is not free. Crane 2 is broken. Call them."))
      #expect(try device.conflicts() == [])
    }
    try world.expectAgreement(a, b)
    // All have it: nothing is kept beside the text.
    try world.syncAll(a, b)
    try world.syncAll(a, b)
    for device in [a, b] {
      #expect(try device.look { try $0.connection.scalar("SELECT count(*) FROM _text") } == 0)
      #expect(try device.look { try $0.textEditors(row.raw) } == [:])
    }
  }

  @Test(
    "a text that an open form edits is edited as it is now; the other fields keep what the form showed"
  )
  func textInForm() throws {
    let world = try World()
    let (a, b) = (try world.device("A"), try world.device("B"))
    let row = try a.create(M.company, [(M.name, "x"), (M.story, "one")])
    try world.syncAll(a, b)
    let opened = try a.replica.seen()
    let two = try #require(TextChange([TextEdit(at: 3, inserting: " two")]))
    try b.apply(
      .edit(M.company, row, M.story, two), .write(M.company, row, [(M.name, .text("from B"))]))
    try world.syncAll(b, a)
    let three = try #require(TextChange([TextEdit(at: 7, inserting: " three")]))
    try a.apply(
      .edit(M.company, row, M.story, three), .write(M.company, row, [(M.name, .text("from A"))]),
      seen: opened)
    try world.syncAll(a, b)
    for device in [a, b] {
      #expect(try device.shown(row, M.story) == .scalar("one two three"))
      #expect(try device.conflicts().map(\.tag) == [M.name])
    }
    try world.expectAgreement(a, b)
  }

  @Test(
    "two people who changed one asking field make a conflict entry with both values; a pick closes it everywhere"
  )
  func conflict() throws {
    let world = try World()
    let (a, b) = (try world.device("A"), try world.device("B"))
    let row = try a.create(M.company, [(M.name, "one")])
    try a.sync()
    try b.sync()
    world.advance(1_000, a, b)
    try a.write(row, M.name, "from A")
    world.advance(1_000, a, b)
    try b.write(row, M.name, "from B")
    try b.sync()
    try a.sync()
    try b.sync()
    for device in [a, b] {
      let entry = try #require(try device.conflicts().first)
      #expect(entry.winner?.value == "from B")
      #expect(entry.losers.map(\.value) == ["from A"])
      #expect(entry.losers.first?.user == "A")
    }
    #expect(try a.dump() == b.dump())
    #expect(try a.dump() == world.dump())
    try a.write(row, M.name, "from A")
    #expect(try a.conflicts() == [])
    try a.sync()
    try b.sync()
    #expect(try b.conflicts() == [])
    #expect(try b.shown(row, M.name) == .scalar("from A"))
    #expect(try a.dump() == world.dump())
    #expect(try a.dump() == b.dump())
  }

  @Test(
    "a deletion does not eat an edit that its author had not seen: the record is back, marked, on both"
  )
  func revival() throws {
    let world = try World()
    let (a, b) = (try world.device("A"), try world.device("B"))
    let row = try a.create(M.company, [(M.name, "Rijvissche")])
    let item = try a.create(M.item, [(M.label, "badge"), (M.owner, .int(row.raw))])
    try a.sync()
    try b.sync()
    try a.apply(.delete(M.company, row))
    #expect(try a.record(row) == nil)
    #expect(try a.record(item, M.item) == nil)
    try b.write(row, M.note, "free space")
    try a.sync()
    try b.sync()
    try a.sync()
    for device in [a, b] {
      #expect(try device.shown(row, M.note) == .scalar("free space"))
      #expect(try device.record(item, M.item) != nil)
      #expect(try device.conflicts().map(\.tag) == [Field.lifeTag])
    }
    #expect(try a.dump() == b.dump())
    #expect(try a.dump() == world.dump())
    try b.apply(.keep(M.company, row))
    #expect(try b.sync().agrees == true)
    #expect(try a.sync().agrees == true)
    #expect(try a.conflicts() == [])
    #expect(try a.dump() == world.dump())
    try a.apply(.delete(M.company, row))
    #expect(try a.sync().agrees == true)
    #expect(try b.sync().agrees == true)
    #expect(try b.record(row) == nil)
    #expect(try b.record(item, M.item) == nil)
  }
}
