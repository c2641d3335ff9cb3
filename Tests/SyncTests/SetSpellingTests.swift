import Protocol
import Storage
import Testing

private typealias M = SmallModel

@Suite("Elements of a set whatever their case")
struct SetSpellingTests {
  @Test("an element that is added in another case is the one that is there, in its first spelling")
  func firstSpelling() throws {
    let world = try World()
    let (a, b) = (try world.device("A"), try world.device("B"))
    let row = try a.create(M.company, [(M.name, "one")])
    try a.apply(.add(M.company, row, M.sectors, "AI"), .add(M.company, row, M.sectors, "Ai"))
    try world.syncAll(a, b)
    try b.apply(.add(M.company, row, M.sectors, "ai"))
    #expect(try b.shown(row, M.sectors) == .set(["AI"]))
    try world.syncAll(b, a)
    #expect(try a.shown(row, M.sectors) == .set(["AI"]))
    try world.expectAgreement(a, b)
  }

  @Test("of two spellings added apart the first by time shows everywhere, in any order of arrival")
  func apart() throws {
    for order in [[0, 1], [1, 0]] {
      let world = try World()
      let devices = [try world.device("A"), try world.device("B")]
      let row = try devices[0].create(M.company, [(M.name, "one")])
      try world.syncAll(devices + devices)
      for (device, spelling) in zip(devices, ["Größe", "GRÖSSE"]) {
        world.advance(1_000, devices[0], devices[1])
        try device.apply(
          .add(M.company, row, M.sectors, .text(spelling)), .add(M.company, row, M.sectors, "B"))
      }
      for index in order { try devices[index].sync() }
      try world.expectAgreement(devices[0], devices[1], devices[0])
      for device in devices {
        #expect(try device.shown(row, M.sectors) == .set(["B", "Größe"]))
      }
      // The first takes its own away, unseen by nobody: the other's spelling is left.
      try devices[1].apply(.remove(M.company, row, M.sectors, "grösse"))
      #expect(try devices[1].shown(row, M.sectors) == .set(["B"]))
      try world.expectAgreement(devices[1], devices[0], devices[1])
    }
  }

  @Test("a removal takes the spellings its author had seen; one added apart stays as written")
  func removal() throws {
    let world = try World()
    let (a, b) = (try world.device("A"), try world.device("B"))
    let row = try a.create(M.company, [(M.name, "one")])
    try a.apply(.add(M.company, row, M.sectors, "AI"))
    try a.sync()
    let c = try world.device("C")
    try world.syncAll(b, c)
    // B adds without seeing what A adds again; C removes what it sees.
    try c.apply(.remove(M.company, row, M.sectors, "ai"))
    #expect(try c.shown(row, M.sectors) == nil)
    try c.sync()
    try b.apply(.add(M.company, row, M.sectors, "ai"))
    try b.sync()
    try world.expectAgreement(a, b, c)
    #expect(try a.shown(row, M.sectors) == .set(["AI"]))
    try a.apply(.remove(M.company, row, M.sectors, "aI"))
    try a.apply(.add(M.company, row, M.sectors, "aI"))
    #expect(try a.shown(row, M.sectors) == .set(["aI"]))
    try world.expectAgreement(a, b, c)
  }
}
