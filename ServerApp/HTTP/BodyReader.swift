import Hummingbird
import NIOCore
import Protocol

/// Reads and inflates a request's body, and refuses it as soon as a limit is passed.
struct BodyReader {
  let limits: HTTPLimits
  let coding: ContentCoding

  /// The whole inflated body. It never holds more of it than the limits allow, nor any byte of the
  /// compressed form beyond the chunk in hand.
  func read(_ body: RequestBody, from channel: any Channel) async throws(Refusal) -> [UInt8] {
    var output: [UInt8] = []
    let inflater = coding == .gzip ? GzipInflater(limit: limits.inflatedByteCount) : nil
    let watch = SlowSenderWatch(channel: channel, limits: limits)
    defer { watch.stop() }
    var chunks = body.makeAsyncIterator()
    var byteCount = 0
    while let chunk = try await next(&chunks) {
      byteCount += chunk.readableBytes
      guard byteCount <= limits.bodyByteCount else { throw .bodyTooLarge(limits) }
      watch.received(chunk.readableBytes)
      try append(chunk, through: inflater, to: &output)
    }
    do {
      try inflater?.finish()
    } catch {
      throw Refusal(error, limits: limits)
    }
    return output
  }

  private func next(
    _ chunks: inout RequestBody.AsyncIterator
  ) async throws(Refusal) -> ByteBuffer? {
    do {
      return try await chunks.next()
    } catch is SlowSender {
      throw .tooSlow
    } catch {
      // The framing is wrong or the connection broke: in both cases there is no whole body.
      throw .brokenBody
    }
  }

  private func append(
    _ chunk: ByteBuffer, through inflater: GzipInflater?, to output: inout [UInt8]
  ) throws(Refusal) {
    guard let inflater else {
      guard output.count + chunk.readableBytes <= limits.inflatedByteCount else {
        throw .inflatedTooLarge(limits)
      }
      output.append(contentsOf: chunk.readableBytesView)
      return
    }
    do throws(GzipError) {
      try chunk.withUnsafeReadableBytes { bytes throws(GzipError) in
        try inflater.feed(bytes, into: &output)
      }
    } catch {
      throw Refusal(error, limits: limits)
    }
  }
}
