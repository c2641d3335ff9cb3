import ClientCore
import Protocol
import ServerApp
import Storage
import Testing

private typealias M = SmallModel

@Suite("Counterexamples: the same replica twice")
struct CopyTests {
  @Test(
    "C5: two copies of a replica make a record under one id: two records, and every reference and mention of the second follows its new id"
  )
  func sameID() throws {
    let world = try World()
    let first = try world.device("A")
    try first.create(M.company, [(M.name, "old")])
    try world.syncAll(first)
    let second = try first.copy("A2")
    let one = try first.create(M.company, [(M.name, "one")])
    let two = try second.create(M.company, [(M.name, "two")])
    #expect(one == two)
    try second.create(M.item, [(M.label, "of two"), (M.owner, .int(two.raw))])
    try second.apply(.set(two, M.note, .text("see \(two.text), not x\(two.text)")))
    try world.syncAll(first)
    let before = try #require(try second.replica.identity())
    let summary = try second.sync()
    #expect(summary.agrees == true)
    #expect(summary.isCopy)
    let after = try #require(try second.replica.identity())
    #expect(after.site != before.site)
    #expect(after.token != before.token)
    let renamed = RowID(site: after.site, counter: two.counter)
    try world.expectAgreement(first, second)
    for device in [first, second] {
      #expect(try device.shown(one, M.name) == .scalar("one"))
      #expect(try device.shown(renamed, M.name) == .scalar("two"))
      #expect(
        try device.shown(renamed, M.note)
          == .scalar(.text("see \(renamed.text), not x\(two.text)")))
      let items = try device.replica.database.read { engine in
        try #require(engine.model.entity(tag: M.item)).tag
      }
      var owners: [FieldValue?] = []
      try device.replica.database.read { engine in
        try engine.forEachRecord(items) {
          owners.append($0.fields[M.owner])
          return true
        }
      }
      #expect(owners == [.scalar(.int(renamed.raw))])
    }
    #expect(try world.store.quarantine().isEmpty)
  }

  @Test(
    "C6: what was made before the copy and accepted through one counts as the other's own earlier: no conflict, and it counts once"
  )
  func sharedBeforeTheCopy() throws {
    let world = try World()
    let first = try world.device("A")
    let row = try first.create(M.company, [(M.name, "x"), (M.note, "n")])
    try world.syncAll(first)
    // Made before the copy, not yet sent.
    try first.apply(
      .set(row, M.name, "shared"), .increment(M.company, row, M.visitors, 3),
      .add(M.company, row, M.sectors, "digital"))
    let second = try first.copy("A2")
    try world.syncAll(first)
    world.advance(1_000, first, second)
    try second.apply(
      .set(row, M.name, "from the copy"), .remove(M.company, row, M.sectors, "digital"))
    try second.sync()
    try world.expectAgreement(first, second)
    for device in [first, second] {
      #expect(try device.conflicts() == [])
      #expect(try device.shown(row, M.name) == .scalar("from the copy"))
      #expect(try device.shown(row, M.visitors) == .counter(3))
      #expect(try device.shown(row, M.sectors) == nil)
    }
    #expect(try first.replica.identity()?.site != second.replica.identity()?.site)
  }

  @Test("C6: both copies add one at the same wall time: both count")
  func bothAdd() throws {
    let world = try World()
    let first = try world.device("A")
    let row = try first.create(M.company, [(M.name, "x")])
    try world.syncAll(first)
    let second = try first.copy("A2")
    for device in [first, second] {
      try device.apply(.increment(M.company, row, M.visitors, 1))
    }
    for device in [first, second] { try device.sync() }
    try world.expectAgreement(first, second)
    #expect(try first.shown(row, M.visitors) == .counter(2))
  }

  @Test("C6: a copy that only reads gets a new site before it writes again")
  func idleCopy() throws {
    let world = try World()
    let first = try world.device("A")
    let row = try first.create(M.company, [(M.name, "x")])
    try world.syncAll(first)
    let second = try first.copy("A2")
    #expect(try second.sync().isCopy == false)
    try first.write(row, M.name, "y")
    try world.syncAll(first)
    let summary = try second.sync()
    #expect(summary.isCopy)
    #expect(summary.agrees == true)
    #expect(try first.replica.identity()?.site != second.replica.identity()?.site)
    try second.write(row, M.name, "z")
    try second.sync()
    try world.expectAgreement(first, second)
    #expect(try first.conflicts() == [])
    #expect(try first.shown(row, M.name) == .scalar("z"))
  }

  @Test(
    "a laptop that was rolled back goes on under a new site: what it made since is there once, and it is not taken for another's"
  )
  func rolledBack() throws {
    let world = try World()
    let (a, b) = (try world.device("A"), try world.device("B"))
    let row = try a.create(M.company, [(M.name, "x")])
    try world.syncAll(a, b)
    try a.image("early")
    try a.apply(.set(row, M.note, "lost here"), .increment(M.company, row, M.visitors, 2))
    let made = try a.create(M.company, [(M.name, "made before the crash")])
    try world.syncAll(a)
    try a.rollBack(to: "early")
    let other = try a.create(M.company, [(M.name, "made after it")])
    #expect(other == made)
    #expect(try a.sync().isCopy)
    try world.expectAgreement(a, b)
    #expect(try a.shown(made, M.name) == .scalar("made before the crash"))
    #expect(try a.shown(row, M.visitors) == .counter(2))
    #expect(try world.dump().contains("made after it"))
  }

  @Test(
    "a claim whose answer is lost gets the same site again, and what is made again is there once")
  func lostGrant() throws {
    let world = try World()
    let first = try world.device("A")
    let row = try first.create(M.company, [(M.name, "x")])
    try world.syncAll(first)
    let second = try first.copy("A2")
    for device in [first, second] {
      try device.apply(.increment(M.company, row, M.visitors, 1))
    }
    try world.syncAll(first)
    var session = try SyncSession(second.replica)
    try session.receive(try #require(try second.exchange(&session)))
    // The site is given, the answer lost, the program ended.
    _ = try second.exchange(&session)
    try second.reopen()
    try second.sync()
    try world.expectAgreement(first, second)
    #expect(try first.shown(row, M.visitors) == .counter(2))
    #expect(try world.store.devices().count == 2)
  }

  @Test(
    "of three copies each ends with a site of its own, and a copy of a copy keeps what all share")
  func threeCopies() throws {
    let world = try World()
    let first = try world.device("A")
    let row = try first.create(M.company, [(M.name, "x")])
    try world.syncAll(first)
    let second = try first.copy("A2")
    for (device, name) in [(first, "1"), (second, "2")] {
      try device.apply(.increment(M.company, row, M.visitors, 1))
      try device.create(M.company, [(M.name, .text("by \(name)"))])
      try device.sync()
    }
    let third = try second.copy("A3")
    for (device, name) in [(second, "2b"), (third, "3")] {
      try device.apply(.increment(M.company, row, M.visitors, 10))
      try device.create(M.company, [(M.name, .text("by \(name)"))])
      try device.sync()
    }
    try world.expectAgreement(first, second, third)
    #expect(Set(try [first, second, third].map { try $0.replica.identity()?.site }).count == 3)
    #expect(try first.shown(row, M.visitors) == .counter(22))
    for name in ["1", "2", "2b", "3"] { #expect(try first.dump().contains("by \(name)\"")) }
    #expect(try first.conflicts() == [])
  }

  @Test(
    "C6: a copy that loads everything anew sees what the other made under its name, and goes on under a new site"
  )
  func loadsAnew() throws {
    let world = try World()
    let first = try world.device("A")
    let row = try first.create(M.company, [(M.name, "x")])
    try world.syncAll(first)
    let second = try first.copy("A2")
    try first.apply(.increment(M.company, row, M.visitors, 1))
    try world.syncAll(first)
    for _ in 0..<2 { try second.apply(.increment(M.company, row, M.visitors, 10)) }
    let summary = try second.sync(full: true)
    #expect(summary.isCopy)
    #expect(summary.agrees == true)
    try world.expectAgreement(first, second)
    #expect(try first.shown(row, M.visitors) == .counter(21))
  }

  @Test("C5: a mention that an edit of a text types follows the new id, too")
  func mentionInText() throws {
    let world = try World()
    let first = try world.device("A")
    let row = try first.create(M.company, [(M.name, "x")])
    try world.syncAll(first)
    let second = try first.copy("A2")
    try first.create(M.company, [(M.name, "one")])
    try world.syncAll(first)
    let two = try second.create(M.company, [(M.name, "two")])
    let change = try #require(TextChange([TextEdit(at: 0, inserting: "like \(two.text).")]))
    try second.apply(.edit(M.company, row, M.story, change))
    #expect(try second.sync().isCopy)
    try world.expectAgreement(first, second)
    let site = try #require(try second.replica.identity()).site
    let renamed = RowID(site: site, counter: two.counter)
    #expect(try first.shown(row, M.story) == .scalar(.text("like \(renamed.text).")))
  }
}
