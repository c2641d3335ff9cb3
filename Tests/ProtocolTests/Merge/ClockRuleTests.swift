import Protocol
import Testing

@Suite struct ClockRuleTests {
  private func effective(
    _ offered: Int64, sequence: UInt32 = 5, jumps: [ClockRule.Jump] = [], offset: Int64 = 0,
    server: Int64 = 1_000_000_000, greatestSeen: HLC = .zero, previous: HLC = .zero
  ) -> HLC {
    ClockRule.effective(
      offered: HLC(milliseconds: offered), sequence: sequence, jumps: jumps,
      presentOffsetMilliseconds: offset, serverMilliseconds: server, greatestSeen: greatestSeen,
      previous: previous)
  }

  @Test("an offset of up to a minute moves nothing; more moves the stamp by the whole of it")
  func offset() {
    #expect(effective(500_000_000, offset: 60_000).milliseconds == 500_000_000)
    #expect(effective(500_000_000, offset: -60_001).milliseconds == 499_939_999)
  }

  @Test("jumps count only for what was stamped before them, together with the present offset")
  func jumps() {
    let day = ClockRule.Jump(sequence: 6, deltaMilliseconds: -86_400_000)
    #expect(effective(500_000_000, sequence: 5, jumps: [day]).milliseconds == 413_600_000)
    #expect(effective(500_000_000, sequence: 6, jumps: [day]).milliseconds == 500_000_000)
    #expect(
      effective(500_000_000, sequence: 5, jumps: [day], offset: 86_400_000).milliseconds
        == 500_000_000)
  }

  @Test("no stamp is more than a minute ahead of the server")
  func ahead() {
    #expect(effective(1_000_060_000).milliseconds == 1_000_060_000)
    #expect(effective(1_000_060_001).milliseconds == 1_000_000_000)
    #expect(effective(HLC.maximumMilliseconds).milliseconds == 1_000_000_000)
  }

  @Test("C8: a stamp comes after all its author had seen and after their own previous one")
  func causal() {
    let seen = HLC(milliseconds: 1_000_050_000)
    #expect(effective(900, greatestSeen: seen) == seen.next)
    #expect(effective(900, greatestSeen: seen, previous: seen.next) == seen.next.next)
  }

  @Test("no jump or offset, however large, overflows")
  func extremes() {
    for extreme in [Int64.min, Int64.max, Int64.min + 1] {
      let jump = ClockRule.Jump(sequence: 9, deltaMilliseconds: extreme)
      let stamp = effective(500, jumps: [jump, jump], offset: extreme)
      #expect(stamp.milliseconds <= 1_000_060_000)
    }
  }

  @Test("C8c: 70,000 writes in one millisecond each have a greater stamp than the last")
  func stuckClock() {
    var last = HLC.zero
    for _ in 0..<70_000 {
      let next = last.advanced(to: 1_790_000_000_000)
      if next <= last { Issue.record("\(next) after \(last)") }
      last = next
    }
    #expect(last.milliseconds == 1_790_000_000_001)
  }
}
