import ClientCore
import Protocol
import ServerApp
import Testing

private typealias M = SmallModel

@Suite("Records whose ids say what they are")
struct DerivedIDTests {
  private func seat(_ company: RowID, _ more: (Tag, Value)...) -> [(Tag, Value)] {
    [(M.seatOf, .int(company.raw)), (M.guest, "Mia")] + more
  }

  @Test("C18: two devices make the same record; what the later one leaves empty is not wiped")
  func madeTwice() throws {
    for firstGoesFirst in [true, false] {
      let world = try World()
      let (a, b) = (try world.device("A"), try world.device("B"))
      let company = try a.create(M.company, [(M.name, "x")])
      try world.syncAll(a, b)
      let one = try a.create(M.seat, seat(company, (M.diet, "vegan")))
      world.advance(1_000, a, b)
      let two = try b.create(M.seat, seat(company))
      try b.apply(.add(M.seat, two, M.wishes, "aisle"))
      #expect(one == two && one.isDerived)
      try world.syncAll(firstGoesFirst ? [a, b] : [b, a])
      try world.syncAll(a, b)
      for device in [a, b] {
        #expect(try device.shown(one, M.diet, M.seat) == .scalar("vegan"))
        #expect(try device.shown(one, M.wishes, M.seat) == .set(["aisle"]))
        #expect(try device.conflicts() == [])
      }
      try world.expectAgreement(a, b)
    }
  }

  @Test("what two makers of one record both filled in is a conflict entry")
  func bothFilled() throws {
    let world = try World()
    let (a, b) = (try world.device("A"), try world.device("B"))
    let company = try a.create(M.company, [(M.name, "x")])
    try world.syncAll(a, b)
    let row = try a.create(M.seat, seat(company, (M.diet, "vegan")))
    world.advance(1_000, a, b)
    _ = try b.create(M.seat, seat(company, (M.diet, "kosher")))
    try world.syncAll(a, b)
    try world.syncAll(a, b)
    for device in [a, b] {
      let entry = try #require(try device.conflicts().first)
      #expect(entry.record == row && entry.winner?.value == "kosher")
      #expect(entry.losers.map(\.value) == ["vegan"])
    }
    try world.expectAgreement(a, b)
  }

  @Test("a record made again by somebody who had seen its deletion starts empty")
  func startsEmpty() throws {
    let world = try World()
    let (a, b) = (try world.device("A"), try world.device("B"))
    let company = try a.create(M.company, [(M.name, "x")])
    let row = try a.create(M.seat, seat(company, (M.diet, "vegan")))
    try world.syncAll(a, b)
    try a.apply(.delete(M.seat, row))
    try world.syncAll(a, b)
    #expect(try b.record(row, M.seat) == nil)
    #expect(try b.create(M.seat, seat(company)) == row)
    try world.syncAll(b, a)
    for device in [a, b] {
      #expect(try device.record(row, M.seat) != nil)
      #expect(try device.shown(row, M.diet, M.seat) == nil)
    }
    try world.expectAgreement(a, b)
    try b.apply(.delete(M.seat, row))
    try world.syncAll(b, a)
    #expect(try a.record(row, M.seat) == nil)
    try world.expectAgreement(a, b)
  }

  @Test("the server works a derived id out anew and refuses another")
  func recomputed() throws {
    let world = try World()
    let a = try world.device("A")
    let company = try a.create(M.company, [(M.name, "x")])
    let forged = RowID(1 << 62 | 77)
    try a.apply(.create(M.seat, forged, seat(company)))
    let plain = RowID(site: try #require(try a.replica.identity()).site, counter: 500)
    try a.apply(.create(M.seat, plain, seat(company)))
    try a.sync()
    #expect(try world.store.quarantine().map(\.reason) == [.identityTaken, .identityTaken])
    #expect(try a.record(forged, M.seat) == nil && a.record(plain, M.seat) == nil)
    try world.expectAgreement(a)
  }

  @Test("what says which record it is does not change afterwards")
  func unchanging() throws {
    let world = try World()
    let a = try world.device("A")
    let company = try a.create(M.company, [(M.name, "x")])
    let row = try a.create(M.seat, seat(company))
    try a.sync()
    try a.apply(.write(M.seat, row, [(M.guest, .text("Bob"))]))
    try a.sync()
    #expect(try world.store.quarantine().map(\.reason) == [.invalidValue])
    #expect(try a.shown(row, M.guest, M.seat) == .scalar("Mia"))
    try world.expectAgreement(a)
  }
}
