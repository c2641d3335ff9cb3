import NIOCore

/// The end of a connection whose client may still be sending.
enum Lingering {
  /// Sends the end of the answer, drops what still arrives, and closes after `time`, or when the
  /// client does.
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
