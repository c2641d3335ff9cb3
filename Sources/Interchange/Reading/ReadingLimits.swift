/// How much of a file is read: everything that can grow has a bound, checked before it is kept.
public struct ReadingLimits: Sendable {
  /// The whole file, after decompression.
  public var fileBytes = 64 << 20
  /// One record of a CSV file or one line of JSON lines.
  public var recordBytes = 1 << 20
  public var fieldBytes = 64 << 10
  public var columns = 1_024
  public var records = 1_000_000
  /// Objects and arrays inside each other.
  public var jsonDepth = 32

  public init() {}
}
