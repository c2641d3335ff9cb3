import Protocol

/// What one client can cost the server before it is known. All bounds of the HTTP edge.
public struct HTTPLimits: Sendable {
  /// Bytes of a request body as they arrive.
  public var bodyByteCount = SyncLimits.standard.bodyBytes
  /// Bytes of a request body once inflated. With `requestCount` it bounds the memory of bodies.
  public var inflatedByteCount = SyncLimits.standard.inflatedBytes
  /// Bytes of all header fields of a request together.
  public var headByteCount = 16 << 10
  /// Fields of a request's head.
  public var headFieldCount = 64
  /// Connections beyond this wait unaccepted.
  public var connectionCount = 512
  /// Requests beyond this that want the core at the same time get 503.
  public var requestCount = 64

  /// How long a connection may be silent: before its first head is whole, within a body, and after
  /// an answer. It is then closed without a word.
  public var silence: Duration = .seconds(30)
  /// A body may take this long, and a second more for every `slowestBytesPerSecond` received.
  public var bodyTime: Duration = .seconds(30)
  public var slowestBytesPerSecond = 512
  /// How long a client may take to make room for the next `answerSliceByteCount` of its answer.
  public var answerSliceTime: Duration = .seconds(30)
  public var answerSliceByteCount = 32 << 10
  /// How long what a refused client still sends is read and dropped, so that it sees its answer.
  public var lingerTime: Duration = .seconds(5)

  /// After a request to stop: how long requests may finish, then how long cancelled ones may take.
  public var stopTime: Duration = .seconds(5)
  public var cancellationTime: Duration = .seconds(5)

  public var compression = AnswerCompression()

  public init() {}
}

/// How answers are compressed for clients that accept gzip.
public struct AnswerCompression: Sendable {
  /// Shorter answers go as they are: gzip's own 20 bytes would eat the gain.
  public var smallestByteCount = 128
  /// The level, 0 to 9, for an answer of so many bytes.
  public var level: @Sendable (_ byteCount: Int) -> Int

  public init(level: @escaping @Sendable (_ byteCount: Int) -> Int = { _ in 1 }) {
    self.level = level
  }
}
