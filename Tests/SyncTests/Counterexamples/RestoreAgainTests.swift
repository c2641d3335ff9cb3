import ClientCore
import Protocol
import ServerApp
import Storage
import Testing

private typealias M = SmallModel

/// Servers that are put back more than once, and machines that are resumed in the epoch that they had.
@Suite("Counterexamples: put back again")
struct RestoreAgainTests {
  /// A few transactions a request, so that returning and loading take several.
  private var shortPages: SyncLimits {
    var limits = SyncLimits.standard
    limits.smallestPageBytes = 200
    limits.pageBytes = 300
    return limits
  }

  @Test(
    "C3: a server that is put back once more while a device returns or loads is given everything again",
    arguments: 1...5, [true, false])
  func whileReturning(answers: Int, opensEpoch: Bool) throws {
    let world = try World(limits: shortPages)
    let a = try world.device("A")
    for number in 0..<6 { try a.create(M.company, [(M.name, .text("old \(number)"))]) }
    try world.syncAll(a)
    try world.backup()
    let row = try a.create(M.company, [(M.name, "new")])
    for _ in 0..<6 { try a.apply(.increment(M.company, row, M.visitors, 1)) }
    try world.syncAll(a)
    try world.restore()
    var session = try SyncSession(a.replica)
    for _ in 0..<answers { try session.receive(try #require(try a.exchange(&session))) }
    try world.restore(opensEpoch: opensEpoch)
    while let answer = try a.exchange(&session) { try session.receive(answer) }
    #expect(session.summary.agrees == true)
    try world.expectAgreement(a)
    #expect(try a.shown(row, M.visitors) == .counter(6))
    #expect(try world.store.quarantine().isEmpty)
  }

  @Test(
    "C3: two devices from two lives of one epoch, a machine having been resumed in it, both give back all"
  )
  func oneEpochTwice() throws {
    let world = try World()
    let (a, b) = (try world.device("A"), try world.device("B"))
    let row = try a.create(M.company, [(M.name, "x")])
    try world.syncAll(a, b)
    try world.backup()
    try a.write(row, M.note, "from A")
    try world.syncAll(a)
    try world.restore(opensEpoch: false)
    // The same epoch and position once more.
    try b.apply(.increment(M.company, row, M.visitors, 1))
    try world.syncAll(b)
    try world.restore()
    // What each has seen there is its own.
    try a.write(row, M.note, "from A again")
    try b.apply(.increment(M.company, row, M.visitors, 1))
    try world.syncAll(a, b)
    try world.expectAgreement(a, b)
    #expect(try b.shown(row, M.note) == .scalar("from A again"))
    #expect(try a.shown(row, M.visitors) == .counter(2))
    #expect(try a.conflicts() == [])
    #expect(try world.store.quarantine().isEmpty)
  }

  @Test("C2: an author whose transaction another device gave back goes on from there")
  func authorGoesOn() throws {
    let world = try World()
    let (a, b) = (try world.device("A"), try world.device("B"))
    let row = try a.create(M.company, [(M.name, "x")])
    try world.syncAll(a, b)
    try world.backup()
    try b.write(row, M.note, "given back by A")
    try world.syncAll(b, a)
    try world.restore()
    try world.syncAll(a)
    try b.write(row, M.level, "low")
    try world.syncAll(b, a)
    try world.expectAgreement(a, b)
    #expect(try a.shown(row, M.note) == .scalar("given back by A"))
    #expect(try a.shown(row, M.level) == .scalar("low"))
  }
}
