import ClientCore
import Protocol
import ServerApp
import Storage
import Testing

private typealias M = SmallModel

@Suite("Counterexamples: clocks")
struct ClockTests {
  private static let hour: Int64 = 3_600_000

  @Test(
    "C7: an edit of a laptop 25 hours ahead counts as when it was made, however late it arrives",
    arguments: [false, true])
  func aheadByADay(mendedBefore: Bool) throws {
    let world = try World()
    let (a, b) = (try world.device("A"), try world.device("B"))
    let row = try b.create(M.company, [(M.name, "x")])
    try world.syncAll(b, a)
    let monday = world.serverSystem.wallMilliseconds()
    a.system.jump(25 * Self.hour)
    try a.write(row, M.name, "from A")
    // Monday 12:00.
    world.advance(3 * Self.hour, a, b)
    try b.write(row, M.name, "from B")
    // Wednesday 09:00.
    world.advance(45 * Self.hour, a, b)
    if mendedBefore {
      a.system.jump(-25 * Self.hour)
      world.advance(Self.hour, a, b)
    }
    try world.syncAll(b, a, b)
    for device in [a, b] {
      let entry = try #require(try device.conflicts().first)
      #expect(entry.winner?.value == "from B")
      #expect(entry.losers.map(\.value) == ["from A"])
      let stamp = try #require(entry.losers.first).atMilliseconds
      #expect(abs(stamp - monday) < 60_000, "A's stamp is Monday 09:00 again")
    }
    #expect(try a.shown(row, M.name) == .scalar("from B"))
    try world.expectAgreement(a, b)
  }

  @Test("C7: a clock that was set while a request was under way is found out")
  func setDuringRequest() throws {
    let world = try World()
    let (a, b) = (try world.device("A"), try world.device("B"))
    let row = try a.create(M.company, [(M.name, "x")])
    try world.syncAll(a, b)
    try a.write(row, M.note, "one")
    var session = try SyncSession(a.replica)
    let request = try #require(try session.nextRequest())
    let answer = try a.answer(to: request)
    a.system.jump(25 * Self.hour)
    try session.receive(answer)
    try a.write(row, M.note, "two")
    world.advance(Self.hour, a, b)
    try b.sync()
    try b.write(row, M.note, "from B")
    try world.syncAll(b, a, b)
    #expect(try a.shown(row, M.note) == .scalar("from B"))
    try world.expectAgreement(a, b)
  }

  @Test("C7: a jump is told for an edit that was saved while a request was under way")
  func jumpOutlivesAnEmptyRequest() throws {
    let world = try World()
    let (a, b) = (try world.device("A"), try world.device("B"))
    let row = try a.create(M.company, [(M.name, "x")])
    try world.syncAll(a, b)
    a.system.jump(25 * Self.hour)
    var session = try SyncSession(a.replica)
    let request = try #require(try session.nextRequest())
    try a.write(row, M.note, "from A")
    try session.receive(try a.answer(to: request))
    world.advance(Self.hour, a, b)
    try b.write(row, M.note, "from B")
    try world.syncAll(b, a, b)
    #expect(try a.shown(row, M.note) == .scalar("from B"))
    try world.expectAgreement(a, b)
  }

  @Test(
    """
    C8a: who had seen a write that was accepted ahead of time wins, also when their own stamp is \
    moved to now
    """)
  func seenStampIsExceeded() throws {
    let world = try World()
    let (a, b) = (try world.device("A"), try world.device("B"))
    let row = try a.create(M.company, [(M.name, "x")])
    try world.syncAll(a, b)
    a.system.jump(50_000)
    try a.write(row, M.note, "from A")
    try world.syncAll(a, b)
    b.system.jump(25 * Self.hour)
    try b.write(row, M.note, "from B")
    try world.syncAll(b, a)
    #expect(try a.shown(row, M.note) == .scalar("from B"))
    try world.expectAgreement(a, b)
  }

