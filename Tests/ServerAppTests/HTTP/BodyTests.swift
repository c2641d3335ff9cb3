import Protocol
import ServerApp
import Testing

@Suite("Request bodies")
struct BodyTests {
  /// A core that only says how many bytes it got.
  static let counting = TestEndpoint(answer: { _, body in bytes("\(body.count)") })

  @Test("a body may come as it is, with or without saying so", arguments: [nil, "identity", ""])
  func identity(encoding: String?) async throws {
    try await TestServer.run { server in
      let answer = try await Exchange(encoding: encoding, body: bytes("plain")).send(to: server)
      #expect(try answer.message == bytes("plain"))
    }
  }

  @Test("an empty body reaches the core as no bytes", arguments: ["gzip", "identity"])
  func empty(encoding: String) async throws {
    try await TestServer.run(Self.counting) { server in
      let body = encoding == "gzip" ? Gzip.compress([]) : []
      let answer = try await Exchange(encoding: encoding, body: body).send(to: server)
      #expect(try answer.message == bytes("0"))
    }
  }

  @Test("a body in chunks is the same body", arguments: [1, 100, 5_000])
  func chunked(chunkByteCount: Int) async throws {
    let body = (0..<20_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 3) }
    try await TestServer.run { server in
      let answer = try await Exchange(
        body: Gzip.compress(body), chunkByteCount: chunkByteCount
      ).send(to: server)
      #expect(try answer.message == body)
    }
  }

  @Test("a bomb of 300 MB is refused while it inflates, with little memory")
  func bomb() async throws {
    let bomb = Bomb.gzip(zeroByteCount: 300 << 20)
    try #require(bomb.count < 400_000)
    try await TestServer.run(Self.counting) { server in
      try #require(Memory.resetPeak())
      let before = try #require(Memory.kilobytes("VmRSS"))
      let answer = try await Exchange(body: bomb).send(to: server)
      let peak = try #require(Memory.kilobytes("VmHWM"))
      #expect(answer.status == 413)
      #expect(answer.text.contains("when inflated"))
      // The limit is 16 MB; doubling arrays and tests that run beside this one need the rest.
      #expect(peak - before < 100 << 10, "\(peak - before) KB more than before")
    }
  }

  @Test("inflated bytes are counted exactly", arguments: ["gzip", "identity"])
  func inflatedLimit(encoding: String) async throws {
    var limits = HTTPLimits.patient
    limits.inflatedByteCount = 10_000
    try await TestServer.run(Self.counting, limits: limits) { server in
      for (count, status) in [(10_000, 200), (10_001, 413)] {
        let plain = [UInt8](repeating: 7, count: count)
        let body = encoding == "gzip" ? Gzip.compress(plain) : plain
        let answer = try await Exchange(encoding: encoding, body: body).send(to: server)
        #expect(answer.status == status, "\(count) bytes")
      }
    }
  }

  @Test("body bytes are counted exactly, announced or in chunks", arguments: [nil, 1_000])
  func bodyLimit(chunkByteCount: Int?) async throws {
    var limits = HTTPLimits.patient
    limits.bodyByteCount = 10_000
    try await TestServer.run(Self.counting, limits: limits) { server in
      for (count, status) in [(10_000, 200), (10_001, 413), (200_000, 413)] {
        let answer = try await Exchange(
          encoding: "identity", body: [UInt8](repeating: 7, count: count),
          chunkByteCount: chunkByteCount
        ).send(to: server)
        #expect(answer.status == status, "\(count) bytes")
      }
    }
  }

  @Test("gzip that ends too early is 400 at whatever byte")
  func truncated() async throws {
    let packed = Gzip.compress(bytes("a message of which the end is missing"))
    try await TestServer.run { server in
      for count in 0..<packed.count {
        let answer = try await Exchange(body: Array(packed[..<count])).send(to: server)
        #expect(answer.status == 400, "cut after \(count) bytes")
      }
    }
  }

  @Test("gzip that is damaged or followed by more is 400")
  func damaged() async throws {
    let packed = Gzip.compress(bytes("a message"))
    var corrupt = packed
    corrupt[packed.count - 6] ^= 0xFF
    try await TestServer.run { server in
      for body in [corrupt, packed + [0], packed + packed, bytes("no gzip at all")] {
        let answer = try await Exchange(body: body).send(to: server)
        #expect(answer.status == 400)
        #expect(answer.header("Content-Type") == "text/plain; charset=utf-8")
      }
    }
  }

  @Test("a body that breaks off never reaches the core, compressed or not")
  func cut() async throws {
    let endpoint = TestEndpoint(answer: { _, _ throws(EndpointError) in
      Issue.record("the core was asked")
      return []
    })
    try await TestServer.run(endpoint) { server in
      let framings = [
        "Content-Length: 100\r\n\r\nhalf of it", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
      ]
      for framing in framings {
        let connection = try await RawConnection.open(server)
        try await connection.send(
          """
          POST /v1/sync HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer t\r
          Content-Type: application/vnd.kaai.sync\r\n\(framing)
          """)
        try await connection.finishSending()
        let answer = try await connection.receiveAll()
        #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 400 "), "\(answer)")
      }
    }
  }
}
