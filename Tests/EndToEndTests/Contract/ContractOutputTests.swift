import Foundation
import Testing

@Suite("What the client prints")
struct ContractOutputTests {
  static let commands = [
    "enrol", "sync", "status", "add", "edit", "set-add", "set-remove", "count", "move", "delete",
    "show", "list", "search", "history", "conflicts", "resolve", "rejected", "outbox", "import",
    "dump",
    "verify",
  ]

  @Test("the help of every command has an example", arguments: commands)
  func help(command: String) async throws {
    let ending = try await ContractDevice.program.run([command, "--help"])
    #expect(ending.status == 0)
    #expect(
      ending.output.contains("kaai \(command)\n") || ending.output.contains("kaai \(command) "))
    #expect(ending.output.contains("Example"))
  }

  @Test("with --json a command that fails prints one value too")
  func failing() async throws {
    let device = try await ContractCity().device("An")
    for arguments in [["show", "nosuch"], ["edit", "TENT", "nosuch=1"], ["nosuch"]] {
      let ending = try await ContractDevice.program.run(
        arguments + ["--data", device.data, "--json"])
      #expect(ending.status == 1 || ending.status == 2)
      #expect(ending.output == "{}\n", "\(arguments)")
      #expect(!ending.errors.contains("Error:"), "\(ending.errors)")
    }
  }

  @Test("lists end with their last line, and what finds nothing says so")
  func lists() async throws {
    let device = try await ContractCity().device("An")
    let hubs = try await device.run("list", "hub", "--limit", "2")
    #expect(hubs.output.split(separator: "\n", omittingEmptySubsequences: false).count == 4)
    for arguments in [
      ["search", "nosuchwordanywhere"], ["list", "visit"], ["outbox"], ["rejected"], ["conflicts"],
    ] {
      let ending = try await ContractDevice.program.run(arguments + ["--data", device.data])
      #expect(ending.status == 0)
      #expect(ending.lines.count == 1, "\(arguments): \(ending.output)")
    }
  }

  @Test("people read times on the clock of Brussels, machines in UTC")
  func times() async throws {
    let device = try await ContractCity().device("An")
    #expect(try await device.run("edit", "TENT", "website=https://tent.example.be").status == 0)
    let people = try await device.run("history", "--limit", "1")
    #expect(people.lines.first?.contains("Z  ") == false, "\(people.output)")
    let machines = try await device.tell("history", "--limit", "1") as? [[String: Any]]
    #expect((machines?.first?["at"] as? String)?.hasSuffix("Z") == true)
  }
}
