import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import UnixSignals

/// The HTTP server around a core.
public enum KaaiHTTPServer {
  /// Serves until SIGTERM or SIGINT, then returns.
  ///
  /// On a signal the listener closes at once and requests in progress may finish, for `stopTime`;
  /// then their tasks are cancelled. A request that ignores even that for `cancellationTime` ends
  /// the process with a crash: a stop has a bound, and what was committed is safe.
  ///
  /// - Parameters:
  ///   - host: Loopback by default; anything else is reachable by others without encryption, so it
  ///     belongs behind a proxy that adds TLS.
  ///   - port: 0 lets the system pick a free one.
  ///   - onListening: Called once with the port, when connections are accepted.
  /// - Throws: `ServerStartError` where the address cannot be listened on.
  public static func run(
    endpoint: any SyncEndpoint, host: String = "127.0.0.1", port: Int,
    limits: HTTPLimits = HTTPLimits(), logger: Logger,
    onListening: @escaping @Sendable (Int) async -> Void
  ) async throws {
    let group = makeGroup(
      endpoint: endpoint, host: host, port: port, limits: limits, logger: logger,
      stopsOnSignals: true, onListening: onListening)
    do {
      try await group.run()
    } catch {
      throw startError(error, host, port)
    }
  }

  /// Whether an address can be listened on now: asked before anything is changed for the start.
  ///
  /// - Throws: `ServerStartError` where it cannot.
  public static func check(host: String, port: Int) async throws {
    do {
      let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .bind(host: host, port: port).get()
      try await channel.close()
    } catch {
      throw startError(error, host, port)
    }
  }

  private static func startError(_ error: any Error, _ host: String, _ port: Int) -> any Error {
    switch error {
    case let error as IOError: ServerStartError(host: host, port: port, error)
    case let error as SocketAddressError: ServerStartError(host: host, port: port, error)
    case is SocketAddressError.UnknownHost:
      ServerStartError.noSuchAddress(host: host, reason: "the name is unknown")
    default: error
    }
  }

  /// The same without waiting, for callers that stop the server themselves.
  package static func makeGroup(
    endpoint: any SyncEndpoint, host: String, port: Int, limits: HTTPLimits, logger: Logger,
    stopsOnSignals: Bool, onListening: @escaping @Sendable (Int) async -> Void
  ) -> ServiceGroup {
    let responder = SyncResponder(
      endpoint: endpoint, limits: limits, gate: RequestGate(limit: limits.requestCount))
    let application = Application(
      responder: responder,
      server: .http1(configuration: channel(limits)),
      configuration: ApplicationConfiguration(
        address: .hostname(host, port: port),
        availableConnectionsDelegate: .maximum(limits.connectionCount, logger: logger)),
      onServerRunning: { channel in
        await onListening(channel.localAddress?.port ?? port)
      },
      logger: logger)
    var configuration = ServiceGroupConfiguration(
      services: [application],
      gracefulShutdownSignals: stopsOnSignals ? [.sigterm, .sigint] : [], logger: logger)
    configuration.maximumGracefulShutdownDuration = limits.stopTime
    configuration.maximumCancellationDuration = limits.cancellationTime
    return ServiceGroup(configuration: configuration)
  }

  private static func channel(_ limits: HTTPLimits) -> HTTP1Channel.Configuration {
    HTTP1Channel.Configuration(
      idleTimeout: TimeAmount(limits.silence),
      httpDecoderConfiguration: .init(
        maxHeaderFieldSize: limits.headByteCount, maxHeaderListSize: limits.headByteCount,
        maxHeaderFieldCount: limits.headFieldCount))
  }
}
