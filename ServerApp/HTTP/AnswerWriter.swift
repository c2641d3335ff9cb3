import Hummingbird
import NIOCore

/// Writes an answer at the pace of its reader, and closes the connection of one that does not read.
///
/// An answer counts as sent when its end is written, and from then on the silence limit counts. So the
/// end must not be written while the client still waits for most of the answer: on a slow line it
/// would be cut off in the middle.
struct AnswerWriter {
  let limits: HTTPLimits
  let channel: any Channel

  func write(_ bytes: [UInt8], to writer: inout any ResponseBodyWriter) async throws {
    var start = 0
    while start < bytes.count {
      let end = min(start + limits.answerSliceByteCount, bytes.count)
      try await write(ByteBuffer(bytes: bytes[start..<end]), to: &writer)
      start = end
    }
    try await drain()
    try await writer.finish(nil)
  }

  /// Returns when there is room for the next slice.
  private func write(_ slice: ByteBuffer, to writer: inout any ResponseBodyWriter) async throws {
    let channel = channel
    let timeout = channel.eventLoop.scheduleTask(in: TimeAmount(limits.answerSliceTime)) {
      channel.close(promise: nil)
    }
    defer { timeout.cancel() }
    try await writer.write(slice)
    // Until the event loop has taken this slice, the writer does not know that there is no room for
    // another and would take any number of them.
    try await channel.eventLoop.submit {}.get()
  }

  /// Returns when the system has taken all that was written.
  private func drain() async throws {
    var pending = try await pendingByteCount()
    var lastProgress = ContinuousClock.now
    while pending > 0 {
      try await Task.sleep(for: .milliseconds(10))
      let left = try await pendingByteCount()
      if left < pending { lastProgress = .now }
      pending = left
      if lastProgress.duration(to: .now) > limits.answerSliceTime {
        channel.close(promise: nil)
      }
    }
  }

  /// Throws when the connection is closed.
  private func pendingByteCount() async throws -> Int {
    try await channel.getOption(.bufferedWritableBytes).get()
  }
}
