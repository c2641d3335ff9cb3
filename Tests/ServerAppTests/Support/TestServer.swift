import Logging
import ServerApp
import ServiceLifecycle

/// A real server on a free port of the loopback, for the length of a closure.
struct TestServer: Sendable {
  let port: Int
  let group: ServiceGroup

  var address: String { "http://127.0.0.1:\(port)" }

  /// - Parameter body: Runs while the server listens; the server is stopped gracefully after it.
  static func run<Result: Sendable>(
    _ endpoint: any SyncEndpoint = TestEndpoint(), limits: HTTPLimits = .patient,
    body: (TestServer) async throws -> Result
  ) async throws -> Result {
    let (ports, announcement) = AsyncStream.makeStream(of: Int.self)
    let group = KaaiHTTPServer.makeGroup(
      endpoint: endpoint, host: "127.0.0.1", port: 0, limits: limits,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, stopsOnSignals: false,
      onListening: { port in
        announcement.yield(port)
        announcement.finish()
      })
    let serving = Task {
      defer { announcement.finish() }
      try await group.run()
    }
    guard let port = await ports.first(where: { _ in true }) else {
      try await serving.value
      throw NeverListened()
    }
    do {
      let result = try await body(TestServer(port: port, group: group))
      await group.triggerGracefulShutdown()
      try await serving.value
      return result
    } catch {
      await group.triggerGracefulShutdown()
      _ = await serving.result
      throw error
    }
  }

  private struct NeverListened: Error {}
}

extension HTTPLimits {
  /// For a machine that does much beside the tests: a refused client has long to read its answer.
  static var patient: HTTPLimits {
    var limits = HTTPLimits()
    limits.lingerTime = .seconds(20)
    return limits
  }
}
