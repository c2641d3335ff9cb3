import Foundation
import Testing
import Transport

/// A `kaai` with a data directory of its own, run as a person or a script would run it.
struct ContractDevice {
  static let program = Program(name: "kaai")
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  var data: String { folder.path("data") }

  func run(_ arguments: String...) async throws -> Program.Ending {
    try await Self.program.run(arguments + ["--data", data])
  }

  /// With an environment of its own, for what prints little.
  func run(_ arguments: [String], environment: [String: String]) async throws -> (Int32, String) {
    let said = try TemporaryFolder()
    let process = try ChildProcess(
      Self.program.url.path, arguments + ["--data", data], environment: environment,
      output: said.path("out"), errors: said.path("err"))
    try await eventually(within: .seconds(240)) { !process.isRunning }
    return (process.terminationStatus, try said.text("out"))
  }

  /// What a command printed for machines; it must end well.
  func tell(_ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation) async throws
    -> Any
  {
    try await tell(arguments, sourceLocation: sourceLocation)
  }

  func tell(_ arguments: [String], sourceLocation: SourceLocation = #_sourceLocation) async throws
    -> Any
  {
    let ending = try await Self.program.run(arguments + ["--data", data, "--json"])
    #expect(ending.status == 0, "\(ending.errors)", sourceLocation: sourceLocation)
    return try JSONSerialization.jsonObject(
      with: Data(ending.output.utf8), options: .fragmentsAllowed)
  }

  func add(_ arguments: String...) async throws -> String {
    let ending = try await Self.program.run(["add"] + arguments + ["--data", data])
    #expect(ending.status == 0, "\(ending.errors)")
    return ending.lines.first ?? ""
  }

  func number(_ name: String) async throws -> Int? {
    (try await tell("status") as? [String: Any])?[name] as? Int
  }

  func fields(_ record: String) async throws -> [String: Any] {
    (try await tell("show", record) as? [String: Any])?["fields"] as? [String: Any] ?? [:]
  }
}

/// A serving server with the sample, and devices on it.
struct ContractCity {
  let server: TestServer
  let address: String

  init() async throws {
    server = try await TestServer()
    #expect(try await server.command("import", "-", "--as", "sample").status == 0)
    let transport = try await server.serve()
    address = transport.server.description
    await transport.close()
  }

  func device(_ user: String, role: String = "editor", spaces: String = "*") async throws
    -> ContractDevice
  {
    let device = try ContractDevice()
    let code = try await server.code(user: user, role: role, spaces: spaces)
    #expect(try await device.run("enrol", address, code, "--name", "Laptop \(user)").status == 0)
    #expect(try await device.run("sync").status == 0)
    return device
  }
}
