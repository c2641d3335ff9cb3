import Foundation
import Protocol
import Testing
import Transport

@Suite("kaai-server serve", .timeLimit(.minutes(10)))
struct ServeTests {
  @Test("the address is the last thing on its line; SIGTERM ends it within seconds, with 0")
  func stop() async throws {
    let server = try await TestServer()
    let transport = try await server.serve()
    defer { Task { await transport.close() } }
    #expect("\(transport.server)".hasPrefix("http://127.0.0.1:"))
    let ending = try await server.stop()
    #expect(ending.status == 0)
    #expect(ending.time < .seconds(12))
  }

  @Test("a code enrols one device, once; a wrong and an expired one enrol none")
  func codes() async throws {
    let server = try await TestServer()
    let code = try await server.code()
    let late = try await server.command("device", "code", "An").lines.first ?? ""
    let transport = try await server.serve()
    defer { Task { await transport.close() } }

    await expectRevoked(saying: "unknown") { try await transport.enrol("AAAA-BBBB-CCCC") }
    let answer = try await transport.enrol(code.lowercased(), name: "Laptop A")
    #expect(answer.userName == "An")
    #expect(answer.token.count == 52)
    await expectRevoked(saying: "used") { try await transport.enrol(code) }
    try server.sql("UPDATE _code SET expires_at = 1000 WHERE used = 0")
    await expectRevoked(saying: "expired") { try await transport.enrol(late) }

    let devices = try await server.command("device", "list", "--json").output
    #expect(devices.contains("\"site\":\"\(answer.site)\",\"name\":\"Laptop A\",\"user\":\"An\""))
    _ = try await server.stop()
    #expect(try !server.logged().contains(answer.token))
    #expect(try !server.logged().contains(code))
  }

  @Test("a wrong token is refused; a revoked one on its next request, while serve runs")
  func tokens() async throws {
    let server = try await TestServer()
    let code = try await server.code()
    let transport = try await server.serve()
    defer { Task { await transport.close() } }
    let device = try await transport.enrol(code, name: "Laptop A")
    await expectRevoked(saying: "not known") {
      try await transport.sync(token: String(repeating: "A", count: 52))
    }
    let answer = try await transport.sync(token: device.token)
    #expect(answer.status == .ok)
    #expect(answer.userName == "An")
    #expect(!answer.page.isEmpty)

    let unknown = try await server.command("device", "revoke", "Laptop B")
    #expect(unknown.status == 1)
    #expect(try await server.command("device", "revoke", "Laptop A").status == 0)
    await expectRevoked(saying: "revoked") { try await transport.sync(token: device.token) }
    _ = try await server.stop()
  }

  @Test("who is disabled is refused on the next request of any device, until enabled again")
  func disabled() async throws {
    let server = try await TestServer()
    let code = try await server.code()
    let transport = try await server.serve()
    defer { Task { await transport.close() } }
    let device = try await transport.enrol(code)
    _ = try await transport.sync(token: device.token)
    #expect(try await server.command("user", "disable", "An").status == 0)
    await expectRevoked(saying: "disabled") { try await transport.sync(token: device.token) }
    #expect(try await server.command("user", "enable", "An").status == 0)
    #expect(try await transport.sync(token: device.token).status == .ok)
    _ = try await server.stop()
  }

