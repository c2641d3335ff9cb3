import ClientCore
import Protocol
import ServerApp
import Storage
import Testing

private typealias M = SmallModel

@Suite("Counterexamples: a server that was put back")
struct RestoreTests {
  @Test(
    "C2: what only another device still has is given back in its author's name, before anything is taken"
  )
  func lostLaptop() throws {
    let world = try World()
    let (a, b) = (try world.device("A"), try world.device("B"))
    let row = try a.create(M.company, [(M.name, "x"), (M.note, "old")])
    try world.syncAll(a, b)
    try world.backup()
    // B's edit is acknowledged; A has received it. Then B's laptop is lost.
    try b.apply(.set(row, M.note, "from B"), .increment(M.company, row, M.visitors, 3))
    let made = try b.create(M.company, [(M.name, "made by B")])
    try world.syncAll(b, a)
    try world.restore()
    #expect(try world.dump().contains("old"))
    try a.write(row, M.level, "high")
    let summary = try a.sync()
    #expect(summary.agrees == true)
    #expect(summary.returned == 2)
    #expect(summary.refused == 0)
    #expect(try a.shown(row, M.note) == .scalar("from B"))
    #expect(try a.shown(row, M.visitors) == .counter(3))
    #expect(try a.record(made) != nil)
    let returned = try world.store.returned()
    #expect(returned.map(\.userName) == ["B", "B"])
    #expect(returned.map(\.returnedBy) == ["A", "A"])
    let c = try world.device("C")
    try world.expectAgreement(a, c)
    #expect(try c.shown(row, M.note) == .scalar("from B"))
    #expect(try c.shown(row, M.level) == .scalar("high"))
  }
}
