import CSQLite
import Foundation
import Protocol
import Transport

/// A `kaai-server` with a data directory of its own, and what a device says to it.
final class TestServer {
  let folder: TemporaryFolder
  private var process: Process?
  private var log: TemporaryFolder?

  enum Failure: Error {
    case notListening(String)
    case ended(String)
    case database(String)
  }

  /// With `isReady`, `init` was run.
  init(isReady: Bool = true) async throws {
    folder = try TemporaryFolder()
    if isReady { try await command("init") }
  }

  deinit {
    // A test that failed half way must leave no process behind.
    if let process, process.isRunning { kill(process.processIdentifier, SIGKILL) }
  }

  var data: String { folder.path("data") }
  var isRunning: Bool { process?.isRunning ?? false }

  @discardableResult
  func command(_ arguments: String...) async throws -> Program.Ending {
    try await Program.server.run(arguments + ["--data", data])
  }

  /// Starts `serve` on a free port and waits until it says where.
  func serve() async throws -> HTTPTransport { HTTPTransport(server: try await start()) }

  /// The same without a connection to it.
  func start(environment: [String: String] = [:], fileLimit: Int? = nil) async throws -> ServerURL {
    let log = try TemporaryFolder()
    let process = try Program.server.start(
      ["serve", "--listen", "127.0.0.1:0", "--data", data], environment: environment,
      fileLimit: fileLimit, in: log)
    self.process = process
    self.log = log
    let deadline = ContinuousClock.now + .seconds(120)
    while ContinuousClock.now < deadline {
      let line = try log.text("out")
      if line.hasSuffix("\n"), let word = line.split(whereSeparator: \.isWhitespace).last {
        return try ServerURL(String(word))
      }
      guard process.isRunning else { throw Failure.ended(try log.text("err")) }
      try await Task.sleep(for: .milliseconds(20))
    }
    throw Failure.notListening(try log.text("err"))
  }

  /// What the serving process has logged.
  func logged() throws -> String { try log?.text("err") ?? "" }

  /// Sends SIGTERM and waits for the end.
  ///
  /// - Returns: the exit status and how long it took.
  func stop() async throws -> (status: Int32, time: Duration) {
    guard let process else { throw Failure.ended("nothing serves") }
    let start = ContinuousClock.now
    kill(process.processIdentifier, SIGTERM)
    while process.isRunning {
      guard start.duration(to: .now) < .seconds(20) else {
        kill(process.processIdentifier, SIGKILL)
        throw Failure.notListening("it did not stop")
      }
      try await Task.sleep(for: .milliseconds(10))
    }
    return (process.terminationStatus, start.duration(to: .now))
  }

  /// Changes the database behind the program's back, as a fault or another version would.
  func sql(_ statement: String) throws {
    var database: OpaquePointer?
    defer { sqlite3_close(database) }
    guard sqlite3_open(data + "/server.sqlite", &database) == SQLITE_OK,
      sqlite3_exec(database, statement, nil, nil, nil) == SQLITE_OK
    else { throw Failure.database(String(cString: sqlite3_errmsg(database))) }
  }

  /// A user with all rights and a code for their device.
  func code(user: String = "An", role: String = "admin", spaces: String = "*") async throws
    -> String
  {
    try await command("user", "add", user, "--role", role, "--spaces", spaces)
    return try await command("device", "code", user).lines.first ?? ""
  }
}

extension HTTPTransport {
  func enrol(_ code: String, name: String = "Laptop") async throws -> EnrolResponse {
    let request = EnrolRequest(code: code, deviceName: name, modelName: "gent-economy")
    return try EnrolResponse(
      encoded: try await post(path: HTTPForm.enrolPath, token: nil, body: request.encoded),
      limits: .standard)
  }

  /// The first request of a replica that has nothing.
  func sync(token: String) async throws -> SyncResponse {
    let request = SyncRequest(
      modelName: "gent-economy", modelVersion: 1, cursor: [],
      clockMilliseconds: Int64(Date().timeIntervalSince1970 * 1_000), lastSequence: 0,
      lastChain: .zero, jumps: [], confirmedSequence: 0, pageBytes: 1 << 20, wantsAll: false,
      grantVersion: 0, batch: [])
    return try SyncResponse(
      encoded: try await post(path: HTTPForm.syncPath, token: token, body: request.encoded),
      limits: .standard)
  }
}
