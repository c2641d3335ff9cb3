import Glibc
import Logging
import Protocol
import ServerApp
import ServiceLifecycle
import Testing

@Suite("Starting and stopping")
struct StopTests {
  @Test("a request in progress is finished, a new connection is not taken")
  func graceful() async throws {
    let door = Door()
    let endpoint = TestEndpoint(answer: { _, body in
      await door.pass()
      return body
    })
    var limits = HTTPLimits.patient
    limits.stopTime = .seconds(120)
    try await TestServer.run(endpoint, limits: limits) { server in
      async let answer = Exchange(body: Gzip.compress([1, 2, 3])).send(to: server)
      await door.waiting(1)
      await server.group.triggerGracefulShutdown()
      try await expectRefused(server)
      await door.open()
      #expect(try await answer.message == [1, 2, 3])
    }
  }

  /// The listener closes a moment after the order.
  private func expectRefused(_ server: TestServer) async throws {
    for _ in 0..<3_000 {
      guard let connection = try? await RawConnection.open(server) else { return }
      await connection.close()
      try await Task.sleep(for: .milliseconds(20))
    }
    Issue.record("the server still takes connections")
  }

  @Test("an idle connection does not hold up the stop", .timeLimit(.minutes(5)))
  func idleConnection() async throws {
    var limits = HTTPLimits.patient
    limits.stopTime = .seconds(600)
    let took = try await ContinuousClock().measure {
      let connection = try await TestServer.run(limits: limits) { server in
        let connection = try await RawConnection.open(server)
        try await connection.send("GET /v1/health/live HTTP/1.1\r\nHost: x\r\n\r\n")
        return connection
      }
      _ = try await connection.receiveAll()
    }
    #expect(took < .seconds(300))
  }

  @Test("a request that does not end is cancelled after the grace period", .timeLimit(.minutes(1)))
  func bounded() async throws {
    var limits = HTTPLimits.patient
    limits.stopTime = .milliseconds(300)
    let endpoint = TestEndpoint(answer: { _, body throws(EndpointError) in
      do {
        try await Task.sleep(for: .seconds(600))
        return body
      } catch {
        throw .unavailable("The server stops; try again later.")
      }
    })
    let took = await ContinuousClock().measure {
      _ = try? await TestServer.run(endpoint, limits: limits) { server in
        let connection = try await RawConnection.open(
          server, sending: ConnectionTests.head + "Content-Length: 0\r\n\r\n")
        try await Task.sleep(for: .milliseconds(200))
      }
    }
    #expect(took < .seconds(20))
  }

  @Test("a client that reads nothing does not hold up the stop", .timeLimit(.minutes(1)))
  func slowReader() async throws {
    var limits = HTTPLimits.patient
    limits.stopTime = .milliseconds(300)
    let long = [UInt8](repeating: 1, count: 40 << 20)
    let endpoint = TestEndpoint(answer: { _, _ in long })
    let took = await ContinuousClock().measure {
      _ = try? await TestServer.run(endpoint, limits: limits) { server in
        let connection = try await RawConnection.open(
          server, sending: ConnectionTests.head + "Content-Length: 0\r\n\r\n", reads: false)
        try await Task.sleep(for: .milliseconds(300))
      }
    }
    #expect(took < .seconds(20))
  }

  @Test("SIGTERM and SIGINT end the server in good order", arguments: [SIGTERM, SIGINT])
  func signals(signal: Int32) async throws {
    await #expect(processExitsWith: .success) { [signal] in
      try await KaaiHTTPServer.run(
        endpoint: TestEndpoint(), port: 0,
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
      ) { _ in kill(getpid(), signal) }
    }
  }

  @Test("a port in use is told in a sentence with a remedy")
  func portInUse() async throws {
    try await TestServer.run { server in
      let error = await #expect(throws: ServerStartError.self) {
        try await KaaiHTTPServer.run(
          endpoint: TestEndpoint(), port: server.port,
          logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ) { _ in Issue.record("it listens") }
      }
      #expect(error?.description.contains("choose another port") == true)
    }
  }

  @Test("a host that is not of this machine is told in a sentence", arguments: ["192.0.2.1"])
  func wrongHost(host: String) async {
    await #expect(throws: ServerStartError.self) {
      try await KaaiHTTPServer.run(
        endpoint: TestEndpoint(), host: host, port: 0,
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
      ) { _ in Issue.record("it listens") }
    }
  }
}
