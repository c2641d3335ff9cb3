import Foundation
import Protocol
import Testing
import Transport

/// What reaches a serving process and is no message of a device: a status, one sentence with the
/// remedy, and the data as it was.
@Suite("Messages that are none", .timeLimit(.minutes(10)))
struct BadMessageTests {
  private static let type = "Content-Type: \(HTTPForm.mediaType)"

  /// What `curl` got: the status and the body, which must be one sentence.
  private func send(
    _ body: [UInt8], _ headers: [String], to server: ServerURL, path: String = HTTPForm.syncPath
  ) async throws -> (status: Int, sentence: String) {
    let folder = try TemporaryFolder()
    try Data(body).write(to: URL(fileURLWithPath: folder.path("body")))
    let arguments =
      ["--silent", "--max-time", "60", "--write-out", "\n%{http_code}", "--data-binary"]
      + ["@\(folder.path("body"))", "--header", "Expect:"]
      + headers.flatMap { ["--header", $0] } + ["\(server)\(path)"]
    let process = try ChildProcess(
      "/usr/bin/curl", arguments, environment: [:], output: folder.path("out"),
      errors: folder.path("err"))
    try await eventually(within: .seconds(60)) { !process.isRunning }
    let lines = try folder.text("out").split(separator: "\n")
    return (Int(lines.last ?? "") ?? 0, lines.dropLast().joined(separator: "\n"))
  }

  @Test("each is refused with its status and a sentence that says what to do; nothing is changed")
  func refused() async throws {
    let server = try await TestServer()
    let code = try await server.code()
    let transport = try await server.serve()
    defer { Task { await transport.close() } }
    let device = try await transport.enrol(code)
    let token = "Authorization: Bearer \(device.token)"
    let before = try await server.command("dump").output
    let devices = try await server.command("device", "list", "--json").output
    let zeros = [UInt8](repeating: 0, count: 64 << 20)
    let cases: [(String, [UInt8], [String], Int, String)] = [
      ("an oversized body", Array(zeros.prefix(9 << 20)), [Self.type, token], 413, "fewer"),
      (
        "a decompression bomb", Gzip.compress(zeros, level: 9),
        [Self.type, token, "Content-Encoding: gzip"], 413, "fewer"
      ),
      (
        "gzip that is damaged", Array(Gzip.compress([1, 2, 3]).dropLast(3)),
        [Self.type, token, "Content-Encoding: gzip"], 400, "send them again"
      ),
      (
        "an unknown coding", [1], [Self.type, token, "Content-Encoding: br"], 415, "gzip"
      ),
      (
        "another content type", [1], ["Content-Type: application/json", token], 415,
        HTTPForm.mediaType
      ),
      ("no message", [0xFF, 0, 1], [Self.type, token], 400, "update"),
      ("an unknown version", [0x03, 0x01, 99], [Self.type, token], 426, "pdate"),
      ("no token", [1], [Self.type], 401, "Bearer"),
      (
        "a token of nobody", [1], [Self.type, "Authorization: Bearer AAAA"], 401, "enrol"
      ),
    ]
    for (name, body, headers, status, says) in cases {
      let answer = try await send(body, headers, to: transport.server)
      #expect(answer.status == status, "\(name): \(answer)")
      #expect(answer.sentence.contains(says), "\(name): \(answer)")
      #expect(answer.sentence.count > 20 && answer.sentence.hasSuffix("."), "\(name): \(answer)")
      #expect(!answer.sentence.contains("\n"), "\(name): \(answer)")
    }
    #expect(server.isRunning)
    #expect(try await server.command("dump").output == before)
    #expect(try await server.command("device", "list", "--json").output == devices)
    #expect(try await server.command("verify").status == 0)
    #expect(try await transport.sync(token: device.token).status == .ok)
    _ = try await server.stop()
  }
}
