import Protocol
import ServerApp
import Testing
import Transport

@Suite("The client's transport")
struct HTTPTransportTests {
  /// Opens a transport to `address` for the length of a closure.
  func with<Result>(
    _ address: String, limits: TransportLimits = TransportLimits(),
    _ use: (HTTPTransport) async throws -> Result
  ) async throws -> Result {
    let transport = HTTPTransport(server: try ServerURL(address), limits: limits)
    do {
      let result = try await use(transport)
      await transport.close()
      return result
    } catch {
      await transport.close()
      throw error
    }
  }

  /// The error of one sync.
  func syncError(
    _ address: String, limits: TransportLimits = TransportLimits(), body: [UInt8] = [1]
  ) async throws -> TransportError? {
    try await with(address, limits: limits) { transport in
      do throws(TransportError) {
        _ = try await transport.post(path: HTTPForm.syncPath, token: "t", body: body)
        return nil
      } catch {
        return error
      }
    }
  }

  /// The head of an answer as a Kaai server gives it.
  func head(_ status: String = "200 OK", _ fields: String...) -> String {
    let all = ["Content-Type: \(HTTPForm.mediaType)"] + fields
    return "HTTP/1.1 \(status)\r\n" + all.map { $0 + "\r\n" }.joined() + "\r\n"
  }

  @Test("a message goes there and back, with its token", arguments: [0, 1, 100, 500_000])
  func roundTrip(byteCount: Int) async throws {
    let body = (0..<byteCount).map { UInt8(truncatingIfNeeded: $0 &* 7 >> 4) }
    let endpoint = TestEndpoint(answer: { token, body in bytes(token) + body })
    try await TestServer.run(endpoint) { server in
      try await with(server.address) { transport in
        for _ in 0..<2 {
          let answer = try await transport.post(
            path: HTTPForm.syncPath, token: "secret", body: body)
          #expect(answer == bytes("secret") + body)
        }
      }
    }
  }

  @Test("enrolment goes without a token")
  func enrolment() async throws {
    try await TestServer.run { server in
      try await with(server.address) { transport in
        let answer = try await transport.post(
          path: HTTPForm.enrolPath, token: nil, body: bytes("code"))
        #expect(answer == bytes("enrolled code"))
      }
    }
  }

  @Test("traffic is counted as it passes the wire, compressed and with its heads")
  func traffic() async throws {
    let body = [UInt8](repeating: 65, count: 100_000)
    try await TestServer.run { server in
      try await with(server.address) { transport in
        #expect(transport.traffic == Traffic())
        _ = try await transport.post(path: HTTPForm.syncPath, token: "t", body: body)
        let packed = Gzip.compress(body).count
        let first = transport.traffic
        #expect((packed + 100...packed + 600).contains(first.upByteCount))
        #expect((packed + 100...packed + 600).contains(first.downByteCount))
        _ = try await transport.post(path: HTTPForm.syncPath, token: "t", body: body)
        #expect(transport.traffic.upByteCount == 2 * first.upByteCount)
      }
    }
  }

  @Test("bytes on the wire are counted exactly")
  func exactTraffic() async throws {
    let answer = head("200 OK", "Content-Length: 3")
    try await StubbornServer.run(answering: answer, body: [1, 2, 3]) { server in
      try await with(server.address) { transport in
        let got = try await transport.post(path: HTTPForm.syncPath, token: "t", body: [])
        #expect(got == [1, 2, 3])
        #expect(transport.traffic.downByteCount == answer.utf8.count + 3)
      }
    }
  }

  @Test(
    "each refusal of the server is the error a caller can act on, with its sentence",
    arguments: [
      (EndpointError.unauthorised("Enrol."), TransportError.revoked(sentence: "Enrol.")),
      (.forbidden("Ask an admin."), .revoked(sentence: "Ask an admin.")),
      (.protocolTooOld("Update."), .tooOld(sentence: "Update.")),
      (.unavailable("Try later."), .unreachable(reason: "Try later.")),
      (.malformed("Damaged."), .refused(status: 400, sentence: "Damaged.")),
      (.conflict("A copy."), .refused(status: 409, sentence: "A copy.")),
      (.tooLarge("Too long."), .tooMuch(sentence: "Too long.")),
    ])
  func refusals(given: EndpointError, expected: TransportError) async throws {
    let endpoint = TestEndpoint(answer: { _, _ throws(EndpointError) in throw given })
    try await TestServer.run(endpoint) { server in
      let error = try await syncError(server.address)
      #expect(error == expected)
    }
  }