  @Test("C8a: two edits that are both moved to now keep their order, whatever the clock did since")
  func bothMovedToNow() throws {
    let world = try World()
    let (a, b) = (try world.device("A"), try world.device("B"))
    let row = try a.create(M.company, [(M.name, "x")])
    try world.syncAll(a, b)
    a.system.jump(25 * Self.hour)
    for text in ["one", "two", "three"] { try a.write(row, M.note, .text(text)) }
    // Mended while the machine was off, so that no jump is seen.
    a.system.jump(-25 * Self.hour)
    a.system.reboot()
    try a.reopen()
    #expect(try a.sync().moved == 3)
    let stamps = try world.store.database.read { engine in
      try engine.transactions(where: "site = ? ORDER BY sequence", [Int64(row.site)])
        .suffix(3).map(\.stamp)
    }
    #expect(zip(stamps, stamps.dropFirst()).allSatisfy { $0 < $1 })
    let now = world.serverSystem.wallMilliseconds()
    #expect(stamps.allSatisfy { abs($0.milliseconds - now) < 60_000 })
    try world.syncAll(b)
    #expect(try b.shown(row, M.note) == .scalar("three"))
    try world.expectAgreement(a, b)
  }

  @Test("C8b: a laptop in 1970 takes what comes, edits it, and its edit counts")
  func in1970() throws {
    let world = try World()
    let (a, b) = (try world.device("A"), try world.device("B"))
    let row = try a.create(M.company, [(M.name, "x")])
    try a.sync()
    b.system.jump(-b.system.wallMilliseconds())
    try b.sync()
    try b.write(row, M.note, "one")
    try b.write(row, M.note, "two")
    let summary = try b.sync()
    #expect(summary.refused == 0)
    try a.sync()
    #expect(try a.shown(row, M.note) == .scalar("two"))
    try world.expectAgreement(a, b)
  }

  @Test(
    "C8b: of two edits of one laptop in 1970 the later shows throughout, also between two uploads")
  func laterStaysOnTop() throws {
    var limits = SyncLimits.standard
    limits.smallestPageBytes = 1
    limits.pageBytes = 1
    let world = try World(limits: limits)
    let a = try world.device("A")
    let row = try a.create(M.company, [(M.name, "x")])
    try a.sync()
    a.system.jump(-25 * Self.hour)
    world.advance(10 * Self.hour, a)
    try a.write(row, M.note, "one")
    try a.write(row, M.note, "two")
    var session = try SyncSession(a.replica)
    while let answer = try a.exchange(&session) {
      try session.receive(answer)
      #expect(try a.shown(row, M.note) == .scalar("two"))
    }
    try world.expectAgreement(a)
  }

  @Test(
    """
    C8c: a clock that stands still at the end of its counter: each write is later than the last, \
    all are merged
    """)
  func stuckClock() throws {
    let world = try World()
    let (a, b) = (try world.device("A"), try world.device("B"))
    let row = try a.create(M.company, [(M.name, "x")])
    try world.syncAll(a, b)
    // As after 65,500 writes within this millisecond.
    let now = a.system.wallMilliseconds()
    let full = HLC(milliseconds: now, counter: 65_500)
    try a.look { try $0.setFact("greatestStamp", .int(Int64(bitPattern: full.raw))) }
    try a.reopen()
    for number in 0..<70 { try a.write(row, M.note, .text("\(number)")) }
    #expect(try a.shown(row, M.note) == .scalar("69"))
    let summary = try a.sync()
    #expect((summary.merged, summary.refused, summary.moved) == (70, 0, 0))
    let stamps = try world.store.database.read { engine in
      try engine.transactions(where: "site = ? ORDER BY sequence", [Int64(row.site)])
        .suffix(70).map(\.stamp)
    }
    #expect(zip(stamps, stamps.dropFirst()).allSatisfy { $0 < $1 })
    #expect(stamps.last.map { ($0.milliseconds, $0.counter) } ?? (0, 0) == (now + 1, 34))
    try world.syncAll(b)
    #expect(try b.shown(row, M.note) == .scalar("69"))
    try b.write(row, M.note, "from B, who saw it")
    try world.syncAll(b, a)
    #expect(try a.shown(row, M.note) == .scalar("from B, who saw it"))
    try world.expectAgreement(a, b)
  }

  @Test("a clock that is set before every edit tells no more jumps than a request may hold")
  func jumpsAreBounded() throws {
    var limits = SyncLimits.standard
    limits.jumpsPerRequest = 3
    let world = try World(limits: limits)
    let a = try world.device("A")
    let row = try a.create(M.company, [(M.name, "x")])
    try a.sync()
    for step in 1...8 {
      a.system.jump(step % 2 == 0 ? 600_000 : -300_000)
      try a.write(row, M.note, .text("\(step)"))
    }
    try a.sync()
    #expect(try a.shown(row, M.note) == .scalar("8"))
    try world.expectAgreement(a)
  }
}
