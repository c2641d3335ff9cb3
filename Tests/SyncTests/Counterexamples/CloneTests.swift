import ClientCore
import Foundation
import Protocol
import ServerApp
import Storage
import Testing

private typealias M = SmallModel

/// Two copies of one replica: told apart by their chains, neither loses what it holds.
@Suite("Counterexamples: the same replica twice")
struct CloneTests {
  /// A second laptop with a copy of the first one's files.
  private func copy(_ device: Device) throws -> Device {
    try device.replica.database.checkpoint()
    let path = device.world.folder.appendingPathComponent("\(device.name)-copy.sqlite").path
    try device.replica.database.backup(to: path)
    let system = ScriptedSystem(wall: device.system.wallMilliseconds(), seed: 4_711)
    let replica = try Replica(
      path: path, model: device.world.model, system: system, limits: device.world.limits,
      create: false)
    return Device(
      name: "\(device.name)'s copy", replica: replica, system: system, world: device.world)
  }

  @Test(
    "of two copies that both made something, the second to sync is stopped; its edits stay",
    arguments: [1, 2, 3])
  func bothWrite(count: Int) throws {
    let world = try World()
    let (a, b) = (try world.device("A"), try world.device("B"))
    let row = try a.create(M.company, [(M.name, "x")])
    try world.syncAll(a, b)
    let clone = try copy(a)
    try a.write(row, M.note, "from the first")
    try a.write(row, M.level, "low")
    // Fewer, as many, or more than the first: only the chain tells.
    for number in 0..<count { try clone.write(row, M.note, .text("from the copy \(number)")) }
    try world.syncAll(a)
    let dump = try world.dump()
    #expect(throws: SyncFailure.clone) { try clone.sync() }
    #expect(try clone.replica.status().pending == count)
    #expect(try clone.shown(row, M.note) == .scalar(.text("from the copy \(count - 1)")))
    #expect(throws: SyncFailure.clone) { try clone.sync() }
    #expect(try world.dump() == dump)
    try world.expectAgreement(a, b)
  }

  @Test("a copy that made the same edit at the same time is another edit: it is stopped too")
  func sameEditTwice() throws {
    let world = try World()
    let a = try world.device("A")
    let row = try a.create(M.company, [(M.name, "x")])
    try world.syncAll(a)
    let clone = try copy(a)
    for device in [a, clone] { try device.apply(.increment(M.company, row, M.visitors, 1)) }
    try world.syncAll(a)
    #expect(throws: SyncFailure.clone) { try clone.sync() }
    #expect(try a.shown(row, M.visitors) == .counter(1))
    try world.expectAgreement(a)
  }

  @Test("a copy of before, put back, sees that its site has gone on, and changes nothing")
  func putBack() throws {
    let world = try World()
    let a = try world.device("A")
    let row = try a.create(M.company, [(M.name, "x")])
    try world.syncAll(a)
    let old = try copy(a)
    try a.write(row, M.note, "later")
    try world.syncAll(a)
    #expect(throws: SyncFailure.clone) { try old.sync() }
    try world.expectAgreement(a)
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