  @Test("the code of a refusal reaches the caller, who says it in another language")
  func codes() async throws {
    let endpoint = TestEndpoint(answer: { _, _ throws(EndpointError) in
      throw .unauthorised("Enrol.", .codeExpired)
    })
    try await TestServer.run(endpoint) { server in
      let error = try await syncError(server.address)
      #expect(error == .revoked(sentence: "Enrol.", said: .codeExpired))
    }
  }

  @Test("a body longer than the server takes is refused with the server's sentence")
  func tooLarge() async throws {
    var limits = HTTPLimits.patient
    limits.bodyByteCount = 100_000
    limits.inflatedByteCount = 4 << 20
    var state: UInt64 = 1
    // Does not shrink, so that the answer comes while the client still sends.
    let body = (0..<600_000).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 56)
    }
    try await TestServer.run(limits: limits) { server in
      let error = try await syncError(server.address, body: body)
      guard case .tooMuch(let sentence, said: .tooLarge) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(sentence.contains("100000 bytes"))
    }
  }

  @Test(
    "where nothing listens the server is unreachable, at once",
    arguments: ["127.0.0.1", "localhost"])
  func nothingListens(host: String) async throws {
    // A port that was free a moment ago may be another test's by now.
    let clock = ContinuousClock()
    let start = clock.now
    let error = try await syncError("http://\(host):1")
    #expect(error == .unreachable(reason: "nothing listens at its address"))
    #expect(start.duration(to: clock.now) < .seconds(60))
    #expect(error?.isTransient == true)
  }

  @Test("a name that nobody knows is unreachable")
  func unknownName() async throws {
    let error = try await syncError("http://no-such-host.invalid:8080")
    #expect(error == .unreachable(reason: "the name no-such-host.invalid is not known here"))
  }

  @Test("an answer that breaks off is cut, at whatever byte", .timeLimit(.minutes(2)))
  func cutAnywhere() async throws {
    let message = Gzip.compress(bytes("the answer of a server"))
    let whole =
      bytes(head("200 OK", "Content-Encoding: gzip", "Content-Length: \(message.count)")) + message
    for count in stride(from: 0, to: whole.count, by: 3) {
      try await StubbornServer.run(answering: "", body: Array(whole[..<count])) { server in
        let error = try await syncError(server.address)
        #expect(error == .cut, "cut after \(count) bytes")
      }
    }
    try await StubbornServer.run(answering: "", body: whole) { server in
      let error = try await syncError(server.address)
      #expect(error == nil, "the whole answer")
    }
  }

  @Test("an answer without a length that breaks off is cut, when chunked or compressed")
  func cutWithoutLength() async throws {
    let message = Gzip.compress(bytes("the answer of a server"))
    let half = Array(message.dropLast(5))
    try await StubbornServer.run(
      answering: head("200 OK", "Content-Encoding: gzip", "Connection: close"), body: half
    ) { server in
      let error = try await syncError(server.address)
      #expect(error == .cut)
    }
    try await StubbornServer.run(
      answering: head("200 OK", "Transfer-Encoding: chunked") + "5\r\nhello\r\n"
    ) { server in
      let error = try await syncError(server.address)
      #expect(error == .cut)
    }
  }

  @Test("a reset in the middle of an answer is cut")
  func reset() async throws {
    try await StubbornServer.run(
      answering: head("200 OK", "Content-Length: 1000"), body: [1, 2, 3], end: .reset
    ) { server in
      let error = try await syncError(server.address, body: [UInt8](repeating: 1, count: 1_000))
      #expect(error == .cut)
    }
  }

  @Test("a server that falls silent is timed out, before its head or within its body")
  func silence() async throws {
    var limits = TransportLimits()
    limits.silence = .milliseconds(200)
    for answer in ["", head("200 OK", "Content-Length: 1000")] {
      try await StubbornServer.run(answering: answer, end: .silence) { server in
        let error = try await syncError(server.address, limits: limits)
        #expect(error == .timedOut)
      }
    }
  }

  @Test("a server that sends a byte now and then is timed out, however long it would go on")
  func drip() async throws {
    var limits = TransportLimits()
    limits.answerTime = .milliseconds(300)
    let answer = head("200 OK", "Content-Length: 100000")
    try await StubbornServer.run(answering: answer, end: .drip) { server in
      let error = try await syncError(server.address, limits: limits)
      #expect(error == .timedOut)
    }
  }

  @Test("the sentence of a refusal is not waited for: the refusal counts without it")
  func drippingSentence() async throws {
    var limits = TransportLimits()
    limits.answerTime = .milliseconds(300)
    limits.exchangeTime = .seconds(20)
    let answer =
      "HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nContent-Length: 1000\r\n\r\n"
    try await StubbornServer.run(answering: answer, end: .drip) { server in
      let error = try await syncError(server.address, limits: limits)
      guard case .revoked? = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
  }

  @Test("the whole exchange has a bound")
  func exchangeTime() async throws {
    var limits = TransportLimits()
    limits.exchangeTime = .milliseconds(200)
    try await StubbornServer.run(answering: "", end: .silence) { server in
      let error = try await syncError(server.address, limits: limits)
      #expect(error == .timedOut)
    }
  }

  @Test("a login page, a redirect and other strangers are no Kaai server")
  func strangers() async throws {
    let page = "<html>Log in</html>"
    let answers = [
      "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: \(page.count)\r\n\r\n\(page)",
      "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
      head("200 OK", "Content-Encoding: br", "Content-Length: 0"),
      head("200 OK", "Content-Encoding: gzip", "Content-Length: 4") + "nope",
    ]
    for answer in answers {
      try await StubbornServer.run(answering: answer) { server in
        let error = try await syncError(server.address)
        guard case .badAnswer = error else {
          Issue.record("\(answer): \(String(describing: error))")
          return
        }
      }
    }
  }

  @Test("what does not speak HTTP gives an error, not a message")
  func noHTTP() async throws {
    try await StubbornServer.run(answering: "SSH-2.0-OpenSSH_9.2\r\n", waits: false) { server in
      let error = try await syncError(server.address)
      #expect(error != nil)
    }
  }

  @Test("an answer that inflates beyond the limit is refused")
  func bomb() async throws {
    var limits = TransportLimits()
    limits.inflatedByteCount = 1_000_000
    let bomb = Bomb.gzip(zeroByteCount: 50 << 20)
    try await StubbornServer.run(
      answering: head("200 OK", "Content-Encoding: gzip", "Content-Length: \(bomb.count)"),
      body: bomb
    ) { server in
      let expected = TransportError.badAnswer(reason: "its answer is longer than 1000000 bytes")
      let error = try await syncError(server.address, limits: limits)
      #expect(error == expected)
    }
  }

  @Test("an answer without end is refused")
  func endless() async throws {
    var limits = TransportLimits()
    limits.answerByteCount = 100_000
    let long = [UInt8](repeating: 0, count: 1_000_000)
    try await StubbornServer.run(answering: head("200 OK", "Connection: close"), body: long) {
      server in
      let error = try await syncError(server.address, limits: limits)
      guard case .badAnswer = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
  }

  @Test("a sentence from a server is cut to a bound and made safe")
  func hostileSentence() async throws {
    let text = "\u{1b}[31m" + String(repeating: "x", count: 100_000)
    let answer = """
      HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r
      Content-Length: \(text.utf8.count)\r\n\r\n\(text)
      """
    try await StubbornServer.run(answering: answer) { server in
      guard case .refused(400, let sentence, _) = try await syncError(server.address) else {
        Issue.record("another error")
        return
      }
      #expect(sentence.hasPrefix("?[31mxxx"))
      #expect(sentence.utf8.count <= 2_000)
    }
  }

  @Test("a proxy that cannot reach the server means unreachable", arguments: [502, 503, 504])
  func proxy(status: Int) async throws {
    let answer = "HTTP/1.1 \(status) X\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n"
    try await StubbornServer.run(answering: answer) { server in
      let error = try await syncError(server.address)
      #expect(error == .unreachable(reason: "it answers with status \(status)"))
    }
  }

  @Test("every error is a sentence")
  func sentences() {
    let errors: [TransportError] = [
      .unreachable(reason: "no network"), .timedOut, .cut,
      .refused(status: 400, sentence: "Damaged."), .revoked(sentence: "Enrol again."),
      .tooOld(sentence: "Update."), .badAnswer(reason: "a login page"),
    ]
    for error in errors { #expect(error.description.hasSuffix("."), "\(error)") }
  }
}
