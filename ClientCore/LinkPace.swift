/// How much is asked of a link at a time, up and down: as much as it has shown to bear.
///
/// A cut costs about half of the piece that was under way. A link that carries eight or more pieces
/// between two cuts wastes little, and the length stays; one that carries fewer gets shorter ones.
/// After a cut pieces grow only after eight times as many good exchanges as before, which is
/// remembered until a whole sync has gone through unbroken: on a link that keeps breaking they stay
/// as they are, on a good one they are long after a few. A link that is slow without breaking gets
/// pieces of a few seconds.
struct LinkPace {
  /// Uncompressed bytes of the next page or upload.
  private(set) var byteCount: Int
  /// Good exchanges in a row that it takes to ask for more.
  private(set) var patience: Int
  private let bounds: ClosedRange<Int>
  private var goodExchanges = 0
  private var exchangesSinceCut = 0
  private var isUnbroken = true

  /// What takes longer than this is never followed by more.
  static let longMilliseconds: Int64 = 2_000
  /// What takes longer than this is followed by less.
  static let tooLongMilliseconds: Int64 = 8_000
  static let usualPatience = 4
  static let greatestPatience = 64
  /// Pieces between two cuts from which on their length is right.
  static let enoughPieces = 8
  /// Before anything is known of the link: compressed, about five seconds of the slowest.
  static let usualByteCount = 96 << 10

  /// - Parameters:
  ///   - byteCount: what the last sync ended with; nil before the first.
  ///   - patience: likewise.
  init(byteCount: Int?, patience: Int?, bounds: ClosedRange<Int>) {
    self.bounds = bounds
    self.byteCount = min(
      max(byteCount ?? Self.usualByteCount, bounds.lowerBound), bounds.upperBound)
    self.patience = min(max(patience ?? 0, Self.usualPatience), Self.greatestPatience)
  }

  mutating func noteBreak() {
    if exchangesSinceCut < Self.enoughPieces {
      let divisor = exchangesSinceCut < Self.enoughPieces / 2 ? 4 : 2
      byteCount = max(bounds.lowerBound, byteCount / divisor)
    }
    patience = min(Self.greatestPatience, patience * 8)
    goodExchanges = 0
    exchangesSinceCut = 0
    isUnbroken = false
  }

  /// What was sent was more than the other end takes at once, whatever the link bears. False where
  /// less cannot be asked.
  mutating func noteTooMuch(sent: Int) -> Bool {
    guard byteCount > bounds.lowerBound else { return false }
    byteCount = max(bounds.lowerBound, min(byteCount, sent) / 2)
    patience = Self.greatestPatience
    goodExchanges = 0
    isUnbroken = false
    return true
  }

  /// - Parameters:
  ///   - milliseconds: from the request to the answer.
  ///   - carried: uncompressed bytes of the longer of the two. What was short shows nothing of what
  ///     the link bears.
  mutating func noteExchange(milliseconds: Int64, carried: Int) {
    guard carried >= byteCount / 2 else { return }
    exchangesSinceCut += 1
    if milliseconds > Self.tooLongMilliseconds { byteCount = max(bounds.lowerBound, byteCount / 2) }
    guard milliseconds <= Self.longMilliseconds else { return }
    goodExchanges += 1
    guard goodExchanges >= patience else { return }
    goodExchanges = 0
    byteCount = min(bounds.upperBound, byteCount * 2)
  }

  /// A sync has gone through to its end.
  mutating func noteEnd() {
    if isUnbroken { patience = Self.usualPatience }
  }
}
