/// How much is asked of a link at a time, up and down: as much as it has shown to bear.
///
/// A cut costs what was under way, so after each one pieces are a quarter as long, and grow again only
/// after four times as many good exchanges as before: on a link that keeps breaking they soon stay small,
/// on one that broke once they are long again after a few. A link that is slow without breaking gets
/// pieces of a few seconds.
struct LinkPace {
  /// Uncompressed bytes of the next page or upload.
  private(set) var byteCount: Int
  private let bounds: ClosedRange<Int>
  /// Good exchanges in a row that it takes to ask for more.
  private var patience = 1
  private var goodExchanges = 0

  /// What takes longer than this is never followed by more.
  static let longMilliseconds: Int64 = 2_000
  /// What takes longer than this is followed by less.
  static let tooLongMilliseconds: Int64 = 8_000
  private static let greatestPatience = 64
  /// Before anything is known of the link: compressed, about five seconds of the slowest.
  static let usualByteCount = 96 << 10

  init(known: Int?, bounds: ClosedRange<Int>) {
    self.bounds = bounds
    byteCount = min(max(known ?? Self.usualByteCount, bounds.lowerBound), bounds.upperBound)
  }

  mutating func noteBreak() {
    byteCount = max(bounds.lowerBound, byteCount / 4)
    patience = min(Self.greatestPatience, patience * 4)
    goodExchanges = 0
  }

  /// - Parameter milliseconds: from the request to the answer.
  mutating func noteExchange(milliseconds: Int64) {
    if milliseconds > Self.tooLongMilliseconds { byteCount = max(bounds.lowerBound, byteCount / 2) }
    guard milliseconds <= Self.longMilliseconds else { return }
    goodExchanges += 1
    guard goodExchanges >= patience else { return }
    goodExchanges = 0
    byteCount = min(bounds.upperBound, byteCount * 2)
  }
}
