import NIOCore
import Synchronization

/// Thrown into a body that comes in too slowly.
struct SlowSender: Error {}

/// Ends the reading of a body whose sender drips bytes to keep a place occupied.
///
/// A body may take `bodyTime` and a second more for every `slowestBytesPerSecond` received, so a bad
/// line is served and a dripping one is not. A line that is quite silent is closed by the server's
/// silence limit, whichever comes first.
final class SlowSenderWatch: Sendable {
  private struct State {
    var receivedByteCount = 0
    var check: RepeatedTask?
  }

  private let state = Mutex(State())

  /// Starts watching. The iteration of the channel's body throws `SlowSender` when it is too late.
  init(channel: any Channel, limits: HTTPLimits) {
    let start = ContinuousClock.now
    let interval = min(TimeAmount(limits.bodyTime), .seconds(1))
    let check = channel.eventLoop.scheduleRepeatedTask(
      initialDelay: interval, delay: interval
    ) { [weak self] task in
      guard let self else { return task.cancel() }
      let received = state.withLock { $0.receivedByteCount }
      let earned = Duration.seconds(received) / limits.slowestBytesPerSecond
      guard start.duration(to: .now) > limits.bodyTime + earned else { return }
      task.cancel()
      channel.pipeline.fireErrorCaught(SlowSender())
    }
    state.withLock { $0.check = check }
  }

  func received(_ byteCount: Int) {
    state.withLock { $0.receivedByteCount += byteCount }
  }

  func stop() {
    let check = state.withLock { state in
      defer { state.check = nil }
      return state.check
    }
    check?.cancel()
  }
}
