import Protocol
import Testing

private typealias M = SmallModel

@Suite("Counterexamples: stages")
struct StageTests {
  /// A lead at a stage, moved on by two people who did not see each other.
  private func settle(from start: Value, _ first: Value, _ second: Value) throws
    -> (shown: Value, losers: [Value])
  {
    let world = try World()
    let (a, b) = (try world.device("A"), try world.device("B"))
    let row = try a.create(M.company, [(M.name, "x"), (M.stage, start)])
    try world.syncAll(a, b)
    try b.write(row, M.stage, first)
    world.advance(1_000, a)
    try a.write(row, M.stage, second)
    try world.syncAll(b, a, b)
    try world.expectAgreement(a, b)
    return (
      try b.shown(row, M.stage).scalar, try b.conflicts().flatMap { $0.losers.map(\.value) }
    )
  }

  @Test(
    "C11: won against lost is disputed, as is on hold against a visit: both stand, nobody decides alone",
    arguments: [("won", "lost"), ("visit", "on_hold"), ("on_hold", "visit")] as [(Value, Value)])
  func disputed(first: Value, second: Value) throws {
    let outcome = try settle(from: "qualified", first, second)
    #expect(Set([outcome.shown] + outcome.losers) == [first, second])
    #expect(outcome.losers.count == 1)
  }

  @Test("C11: forward moves alone settle by themselves, whoever was last: the furthest along shows")
  func settled() throws {
    for (first, second) in [("visit", "won"), ("won", "visit")] as [(Value, Value)] {
      let outcome = try settle(from: "qualified", first, second)
      #expect(outcome.shown == "won")
      #expect(outcome.losers.isEmpty)
    }
  }
}
