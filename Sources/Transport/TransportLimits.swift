import Protocol

/// How long the client waits and how much it takes from whatever answers.
public struct TransportLimits: Sendable {
  public var connectTime: Duration = .seconds(10)
  /// How long nothing may arrive once the request is sent. A merge of many changes takes seconds.
  public var silence: Duration = .seconds(60)
  /// The whole exchange. Long, because a bad line is the normal case.
  public var exchangeTime: Duration = .seconds(600)
  /// How long an answer may take, plus a second for each `slowestRate` bytes that have arrived: a line
  /// may be slow, but nobody holds the client by sending a byte now and then.
  public var answerTime: Duration = .seconds(30)
  /// Bytes a second.
  public var slowestRate = 512
  /// Bytes of an answer as they arrive.
  public var answerByteCount = SyncLimits.standard.bodyBytes
  /// Bytes of an answer once inflated.
  public var inflatedByteCount = SyncLimits.standard.inflatedBytes
  /// Bytes of an error's sentence that are read.
  public var sentenceByteCount = 2_000
  /// How long an unused connection is kept. Below the server's own limit, so that it is not the
  /// server that closes it just when the next request leaves.
  public var idleTime: Duration = .seconds(10)

  public init() {}

  /// How long so many bytes of an answer may take to arrive.
  func time(for byteCount: Int) -> Duration {
    answerTime + .seconds(Double(byteCount) / Double(slowestRate))
  }
}