  @Test("what other processes write while serve runs is in the next answer")
  func whileServing() async throws {
    let server = try await TestServer()
    let code = try await server.code()
    let transport = try await server.serve()
    defer { Task { await transport.close() } }
    let device = try await transport.enrol(code)
    let before = try await transport.sync(token: device.token)
    #expect(try await server.command("import", "-", "--as", "sample").status == 0)
    #expect(
      try await server.command("user", "add", "Bo", "--role", "reader", "--spaces", "gent").status
        == 0)
    let after = try await transport.sync(token: device.token)
    #expect(after.cursor.position == before.cursor.position + 2)
    #expect(after.page.count > before.page.count)
    #expect(try await server.command("verify").status == 0)
    let copy = server.folder.path("copy.sqlite")
    #expect(try await server.command("backup", copy).status == 0)
    _ = try await server.stop()
  }

  @Test("a line of the log is one JSON object in which each name stands once")
  func logLines() async throws {
    let server = try await TestServer()
    let code = try await server.code()
    let transport = try await server.serve()
    let answer = try await transport.enrol(code)
    _ = try await transport.sync(token: answer.token)
    await transport.close()
    _ = try await server.stop()
    let lines = try server.logged().split(separator: "\n")
    #expect(lines.contains { $0.contains("Answered.") })
    for line in lines {
      for name in ["time", "level", "message"] {
        #expect(line.split(separator: "\"\(name)\":").count == 2, "\(line)")
      }
    }
  }

  @Test("a log that cannot be written, as on a full disk, does not end the server")
  func fullLog() async throws {
    let server = try await TestServer()
    let folder = try TemporaryFolder()
    let process = try ChildProcess(
      Program.server.url.path, ["serve", "--listen", "127.0.0.1:0", "--data", server.data],
      environment: [:], output: folder.path("out"), errors: "/dev/full")
    defer { process.send(SIGKILL) }
    try await eventually {
      try folder.text("out").hasSuffix("\n") || !process.isRunning
    }
    let address = try #require(try folder.text("out").split(whereSeparator: \.isWhitespace).last)
    let transport = HTTPTransport(server: try ServerURL(String(address)))
    let answer = try await transport.enrol(try await server.code())
    #expect(answer.userName == "An")
    await transport.close()
    #expect(process.isRunning)
  }

  @Test("each start opens a new epoch, and positions go on")
  func epochs() async throws {
    let server = try await TestServer()
    let code = try await server.code()
    let first = try await server.serve()
    let device = try await first.enrol(code)
    let before = try await first.sync(token: device.token)
    await first.close()
    _ = try await server.stop()
    let second = try await server.serve()
    let after = try await second.sync(token: device.token)
    await second.close()
    #expect(after.cursor.epoch != before.cursor.epoch)
    #expect(after.cursor.position == before.cursor.position)
    #expect(after.digests == before.digests)
    _ = try await server.stop()
  }

  @Test("an address that is taken is told, with the remedy; who has it goes on in its epoch")
  func taken() async throws {
    let server = try await TestServer()
    let code = try await server.code()
    let transport = try await server.serve()
    defer { Task { await transport.close() } }
    let device = try await transport.enrol(code)
    let before = try await transport.sync(token: device.token)
    let address = "\(transport.server)".dropFirst("http://".count)
    let ending = try await server.command("serve", "--listen", String(address))
    #expect(ending.status == 1)
    #expect(ending.errors.contains("another port"))
    let after = try await transport.sync(token: device.token)
    #expect(after.cursor.epoch == before.cursor.epoch, "a start that failed opened an epoch")
    _ = try await server.stop()
  }

  @Test("bytes that are no message, another type and a body that is too large change nothing")
  func badBodies() async throws {
    let server = try await TestServer()
    let code = try await server.code()
    let transport = try await server.serve()
    defer { Task { await transport.close() } }
    let device = try await transport.enrol(code)
    await #expect(throws: TransportError.self) {
      try await transport.post(
        path: HTTPForm.syncPath, token: device.token, body: [0xFF, 0x00, 0x01])
    }
    // A version of the protocol that this server does not speak.
    await #expect {
      try await transport.post(
        path: HTTPForm.syncPath, token: device.token, body: [0x03, 0x01, 99])
    } throws: { error in
      if case TransportError.tooOld = error { true } else { false }
    }
    await #expect {
      try await transport.post(
        path: HTTPForm.syncPath, token: device.token, body: [UInt8](repeating: 0, count: 20 << 20))
    } throws: { error in
      if case TransportError.tooMuch = error { true } else { false }
    }
    #expect(try await transport.sync(token: device.token).status == .ok)
    _ = try await server.stop()
  }

  /// That a call is refused with 401 or 403 and this word.
  private func expectRevoked<Result>(
    saying word: String, _ body: () async throws -> Result
  ) async {
    await #expect {
      _ = try await body()
    } throws: { error in
      if case TransportError.revoked(let sentence, _) = error {
        sentence.contains(word)
      } else {
        false
      }
    }
  }
}
