import Hummingbird
import NIOCore

/// Writes an answer slice by slice, and closes the connection of a client that does not read it.
///
/// In slices, because one large buffer would be taken at once: the answer would count as sent while
/// the client still waits for most of it, and the silence limit would cut it off in the middle.
struct AnswerWriter {
  let limits: HTTPLimits
  let channel: any Channel

  func write(_ bytes: [UInt8], to writer: inout any ResponseBodyWriter) async throws {
    var start = 0
    while start < bytes.count {
      let end = min(start + limits.answerSliceByteCount, bytes.count)
      let slice = ByteBuffer(bytes: bytes[start..<end])
      let channel = channel
      let timeout = channel.eventLoop.scheduleTask(in: TimeAmount(limits.answerSliceTime)) {
        channel.close(promise: nil)
      }
      defer { timeout.cancel() }
      try await writer.write(slice)
      start = end
    }
    try await writer.finish(nil)
  }
}

/// The end of a connection whose client may still be sending.
enum Lingering {
  /// Sends the end of the answer, drops what still arrives, and closes after `time`.
  ///
  /// To close at once would reset the connection while the client is sending, and the answer that
  /// says why could be lost with it (RFC 9112, 9.6).
  static func close(_ channel: any Channel, after time: Duration) {
    channel.close(mode: .output, promise: nil)
    channel.eventLoop.scheduleTask(in: TimeAmount(time)) {
      channel.close(promise: nil)
    }
  }
}
