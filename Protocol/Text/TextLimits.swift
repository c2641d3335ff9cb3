/// How large a text and what is kept of its history may grow.
public struct TextLimits: Sendable {
  /// UTF-8 bytes of the text itself.
  public var textBytes = 1 << 20
  /// Steps of one batch.
  public var batchSteps = 1 << 21
  /// Runs of one batch.
  public var batchRuns = 1 << 17
  /// Ids that the parents of one batch name.
  public var parents = 1 << 10
  /// Steps of the history that is kept. No text may have more than `TextLimits.mostSteps`.
  public var historySteps = 1 << 26
  /// UTF-8 bytes of everything ever inserted.
  public var historyBytes = 1 << 28

  public init() {}
  public static let standard = TextLimits()

  /// Steps are numbered in 30 bits.
  public static let mostSteps = 1 << 29
}
