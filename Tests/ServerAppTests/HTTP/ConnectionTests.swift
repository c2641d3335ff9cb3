import NIOHTTP1
import Protocol
import ServerApp
import Testing

@Suite("Connections")
struct ConnectionTests {
  static let head = """
    POST /v1/sync HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer t\r
    Content-Type: application/vnd.kaai.sync\r\n
    """

  /// How long `body` took.
  func time(_ body: () async throws -> Void) async throws -> Duration {
    try await ContinuousClock().measure(body)
  }

  @Test("a head that drips is closed", .timeLimit(.minutes(1)))
  func slowHead() async throws {
    var limits = HTTPLimits.patient
    limits.silence = .milliseconds(400)
    try await TestServer.run(limits: limits) { server in
      let connection = try await RawConnection.open(server)
      let dripping = Task {
        try await connection.send("POST /v1/sync HTTP/1.1\r\nX: ")
        while true {
          try await Task.sleep(for: .milliseconds(50))
          try await connection.send("x")
        }
      }
      let took = try await time {
        let answer = try await connection.receiveAll()
        #expect(answer.isEmpty)
      }
      dripping.cancel()
      #expect(took < .seconds(20))
    }
  }

  @Test("a connection that says nothing is closed", .timeLimit(.minutes(1)))
  func silent() async throws {
    var limits = HTTPLimits.patient
    limits.silence = .milliseconds(300)
    try await TestServer.run(limits: limits) { server in
      let connection = try await RawConnection.open(server)
      #expect(try await connection.receiveAll() == "")
    }
  }

  @Test("a body that stops in the middle is closed", .timeLimit(.minutes(1)))
  func silentBody() async throws {
    var limits = HTTPLimits.patient
    limits.silence = .milliseconds(300)
    try await TestServer.run(limits: limits) { server in
      let connection = try await RawConnection.open(
        server, sending: Self.head + "Content-Length: 1000\r\n\r\nabc")
      let answer = try await connection.receiveAll()
      #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 400 "), "\(answer)")
    }
  }

  @Test("a body that drips is 408, and its connection is closed", .timeLimit(.minutes(1)))
  func slowBody() async throws {
    var limits = HTTPLimits.patient
    limits.bodyTime = .milliseconds(300)
    try await TestServer.run(limits: limits) { server in
      let connection = try await RawConnection.open(
        server, sending: Self.head + "Content-Length: 1000\r\n\r\n")
      let dripping = Task {
        while true {
          try await connection.send("x")
          try await Task.sleep(for: .milliseconds(50))
        }
      }
      let took = try await time {
        let answer = try await connection.receiveAll()
        #expect(answer.hasPrefix("HTTP/1.1 408 "), "\(answer)")
        #expect(answer.lowercased().contains("connection: close"))
      }
      dripping.cancel()
      #expect(took < .seconds(10))
    }
  }

  @Test("a slow line that keeps the least speed is served")
  func slowEnough() async throws {
    var limits = HTTPLimits.patient
    limits.bodyTime = .seconds(3)
    limits.slowestBytesPerSecond = 100
    let body = [UInt8](repeating: 66, count: 2_000)
    try await TestServer.run(limits: limits) { server in
      let connection = try await RawConnection.open(server)
      try await connection.send(
        Self.head + "Connection: close\r\nContent-Length: \(body.count)\r\n\r\n")
      for start in stride(from: 0, to: body.count, by: 200) {
        try await connection.send(Array(body[start..<start + 200]))
        try await Task.sleep(for: .milliseconds(400))
      }
      let answer = try await connection.receiveAll()
      #expect(answer.hasPrefix("HTTP/1.1 200 "), "\(answer)")
    }
  }

  @Test("a client that does not read its answer is closed", .timeLimit(.minutes(1)))
  func slowReader() async throws {
    var limits = HTTPLimits.patient
    limits.answerSliceTime = .milliseconds(300)
    // So that the next connection is taken only when this one is closed.
    limits.connectionCount = 1
    // More than the buffers of both kernels take.
    let long = [UInt8](repeating: 1, count: 40 << 20)
    let endpoint = TestEndpoint(answer: { _, _ in long })
    try await TestServer.run(endpoint, limits: limits) { server in
      let connection = try await RawConnection.open(
        server, sending: Self.head + "Content-Length: 0\r\n\r\n", reads: false)
      try await Task.sleep(for: .milliseconds(100))
      let live = try await Exchange(method: .GET, path: HTTPForm.livePath).send(to: server)
      #expect(live.status == 200)
      await connection.close()
    }
  }

