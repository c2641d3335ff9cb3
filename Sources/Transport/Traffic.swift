import Synchronization

/// Bytes that went over the wire, in both directions, heads and framing included.
///
/// Over https these are the encrypted bytes, without the handshake.
public struct Traffic: Hashable, Sendable {
  public internal(set) var upByteCount = 0
  public internal(set) var downByteCount = 0

  public init() {}
}

/// The running sum of all connections of one transport.
final class TrafficCounter: Sendable {
  private let sum = Mutex(Traffic())

  var traffic: Traffic { sum.withLock { $0 } }

  func add(up count: Int) { sum.withLock { $0.upByteCount += count } }
  func add(down count: Int) { sum.withLock { $0.downByteCount += count } }
}
