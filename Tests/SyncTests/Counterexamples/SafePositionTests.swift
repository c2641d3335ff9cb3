import ClientCore
import Protocol
import ServerApp
import Storage
import Testing

private typealias M = SmallModel

@Suite("The safe position")
struct SafePositionTests {
  @Test(
    "a verified backup moves it, devices are told, and drop old pages below it, but for the newest")
  func backupMovesIt() throws {
    var limits = SyncLimits.standard
    limits.smallestPageBytes = 200
    limits.pageBytes = 300
    let world = try World(limits: limits)
    let (a, b) = (try world.device("A"), try world.device("B"))
    for number in 0..<40 { try b.create(M.company, [(M.name, .text("old \(number)"))]) }
    try world.syncAll(b, a)
    let before = try a.pageCount()
    #expect(before > 3)
    world.advance(91 * 86_400_000, a, b)
    try world.syncAll(a)
    #expect(try a.pageCount() == before)
    try world.backup()
    try b.create(M.company, [(M.name, "new")])
    try world.syncAll(b, a)
    #expect(try a.look { try $0.fact("safePosition").intValue } == world.head() - 1)
    #expect(try a.pageCount() == 2)
    // What is above it can still be given back.
    try world.restore()
    try world.expectAgreement(a)
    #expect(try a.dump().contains("new"))
    #expect(try a.conflicts() == [])
  }
}

extension Device {
  func pageCount() throws -> Int64 {
    try look { try $0.connection.scalar("SELECT count(*) FROM _page") ?? 0 }
  }
}