  @Test("a client that reads slowly gets its whole answer", .timeLimit(.minutes(1)))
  func slowButReading() async throws {
    var limits = HTTPLimits.patient
    limits.silence = .seconds(3)
    let long = [UInt8](repeating: 65, count: 40 << 20)
    try await TestServer.run(TestEndpoint(answer: { _, _ in long }), limits: limits) { server in
      let took = try await time {
        let connection = try await RawConnection.open(
          server, sending: Self.head + "Connection: close\r\nContent-Length: 0\r\n\r\n",
          pace: .milliseconds(40))
        let answer = try await connection.receiveAll()
        #expect(answer.utf8.count > long.count, "\(answer.utf8.count) bytes came")
      }
      #expect(took > limits.silence, "too fast to show anything")
    }
  }

  @Test("a client that is refused while it sends still gets its answer", .timeLimit(.minutes(1)))
  func earlyAnswer() async throws {
    let limits = HTTPLimits.patient
    try await TestServer.run(limits: limits) { server in
      // It reads late: a reset in the meantime would take the answer away.
      let connection = try await RawConnection.open(
        server, sending: Self.head + "Content-Length: 100000000\r\n\r\n",
        pace: .milliseconds(300))
      let sending = Task {
        let chunk = [UInt8](repeating: 0, count: 100_000)
        while true { try await connection.send(chunk) }
      }
      let took = try await time {
        let answer = try await connection.receiveAll()
        #expect(answer.hasPrefix("HTTP/1.1 413 "), "\(answer)")
        #expect(answer.lowercased().contains("connection: close"))
      }
      _ = await sending.result
      #expect(took < .seconds(20), "the connection stayed open")
    }
  }

  @Test("an endless body to an unknown path does not keep its connection", .timeLimit(.minutes(1)))
  func endlessBody() async throws {
    var limits = HTTPLimits.patient
    limits.lingerTime = .seconds(2)
    try await TestServer.run(limits: limits) { server in
      let connection = try await RawConnection.open(
        server, sending: "GET /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
        closes: false)
      let sending = Task {
        while true {
          try await connection.send("1\r\nx\r\n")
          try await Task.sleep(for: .milliseconds(20))
        }
      }
      let took = try await time {
        let answer = try await connection.receiveAll()
        #expect(answer.hasPrefix("HTTP/1.1 404 "), "\(answer)")
        _ = await sending.result
      }
      #expect(took < .seconds(20), "the connection stayed open")
    }
  }

  @Test("a head longer than the limit is 400")
  func longHead() async throws {
    try await TestServer.run { server in
      let connection = try await RawConnection.open(server)
      let field = "X-Long: " + String(repeating: "x", count: 20_000)
      try await connection.send("GET /v1/health/live HTTP/1.1\r\nHost: x\r\n\(field)\r\n\r\n")
      #expect(try await connection.receiveAll().hasPrefix("HTTP/1.1 400 "))
    }
  }

  @Test("what is no HTTP is 400")
  func noHTTP() async throws {
    try await TestServer.run { server in
      let connection = try await RawConnection.open(server)
      try await connection.send("\u{16}\u{03}\u{01} hello\r\n\r\n")
      #expect(try await connection.receiveAll().hasPrefix("HTTP/1.1 400 "))
    }
  }

  @Test("requests at the same time each get their own answer")
  func concurrent() async throws {
    let endpoint = TestEndpoint(answer: { token, body in
      try? await Task.sleep(for: .milliseconds(20))
      return bytes(token) + body
    })
    try await TestServer.run(endpoint) { server in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<50 {
          group.addTask {
            let answer = try await Exchange(
              authorization: "Bearer t\(number)", body: Gzip.compress(bytes(":\(number)"))
            ).send(to: server)
            #expect(try answer.message == bytes("t\(number):\(number)"))
          }
        }
        try await group.waitForAll()
      }
    }
  }

  @Test("more requests than the limit are 503, and the place is free again afterwards")
  func busy() async throws {
    var limits = HTTPLimits.patient
    limits.requestCount = 2
    let door = Door()
    let endpoint = TestEndpoint(answer: { _, body in
      await door.pass()
      return body
    })
    try await TestServer.run(endpoint, limits: limits) { server in
      let exchange = Exchange(body: Gzip.compress([1]))
      async let first = exchange.send(to: server)
      async let second = exchange.send(to: server)
      await door.waiting(2)
      let third = try await exchange.send(to: server)
      #expect(third.status == 503)
      #expect(third.header("Retry-After") != nil)
      let live = try await Exchange(method: .GET, path: HTTPForm.livePath).send(to: server)
      #expect(live.status == 200, "health is answered also when the core is busy")
      await door.open()
      #expect(try await first.status == 200)
      #expect(try await second.status == 200)
      #expect(try await exchange.send(to: server).status == 200)
    }
  }
}
