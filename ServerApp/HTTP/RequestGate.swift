import Synchronization

/// Counts the requests that hold a body and may use the core, so that they stay few.
final class RequestGate: Sendable {
  private let limit: Int
  private let count = Mutex(0)

  init(limit: Int) { self.limit = limit }

  /// Whether there was room. Each `true` asks for one `leave()`.
  func enter() -> Bool {
    count.withLock { count in
      guard count < limit else { return false }
      count += 1
      return true
    }
  }

  func leave() {
    count.withLock { $0 -= 1 }
  }
}
