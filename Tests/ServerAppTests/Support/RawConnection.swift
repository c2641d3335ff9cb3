import NIOCore
import NIOPosix

/// A TCP connection without any HTTP of its own, for what no client library would do.
struct RawConnection {
  private let channel: any Channel
  private let received: EventLoopFuture<String>

  /// - Parameters:
  ///   - first: Sent by the event loop as soon as it connects, so that a busy machine cannot delay it.
  ///   - reads: Without it the connection takes in nothing, until its buffers are full.
  ///   - pace: The pause before each read of a client on a slow line.
  ///   - closes: Whether it closes when the server says that nothing more comes.
  static func open(
    _ server: TestServer, sending first: String = "", reads: Bool = true, pace: Duration? = nil,
    closes: Bool = true
  ) async throws -> RawConnection {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let received = loop.makePromise(of: String.self)
    do {
      let channel = try await ClientBootstrap(group: loop)
        .channelOption(ChannelOptions.allowRemoteHalfClosure, value: true)
        .channelOption(ChannelOptions.autoRead, value: reads && pace == nil)
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(
              Collector(received, first: ByteBuffer(string: first), closes: closes))
          }
        }
        .connect(host: "127.0.0.1", port: server.port).get()
      if let pace {
        let task = loop.scheduleRepeatedTask(
          initialDelay: TimeAmount(pace), delay: TimeAmount(pace)
        ) { _ in
          channel.read()
        }
        channel.closeFuture.whenComplete { _ in task.cancel() }
      }
      return RawConnection(channel: channel, received: received.futureResult)
    } catch {
      received.fail(error)
      throw error
    }
  }

  func send(_ text: String) async throws {
    try await send(bytes(text))
  }

  func send(_ bytes: [UInt8]) async throws {
    try await channel.writeAndFlush(ByteBuffer(bytes: bytes))
  }

  /// Says that nothing more comes, and still listens.
  func finishSending() async throws {
    try await channel.close(mode: .output)
  }

  /// All that arrived when the other side has closed; a reset counts as closing.
  func receiveAll() async throws -> String {
    try await received.get()
  }

  func close() async {
    // It may be closed already, which is as good.
    try? await channel.close()
  }
}

/// The other side kept the connection open for far too long.
struct NeverClosed: Error {}

/// Gathers what arrives, and closes when the other side does.
private final class Collector: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let received: EventLoopPromise<String>
  private let first: ByteBuffer
  private let closes: Bool
  private var all = ByteBuffer()

  init(_ received: EventLoopPromise<String>, first: ByteBuffer, closes: Bool) {
    self.received = received
    self.first = first
    self.closes = closes
  }

  func channelActive(context: ChannelHandlerContext) {
    context.writeAndFlush(NIOAny(first), promise: nil)
    let received = received
    let limit = context.eventLoop.scheduleTask(in: .seconds(40)) {
      received.fail(NeverClosed())
    }
    received.futureResult.whenComplete { _ in limit.cancel() }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    all.writeImmutableBuffer(unwrapInboundIn(data))
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard case ChannelEvent.inputClosed = event else { return }
    received.succeed(String(buffer: all))
    guard closes else { return }
    // Not at once: a test may still be sending to a server that lingers.
    context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(100)) {
      context.close(promise: nil)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    received.succeed(String(buffer: all))
  }
}
