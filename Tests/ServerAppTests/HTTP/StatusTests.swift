import NIOHTTP1
import Protocol
import ServerApp
import Testing

@Suite("What the server answers")
struct StatusTests {
  /// Each refusal has a type, one line, and a full stop: a sentence.
  func expectSentence(
    _ answer: Exchange.Answer, _ status: Int, location: SourceLocation = #_sourceLocation
  ) {
    #expect(answer.status == status, "\(answer.text)", sourceLocation: location)
    #expect(
      answer.header("Content-Type") == "text/plain; charset=utf-8", sourceLocation: location)
    #expect(answer.text.hasSuffix(".\n"), "\(answer.text)", sourceLocation: location)
    #expect(answer.text.split(separator: "\n").count == 1, sourceLocation: location)
  }

  @Test("a message goes to the core with its token, and the core's answer comes back")
  func message() async throws {
    let endpoint = TestEndpoint(answer: { token, body in bytes("\(token): ") + body })
    try await TestServer.run(endpoint) { server in
      let answer = try await Exchange(body: Gzip.compress(bytes("hello"))).send(to: server)
      #expect(answer.status == 200)
      #expect(answer.header("Content-Type") == HTTPForm.mediaType)
      #expect(answer.header("Cache-Control") == "no-store")
      #expect(try answer.message == bytes("token-1: hello"))
    }
  }

  @Test("enrolment needs no token")
  func enrolment() async throws {
    try await TestServer.run { server in
      let answer = try await Exchange(
        path: HTTPForm.enrolPath, authorization: nil, body: Gzip.compress(bytes("code"))
      ).send(to: server)
      #expect(try answer.message == bytes("enrolled code"))
    }
  }

  @Test(
    "each error of the core has its status and carries its sentence",
    arguments: [
      (EndpointError.malformed("The message is damaged; send it again."), 400),
      (.unauthorised("The token is unknown; enrol again."), 401),
      (.forbidden("This device was revoked; ask an admin."), 403),
      (.conflict("The device is a copy; enrol it anew."), 409),
      (.tooLarge("The batch is too long; send fewer."), 413),
      (.protocolTooOld("Version 1 is no longer spoken; update the program."), 426),
      (.unavailable("A backup is being restored; try again later."), 503),
    ])
  func coreErrors(error: EndpointError, status: Int) async throws {
    let endpoint = TestEndpoint(
      answer: { _, _ throws(EndpointError) in throw error },
      enrolment: { _ throws(EndpointError) in throw error })
    try await TestServer.run(endpoint) { server in
      for path in [HTTPForm.syncPath, HTTPForm.enrolPath] {
        let answer = try await Exchange(path: path, body: Gzip.compress([1])).send(to: server)
        expectSentence(answer, status)
        #expect("\(error)".contains(answer.text.dropLast()))
      }
    }
  }

  @Test("the cause of an internal failure never reaches the client")
  func internalFailure() async throws {
    let endpoint = TestEndpoint(answer: { _, _ throws(EndpointError) in
      throw .internalFailure("disk I/O error in /var/lib/secret")
    })
    try await TestServer.run(endpoint) { server in
      let answer = try await Exchange(body: Gzip.compress([1])).send(to: server)
      expectSentence(answer, 500)
      #expect(!answer.text.contains("secret") && !answer.text.contains("disk"))
    }
  }

  @Test(
    "a request without a usable token is 401 and never reaches the core",
    arguments: [
      nil, "", "Bearer", "Bearer ", "Basic dXNlcjpwYXNz", "token-1", "Bearer two words",
      "Bearer " + String(repeating: "x", count: 257),
    ])
  func noToken(authorization: String?) async throws {
    let endpoint = TestEndpoint(answer: { _, _ throws(EndpointError) in
      throw .internalFailure("the core was asked")
    })
    try await TestServer.run(endpoint) { server in
      let answer = try await Exchange(
        authorization: authorization, body: Gzip.compress([1])
      ).send(to: server)
      expectSentence(answer, 401)
      #expect(answer.header("WWW-Authenticate") == "Bearer")
    }
  }

  @Test(
    "a wrong content type is 415",
    arguments: [nil, "", "application/json", "text/plain", "application/vnd.kaai.sync2", "*/*"])
  func wrongType(type: String?) async throws {
    try await TestServer.run { server in
      let answer = try await Exchange(type: type, body: Gzip.compress([1])).send(to: server)
      expectSentence(answer, 415)
      #expect(answer.text.contains(HTTPForm.mediaType))
    }
  }

  @Test("the content type may be in capitals and have parameters")
  func typeSpelling() async throws {
    try await TestServer.run { server in
      let type = "Application/vnd.Kaai.sync ; charset=binary"
      let answer = try await Exchange(type: type, body: Gzip.compress([1])).send(to: server)
      #expect(answer.status == 200)
    }
  }

  @Test(
    "a wrong content encoding is 415 and names the right ones",
    arguments: ["br", "deflate", "zstd", "gzip, gzip", "gzip,identity", "x"])
  func wrongCoding(encoding: String) async throws {
    try await TestServer.run { server in
      let answer = try await Exchange(encoding: encoding, body: [1]).send(to: server)
      expectSentence(answer, 415)
      #expect(answer.header("Accept-Encoding") == "gzip, identity")
    }
  }

  @Test("an unknown path is 404", arguments: ["/", "/v1", "/v1/sync/", "/v2/sync", "/v1/Sync"])
  func unknownPath(path: String) async throws {
    try await TestServer.run { server in
      let answer = try await Exchange(path: path, body: Gzip.compress([1])).send(to: server)
      expectSentence(answer, 404)
    }
  }

  @Test(
    "a wrong method is 405 and names the right one",
    arguments: [
      (HTTPMethod.GET, HTTPForm.syncPath, "POST"), (.PUT, HTTPForm.syncPath, "POST"),
      (.GET, HTTPForm.enrolPath, "POST"), (.POST, HTTPForm.livePath, "GET, HEAD"),
      (.DELETE, HTTPForm.readyPath, "GET, HEAD"),
    ])
  func wrongMethod(method: HTTPMethod, path: String, allowed: String) async throws {
    try await TestServer.run { server in
      let answer = try await Exchange(method: method, path: path).send(to: server)
      expectSentence(answer, 405)
      #expect(answer.header("Allow") == allowed)
    }
  }

  @Test("health tells living from ready", arguments: [true, false])
  func health(ready: Bool) async throws {
    try await TestServer.run(TestEndpoint(ready: ready)) { server in
      let live = try await Exchange(method: .GET, path: HTTPForm.livePath).send(to: server)
      expectSentence(live, 200)
      let state = try await Exchange(method: .GET, path: HTTPForm.readyPath).send(to: server)
      expectSentence(state, ready ? 200 : 503)
    }
  }

  @Test("HEAD is answered like GET, without the body")
  func head() async throws {
    try await TestServer.run { server in
      let get = try await Exchange(method: .GET, path: HTTPForm.livePath).send(to: server)
      let head = try await Exchange(method: .HEAD, path: HTTPForm.livePath).send(to: server)
      #expect(head.status == 200)
      #expect(head.bytes.isEmpty)
      #expect(head.header("Content-Length") == String(get.bytes.count))
    }
  }
}
