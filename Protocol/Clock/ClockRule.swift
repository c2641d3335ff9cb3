/// How the server moves stamps that wrong clocks made (DESIGN 3, "Clock rule").
public enum ClockRule {
  /// An offset up to this is left alone.
  public static let toleranceMilliseconds: Int64 = 60_000

  /// One jump of a device's corrected clock against its boot-time clock: `sequence` is the first
  /// transaction stamped after it, `deltaMilliseconds` how far the clock went forward.
  public struct Jump: Hashable, Sendable {
    public let sequence: UInt32
    public let deltaMilliseconds: Int64
    public init(sequence: UInt32, deltaMilliseconds: Int64) {
      self.sequence = sequence
      self.deltaMilliseconds = deltaMilliseconds
    }
  }

  /// The stamp that counts for an offered transaction.
  ///
  /// - Parameters:
  ///   - offered: the author's stamp.
  ///   - sequence: the transaction's sequence; jumps with a later one happened after it was made.
  ///   - presentOffsetMilliseconds: server minus device, now.
  ///   - serverMilliseconds: the server's clock.
  ///   - greatestSeen: the greatest stamp at the transaction's `seen`.
  ///   - previous: the stamp that counts for the site's previous transaction.
  public static func effective(
    offered: HLC, sequence: UInt32, jumps: [Jump], presentOffsetMilliseconds: Int64,
    serverMilliseconds: Int64, greatestSeen: HLC, previous: HLC
  ) -> HLC {
    var result = offered
    let later = jumps.reduce(Int64(0)) {
      $1.sequence > sequence ? $0.addingSaturated($1.deltaMilliseconds) : $0
    }
    let shift = later.addingSaturated(presentOffsetMilliseconds)
    if abs(shift) > toleranceMilliseconds {
      result = HLC(
        milliseconds: offered.milliseconds.addingSaturated(shift), counter: offered.counter)
    }
    if result.milliseconds > serverMilliseconds + toleranceMilliseconds {
      result = HLC(milliseconds: serverMilliseconds, counter: 0)
    }
    if result <= greatestSeen { result = greatestSeen.next }
    if result <= previous { result = previous.next }
    return result
  }
}

extension Int64 {
  func addingSaturated(_ other: Int64) -> Int64 {
    let (sum, overflow) = addingReportingOverflow(other)
    // Half the range, so that a sum of two saturated numbers still has its sign.
    guard !overflow else { return other > 0 ? Int64.max / 2 : Int64.min / 2 }
    return Swift.max(Int64.min / 2, Swift.min(Int64.max / 2, sum))
  }
}
