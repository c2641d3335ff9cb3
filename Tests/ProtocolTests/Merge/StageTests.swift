import Protocol
import Testing

/// A stage: forward moves settle by themselves, all else is disputed.
@Suite struct StageTests {
  private static let moves = StageMoves(
    allowed: [],
    forward: [
      .init("new", "qualified"), .init("qualified", "visit"), .init("qualified", "offer"),
      .init("visit", "offer"), .init("offer", "won"),
    ])

  /// Heads of different sites that know nothing of each other, oldest first, merged.
  private static func heads(_ codes: [Value]) -> [Head] {
    var heads: [Head] = []
    for (index, code) in codes.enumerated() {
      let id = TransactionID(site: UInt32(index + 1), sequence: 1)
      let writer = Writer(
        number: Int64(index + 1), id: id, hlc: HLC(raw: UInt64(index + 1)), user: 1, position: 10)
      heads = Merge.register(
        .stage(moves), heads: heads, newcomer: Head(writer: writer, value: code),
        knows: Knowledge(site: id.site, sequence: 1, seen: 5), rank: { _, _ in 0 })
    }
    return heads
  }

  @Test(
    "of concurrent stages on one forward path the furthest shows and nobody is asked",
    arguments: [
      (["qualified", "visit"], "visit"), (["visit", "qualified"], "visit"),
      (["offer", "new", "visit"], "offer"), (["won", "won"], "won"), ([.null, "new"], "new"),
      (["won", "qualified", .null], "won"),
    ] as [([Value], Value)])
  func forward(_ codes: [Value], _ shown: Value) {
    let heads = Self.heads(codes)
    #expect(heads.first?.value == shown)
    #expect(heads.count == codes.count)
    #expect(!Merge.isConflict(.stage(Self.moves), heads))
  }

  @Test(
    "stages that do not lie on one forward path stay, disputed",
    arguments: [
      (["won", "lost"], "lost"), (["offer", "on_hold"], "on_hold"),
      (["on_hold", "offer"], "offer"),
      (["qualified", "lost", "visit"], "visit"), (["visit", "qualified", "lost"], "lost"),
    ] as [([Value], Value)])
  func disputed(_ codes: [Value], _ shown: Value) {
    let heads = Self.heads(codes)
    #expect(heads.first?.value == shown)
    #expect(Set(heads.map(\.value)) == Set(codes))
    #expect(Merge.isConflict(.stage(Self.moves), heads))
  }

  @Test("a code is ahead of those it is reached from, and of nothing else")
  func ahead() {
    #expect(Self.moves.isAhead("won", of: "new"))
    #expect(!Self.moves.isAhead("new", of: "won"))
    #expect(!Self.moves.isAhead("won", of: "won"))
    #expect(!Self.moves.isAhead("lost", of: "new"))
    #expect(!Self.moves.isAhead("won", of: "lost"))
    #expect(Self.moves.isAhead("new", of: .null))
    #expect(!Self.moves.isAhead(.null, of: "new"))
    #expect(!Self.moves.isAhead(.null, of: .null))
  }
}
