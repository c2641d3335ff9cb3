import Testing

@testable import ClientCore

@Suite("How much is asked of a link at a time")
struct LinkPaceTests {
  private static let bounds = (4 << 10)...(2 << 20)

  /// A link that bears so many compressed bytes a second and is cut every so often, in its own time.
  private struct Line {
    let bytesPerSecond: Double
    let secondsBetweenCuts: Double
    static let compression = 0.4

    /// Fetches so many bytes. Returns how many came at all, and in how many exchanges.
    func fetch(_ byteCount: Double) -> (carried: Double, exchanges: Int) {
      var pace = LinkPace(byteCount: nil, patience: nil, bounds: LinkPaceTests.bounds)
      var (missing, carried, sinceCut, exchanges) = (byteCount, 0.0, 0.0, 0)
      while missing > 0, exchanges < 100_000 {
        exchanges += 1
        let page = min(missing, Double(pace.byteCount) * Self.compression)
        let seconds = 0.3 + page / bytesPerSecond
        if sinceCut + seconds > secondsBetweenCuts {
          carried += max(0, (secondsBetweenCuts - sinceCut - 0.3) * bytesPerSecond)
          sinceCut = 0
          pace.noteBreak()
        } else {
          carried += page
          missing -= page
          sinceCut += seconds
          pace.noteExchange(
            milliseconds: Int64(seconds * 1_000), carried: pace.byteCount)
        }
      }
      return (carried, exchanges)
    }
  }

  @Test("C19: 3 MB at 64 kbit/s with a cut every 40 s: it ends, and under 10 % comes twice")
  func slowLineWithCuts() {
    let line = Line(bytesPerSecond: 8_000, secondsBetweenCuts: 40)
    let (carried, exchanges) = line.fetch(3_000_000)
    #expect(exchanges < 300)
    #expect(carried < 1.1 * 3_000_000)
  }

  @Test(
    "whatever a fast line bears between two cuts, it ends, and less than a quarter comes twice",
    arguments: [3.5, 5, 10, 60])
  func fastLineWithCuts(secondsBetweenCuts: Double) {
    let line = Line(bytesPerSecond: 100_000, secondsBetweenCuts: secondsBetweenCuts)
    let (carried, exchanges) = line.fetch(10_000_000)
    #expect(exchanges < 10_000)
    #expect(carried < 1.25 * 10_000_000)
  }

  @Test("a line that holds soon gets the longest pieces; after one cut it does again")
  func goodLine() {
    var pace = LinkPace(byteCount: nil, patience: nil, bounds: Self.bounds)
    for _ in 0..<24 { pace.noteExchange(milliseconds: 100, carried: pace.byteCount) }
    #expect(pace.byteCount == Self.bounds.upperBound)
    pace.noteBreak()
    pace.noteBreak()
    #expect(pace.byteCount == Self.bounds.upperBound / 4)
    for _ in 0..<192 { pace.noteExchange(milliseconds: 100, carried: pace.byteCount) }
    #expect(pace.byteCount == Self.bounds.upperBound)
    pace.noteEnd()
    #expect(pace.patience == 64, "a sync that broke once is remembered by the next")
    pace = LinkPace(byteCount: pace.byteCount, patience: pace.patience, bounds: Self.bounds)
    pace.noteEnd()
    #expect(pace.patience == LinkPace.usualPatience)
  }

  @Test("what is too much for the other end is halved until the smallest piece, and no further")
  func tooMuch() {
    var pace = LinkPace(byteCount: nil, patience: nil, bounds: Self.bounds)
    var sent = 60 << 10
    var times = 0
    while pace.noteTooMuch(sent: sent) {
      #expect(pace.byteCount <= max(sent / 2, Self.bounds.lowerBound))
      sent = pace.byteCount
      times += 1
    }
    #expect(pace.byteCount == Self.bounds.lowerBound)
    #expect(times == 4)
  }

  @Test("exchanges that carry little show nothing of what a line bears")
  func shortExchanges() {
    var pace = LinkPace(byteCount: nil, patience: nil, bounds: Self.bounds)
    for _ in 0..<100 { pace.noteExchange(milliseconds: 100, carried: 500) }
    #expect(pace.byteCount == LinkPace.usualByteCount)
  }

  @Test("pieces stay within the limits, whatever is remembered and whatever breaks")
  func limits() {
    for known in [Int.min, 0, 1 << 62] {
      var pace = LinkPace(byteCount: known, patience: known, bounds: Self.bounds)
      for _ in 0..<50 {
        #expect(Self.bounds.contains(pace.byteCount))
        pace.noteBreak()
      }
      pace.noteExchange(milliseconds: .max, carried: .max)
      #expect(Self.bounds.contains(pace.byteCount))
    }
  }
}
