import ClientCore
import Protocol
import ServerApp
import Storage
import Testing

private typealias M = SmallModel

@Suite("Devices that stay away")
struct HorizonTests {
  private static let day: Int64 = 86_400_000

  @Test(
    "a device that stays away beyond the horizon holds no tombstone; it comes back late, not lossy"
  )
  func pastHorizon() throws {
    let world = try World()
    let (a, b) = (try world.device("A"), try world.device("B"))
    let row = try a.create(M.company, [(M.name, "one")])
    let other = try a.create(M.company, [(M.name, "two")])
    try world.syncAll(a, b)
    try b.write(row, M.note, "unsent for months")
    let made = try b.create(M.company, [(M.name, "made far away")])
    try a.apply(.delete(M.company, row))
    try a.apply(.delete(M.company, other))

    // While it may come back any day, it is waited for.
    world.advance(89 * Self.day, a, b)
    try world.syncAll(a, a)
    #expect(try world.tombstones() == 2)
    #expect(try a.tombstones() == 2)
    world.advance(2 * Self.day, a, b)
    try world.syncAll(a, a)
    #expect(try world.tombstones() == 0)
    #expect(try a.tombstones() == 0)

    var session = try SyncSession(b.replica)
    let first = try #require(try b.exchange(&session))
    #expect(try SyncResponse(encoded: first, limits: .standard).status == .reload)
    // The answer is lost: the next one says the same.
    session = try SyncSession(b.replica)
    let second = try #require(try b.exchange(&session))
    #expect(try SyncResponse(encoded: second, limits: .standard).status == .reload)
    try session.receive(second)
    while let answer = try b.exchange(&session) { try session.receive(answer) }
    #expect(session.summary.agrees == true)
    #expect(session.summary.merged == 2)
    #expect(try b.record(other) == nil)
    #expect(try b.shown(row, M.note) == .scalar("unsent for months"))
    try world.syncAll(a)
    #expect(try a.shown(made, M.name) == .scalar("made far away"))
    #expect(try a.conflicts().map(\.tag) == [Field.lifeTag])
    try world.expectAgreement(a, b)
  }

  @Test("after the horizon, with nothing forgotten meanwhile, a device goes on where it was")
  func nothingForgotten() throws {
    let world = try World()
    let (a, b) = (try world.device("A"), try world.device("B"))
    try a.create(M.company, [(M.name, "one")])
    try world.syncAll(a, b)
    world.advance(91 * Self.day, a, b)
    var session = try SyncSession(b.replica)
    let answer = try #require(try b.exchange(&session))
    #expect(try SyncResponse(encoded: answer, limits: .standard).status == .ok)
  }

  @Test("a device that is enrolled after much was forgotten loads page by page as ever")
  func enrolledLate() throws {
    var limits = SyncLimits.standard
    limits.smallestPageBytes = 1
    limits.pageBytes = 1
    let world = try World(limits: limits)
    let a = try world.device("A")
    for number in 0..<4 {
      let row = try a.create(M.company, [(M.name, .text("\(number)"))])
      if number == 0 { try a.apply(.delete(M.company, row)) }
    }
    try world.syncAll(a, a)
    #expect(try world.tombstones() == 0)
    let late = try world.device("late")
    #expect(try late.sync().agrees == true)
    try world.expectAgreement(a, late)
  }
}

extension World {
  fileprivate func tombstones() throws -> Int64? {
    try store.database.read { try $0.connection.scalar("SELECT count(*) FROM _tombstone") }
  }
}

extension Device {
  fileprivate func tombstones() throws -> Int64? {
    try replica.database.read { try $0.connection.scalar("SELECT count(*) FROM _tombstone") }
  }
}
