import ClientCore
import Protocol
import ServerApp
import Storage
import Testing

private typealias M = SmallModel

@Suite("What a device says that it gives back")
struct HostileReturnTests {
  /// A server that was put back, a device that has its cursor from before, and a row.
  private struct Fixture {
    let world: World
    let a: Device
    let b: Device
    let row: RowID

    init() throws {
      world = try World()
      (a, b) = (try world.device("A"), try world.device("B"))
      row = try b.create(M.company, [(M.name, "x")])
      try world.syncAll(b, a)
      try world.backup()
      try b.write(row, M.note, "from B")
      try world.syncAll(b, a)
    }

    /// A's request that returns, with other transactions in it.
    func returning(_ change: (inout SyncRequest) throws -> Void) throws -> SyncResponse {
      var session = try SyncSession(a.replica)
      for _ in 0..<2 { try session.receive(try #require(try a.exchange(&session))) }
      let body = try #require(try session.nextRequest())
      var request = try SyncRequest(encoded: body, limits: world.limits)
      try change(&request)
      return try SyncResponse(encoded: try a.answer(to: request.encoded), limits: world.limits)
    }

    func forged(_ id: TransactionID, position: Int64, chain: Hash16, _ value: Value) -> [UInt8] {
      var builder = BatchBuilder()
      let stamp = HLC(milliseconds: world.serverSystem.wallMilliseconds())
      builder.append(
        BatchTransaction(
          id: id, stamp: stamp, authorStamp: stamp, user: user(b), seen: .none, modelVersion: 1,
          knownRefused: 0, label: "", position: position, operationCount: 1),
        nonce: Hash16(low: 1, high: 2), chain: chain)
      builder.append(.set(row, M.note, value), audience: 0)
      return builder.finish()
    }

    private func user(_ device: Device) -> Int64 {
      ((try? device.replica.identity()?.user) ?? nil) ?? 0
    }
  }

  @Test(
    "a chain that does not go on from what the server knows goes to quarantine, marked with who brought it"
  )
  func brokenChain() throws {
    let fixture = try Fixture()
    try fixture.world.restore()
    let site = try #require(try fixture.b.replica.identity()).site
    let response = try fixture.returning {
      $0.returned = fixture.forged(
        TransactionID(site: site, sequence: 2), position: 4, chain: Hash16(low: 9, high: 9),
        "forged")
    }
    #expect(response.status == .restored)
    let quarantine = try fixture.world.store.quarantine()
    #expect(quarantine.map(\.reason) == [.brokenChain])
    // The honest one is taken all the same.
    try fixture.world.syncAll(fixture.a, fixture.b)
    try fixture.world.expectAgreement(fixture.a, fixture.b)
    #expect(try fixture.a.shown(fixture.row, M.note) == .scalar("from B"))
  }

  @Test(
    "a position that the device never reached, or that both share, is refused with the whole request",
    arguments: [1, 99])
  func position(_ position: Int64) throws {
    let fixture = try Fixture()
    try fixture.world.restore()
    let site = try #require(try fixture.b.replica.identity()).site
    #expect(throws: ExchangeError.self) {
      try fixture.returning {
        $0.returned = fixture.forged(
          TransactionID(site: site, sequence: 2), position: position, chain: .zero, "forged")
      }
    }
    #expect(try fixture.world.store.returned().isEmpty)
  }

  @Test("where the log is the device's own nothing can be given back in another's name")
  func nothingLost() throws {
    let fixture = try Fixture()
    let site = try #require(try fixture.b.replica.identity()).site
    var session = try SyncSession(fixture.a.replica)
    let body = try #require(try session.nextRequest())
    var request = try SyncRequest(encoded: body, limits: fixture.world.limits)
    request.returned = fixture.forged(
      TransactionID(site: site, sequence: 3), position: 4, chain: .zero, "forged")
    request.waypoints = [request.cursor]
    let answer = try SyncResponse(
      encoded: try fixture.a.answer(to: request.encoded), limits: fixture.world.limits)
    #expect(answer.status == .ok)
    #expect(try fixture.world.dump().contains("forged") == false)
  }

  @Test("what the author had no right to, a returner has not either")
  func rights() throws {
    let fixture = try Fixture()
    let world = fixture.world
    try world.restore()
    try world.store.setSpaces(["gent"], of: "B")
    try world.store.disable("B")
    try fixture.a.sync()
    #expect(try world.store.quarantine().map(\.reason) == [.noRight])
    #expect(try world.dump().contains("from B") == false)
    // Nothing is lost: once the right is there again, whoever brings it has it taken.
    try world.store.enable("B")
    try world.store.setSpaces(nil, of: "B")
    try fixture.b.sync()
    try world.expectAgreement(fixture.a)
    #expect(try fixture.a.shown(fixture.row, M.note) == .scalar("from B"))
  }
}
