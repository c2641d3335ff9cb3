import Glibc
import NIOCore
import NIOPosix

/// A socket that answers every connection with the same bytes, whatever is asked, and then closes
/// it, keeps it open or resets it: what lines, proxies and login pages do.
struct StubbornServer: Sendable {
  enum End: Sendable {
    case close
    case reset
    case silence
    /// A byte now and then, for ever.
    case drip
  }

  let port: Int

  var address: String { "http://127.0.0.1:\(port)" }

  /// - Parameter waits: Whether it answers only once something was asked.
  static func run<Result: Sendable>(
    answering text: String, body: [UInt8] = [], end: End = .close, waits: Bool = true,
    _ use: (StubbornServer) async throws -> Result
  ) async throws -> Result {
    let answer = ByteBuffer(bytes: bytes(text) + body)
    let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(
            Answerer(answer: answer, end: end, waits: waits))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    do {
      let result = try await use(StubbornServer(port: listener.localAddress?.port ?? 0))
      try await listener.close()
      return result
    } catch {
      try await listener.close()
      throw error
    }
  }

  private final class Answerer: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let answer: ByteBuffer
    private let end: End
    private let waits: Bool
    private var hasAnswered = false

    init(answer: ByteBuffer, end: End, waits: Bool) {
      self.answer = answer
      self.end = end
      self.waits = waits
    }

    func channelActive(context: ChannelHandlerContext) {
      if !waits { reply(context) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      if !hasAnswered { reply(context) }
    }

    private func reply(_ context: ChannelHandlerContext) {
      hasAnswered = true
      let (channel, end) = (context.channel, end)
      channel.writeAndFlush(answer).whenComplete { _ in
        switch end {
        // Only this half: with unread bytes a full close would be a reset.
        case .close: channel.close(mode: .output, promise: nil)
        case .silence: break
        case .drip:
          let drops = channel.eventLoop.scheduleRepeatedTask(
            initialDelay: .milliseconds(50), delay: .milliseconds(50)
          ) { _ in
            channel.writeAndFlush(ByteBuffer(bytes: [0]), promise: nil)
          }
          channel.closeFuture.whenComplete { _ in drops.cancel() }
        case .reset:
          // To linger for no time at all is how a socket is told to reset.
          let options = channel as? any SocketOptionProvider
          options?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in
            channel.close(promise: nil)
          }
        }
      }
    }
  }
}
