import NIOCore

/// Counts the bytes that pass a connection. It stands next to the socket.
final class TrafficHandler: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = IOData
  typealias OutboundOut = IOData

  private let counter: TrafficCounter

  init(counter: TrafficCounter) { self.counter = counter }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    counter.add(down: unwrapInboundIn(data).readableBytes)
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    counter.add(up: unwrapOutboundIn(data).readableBytes)
    context.write(data, promise: promise)
  }
}
