import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Protocol

/// The client's end of HTTP: one message out, one message in.
///
/// It follows no redirect, keeps no cookie, uses no proxy of the environment and repeats nothing by
/// itself: what to do after an error is the caller's to decide. Copies share one pool of connections
/// and one count of traffic. `close()` must be called once before the last copy is dropped.
public struct HTTPTransport: Sendable {
  public let server: ServerURL
  let limits: TransportLimits
  private let client: HTTPClient
  private let counter: TrafficCounter

  public init(server: ServerURL, limits: TransportLimits = TransportLimits()) {
    self.server = server
    self.limits = limits
    let counter = TrafficCounter()
    self.counter = counter
    client = HTTPClient(
      eventLoopGroupProvider: .singleton,
      configuration: Self.configuration(limits, counter))
  }

  /// Lends a transport whose connections are ended afterwards, whatever happened.
  public static func with<Result>(
    server: ServerURL, limits: TransportLimits = TransportLimits(),
    _ body: (HTTPTransport) async throws -> Result
  ) async throws -> Result {
    let transport = HTTPTransport(server: server, limits: limits)
    do {
      let result = try await body(transport)
      await transport.close()
      return result
    } catch {
      await transport.close()
      throw error
    }
  }

  /// What has passed the wire since this transport was made.
  public var traffic: Traffic { counter.traffic }

  /// Posts a message and returns the server's. `body` and the result are uncompressed.
  ///
  /// - Parameter path: Begins with a slash, as in `HTTPForm`.
  public func post(
    path: String, token: String?, body: [UInt8]
  ) async throws(TransportError) -> [UInt8] {
    let request = request(path: path, token: token, body: body)
    do {
      let response = try await client.execute(
        request, deadline: .now() + TimeAmount(limits.exchangeTime))
      let reader = AnswerReader(limits: limits)
      guard response.status == .ok else { throw await reader.refusal(response) }
      return try await reader.message(response)
    } catch {
      throw TransportError(error, limits: limits)
    }
  }

  /// Ends all connections. Requests in progress throw.
  public func close() async {
    // The only error is that it was closed before, which leaves nothing to do.
    try? await client.shutdown()
  }

  private func request(path: String, token: String?, body: [UInt8]) -> HTTPClientRequest {
    var request = HTTPClientRequest(url: "\(server)\(path)")
    request.method = .POST
    request.headers.add(name: "Content-Type", value: HTTPForm.mediaType)
    request.headers.add(name: "Content-Encoding", value: "gzip")
    request.headers.add(name: "Accept-Encoding", value: "gzip")
    if let token {
      request.headers.add(name: "Authorization", value: "Bearer \(token)")
    }
    request.body = .bytes(ByteBuffer(bytes: Gzip.compress(body, level: Gzip.liveLevel)))
    return request
  }

  private static func configuration(
    _ limits: TransportLimits, _ counter: TrafficCounter
  ) -> HTTPClient.Configuration {
    var configuration = HTTPClient.Configuration(
      redirectConfiguration: .disallow,
      timeout: .init(connect: TimeAmount(limits.connectTime), read: TimeAmount(limits.silence)),
      decompression: .disabled)
    configuration.connectionPool.idleTimeout = TimeAmount(limits.idleTime)
    // A refused connection is news for the user, not something to try again for ten seconds.
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.httpVersion = .http1Only
    configuration.http1_1ConnectionDebugInitializer = { channel in
      channel.eventLoop.makeCompletedFuture {
        try channel.pipeline.syncOperations.addHandler(
          TrafficHandler(counter: counter), position: .first)
      }
    }
    return configuration
  }
}
