import Protocol
import ServerApp
import Testing

@Suite("Answers")
struct AnswerTests {
  static let text = [UInt8](repeating: 65, count: 5_000)

  @Test("an answer is gzip only for a client that accepts it")
  func negotiation() async throws {
    try await TestServer.run { server in
      for (accept, coding) in [
        ("gzip", "gzip"), ("br, gzip;q=0.5", "gzip"), ("*", "gzip"), ("gzip;q=0", nil),
        ("br", nil), (nil, nil), ("identity", nil),
      ] {
        let answer = try await Exchange(
          accept: accept, body: Gzip.compress(Self.text)
        ).send(to: server)
        #expect(answer.header("Content-Encoding") == coding, "\(accept ?? "no field")")
        #expect(answer.header("Content-Length") == String(answer.bytes.count))
        #expect(answer.header("Vary") == "Accept-Encoding")
        #expect(try answer.message == Self.text)
      }
    }
  }

  @Test("a short answer goes as it is")
  func short() async throws {
    try await TestServer.run { server in
      let answer = try await Exchange(body: Gzip.compress(bytes("short"))).send(to: server)
      #expect(answer.header("Content-Encoding") == nil)
      #expect(answer.bytes == bytes("short"))
    }
  }

  @Test("the level follows the size as the limits say")
  func level() async throws {
    var limits = HTTPLimits.patient
    limits.compression = AnswerCompression { byteCount in byteCount > 10_000 ? 0 : 9 }
    try await TestServer.run(limits: limits) { server in
      let small = try await Exchange(body: Gzip.compress(Self.text)).send(to: server)
      #expect(small.bytes == Gzip.compress(Self.text, level: 9))
      let long = Self.text + Self.text + Self.text
      let large = try await Exchange(body: Gzip.compress(long)).send(to: server)
      #expect(large.bytes == Gzip.compress(long, level: 0))
    }
  }

  @Test("a long answer arrives whole", arguments: ["gzip", "identity"])
  func long(accept: String) async throws {
    var state: UInt64 = 1
    let long = (0..<600_000).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 56)
    }
    try await TestServer.run(TestEndpoint(answer: { _, _ in long })) { server in
      let answer = try await Exchange(accept: accept, body: Gzip.compress([])).send(to: server)
      #expect(try answer.message == long)
    }
  }

  @Test("two exchanges use one connection, also after the core refused one")
  func keepAlive() async throws {
    let endpoint = TestEndpoint(answer: { _, body throws(EndpointError) in
      guard body != bytes("no") else { throw .malformed("Say something else.") }
      return body
    })
    try await TestServer.run(endpoint) { server in
      let connection = try await RawConnection.open(server)
      let request = """
        POST /v1/sync HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer t\r
        Content-Type: application/vnd.kaai.sync\r\nContent-Length: 2\r\n
        """
      try await connection.send(request + "\r\nno")
      try await connection.send(request + "Connection: close\r\n\r\nab")
      let answers = try await connection.receiveAll()
      #expect(answers.hasPrefix("HTTP/1.1 400 "))
      #expect(answers.contains("HTTP/1.1 200 OK"))
      #expect(answers.hasSuffix("\r\n\r\nab"))
    }
  }
}
