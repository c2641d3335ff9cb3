import ClientCore
import Foundation
import Protocol
import ServerApp
import Storage
import Testing

private typealias M = SmallModel

/// Two copies of one replica are told apart by their chains, whatever each has made. What becomes of
/// the second is in `CopyTests`.
@Suite("Counterexamples: chains")
struct CloneTests {
  @Test(
    "of two copies that both made something, the second to sync goes on under a new site",
    arguments: [1, 2, 3])
  func bothWrite(count: Int) throws {
    let world = try World()
    let (a, b) = (try world.device("A"), try world.device("B"))
    let row = try a.create(M.company, [(M.name, "x")])
    try world.syncAll(a, b)
    let clone = try a.copy("A2")
    try a.write(row, M.note, "from the first")
    try a.write(row, M.level, "low")
    // Fewer, as many, or more than the first: only the chain tells.
    for _ in 0..<count { try clone.apply(.increment(M.company, row, M.visitors, 1)) }
    try world.syncAll(a)
    #expect(try clone.sync().isCopy)
    #expect(try clone.replica.status().pending == 0)
    try world.expectAgreement(clone, a, b)
    #expect(try b.shown(row, M.visitors) == .counter(Int64(count)))
    #expect(try b.shown(row, M.note) == .scalar("from the first"))
  }

  @Test(
    "an edit that was damaged in the outbox does not fit its chain: nothing of the upload is taken",
    arguments: ["body = body || x'00'", "chain = zeroblob(16)", "author_hlc = author_hlc + 65536"])
  func damagedOutbox(change: String) throws {
    let world = try World()
    let (a, b) = (try world.device("A"), try world.device("B"))
    let row = try a.create(M.company, [(M.name, "x")])
    try world.syncAll(a, b)
    try a.write(row, M.note, "sound")
    try a.write(row, M.note, "damaged")
    try a.look {
      try $0.connection.execute(
        "UPDATE _transaction SET \(change) WHERE id = (SELECT max(id) FROM _transaction)")
    }
    try a.reopen()
    let dump = try world.dump()
    #expect(throws: (any Error).self) { try a.sync() }
    #expect(try world.dump() == dump)
    #expect(try world.checkInvariants() == [])
    #expect(try a.replica.status().pending == 2)
  }
}
