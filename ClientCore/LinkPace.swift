/// How much is asked of a link at a time, up and down: as much as it has shown to bear.
///
/// A cut costs what was under way, so after each one pieces are a quarter as long, and then grow by a
/// sixteenth, until so many have come through in a row that the link may be trusted again: on a link
/// that keeps breaking pieces stay small. A link that is slow without breaking gets pieces of a few
/// seconds.
struct LinkPace {
  /// Uncompressed bytes of the next page or upload.
  private(set) var byteCount: Int
  private let bounds: ClosedRange<Int>
  /// Good exchanges that must still come before the link is trusted again.
  private var distrust = 0

  /// What takes longer than this is never followed by more.
  static let longMilliseconds: Int64 = 2_000
  /// What takes longer than this is followed by less.
  static let tooLongMilliseconds: Int64 = 8_000
  /// Good exchanges in a row after which a break is forgotten.
  static let longMemory = 32
  /// Before anything is known of the link: compressed, about five seconds of the slowest.
  static let usualByteCount = 96 << 10

  init(known: Int?, bounds: ClosedRange<Int>) {
    self.bounds = bounds
    byteCount = min(max(known ?? Self.usualByteCount, bounds.lowerBound), bounds.upperBound)
  }

  mutating func noteBreak() {
    byteCount = max(bounds.lowerBound, byteCount / 4)
    distrust = Self.longMemory
  }

  /// - Parameter milliseconds: from the request to the answer.
  mutating func noteExchange(milliseconds: Int64) {
    if milliseconds > Self.tooLongMilliseconds { byteCount = max(bounds.lowerBound, byteCount / 2) }
    guard milliseconds <= Self.longMilliseconds else { return }
    byteCount = min(bounds.upperBound, distrust > 0 ? byteCount + byteCount / 16 : byteCount * 2)
    distrust = max(0, distrust - 1)
  }
}
