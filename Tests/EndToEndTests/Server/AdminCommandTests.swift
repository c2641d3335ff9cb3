import Foundation
import Testing

@Suite("The commands of kaai-server", .timeLimit(.minutes(10)))
struct AdminCommandTests {
  @Test("init makes the data for its owner alone, and never a second time")
  func initialise() async throws {
    let server = try await TestServer(isReady: false)
    #expect(try await server.command("init").status == 0)
    let folder = try FileManager.default.attributesOfItem(atPath: server.data)
    #expect(folder[.posixPermissions] as? Int == 0o700)
    let file = try FileManager.default.attributesOfItem(atPath: server.data + "/server.sqlite")
    #expect(file[.posixPermissions] as? Int == 0o600)
    let before = try Data(contentsOf: URL(fileURLWithPath: server.data + "/server.sqlite"))

    let second = try await server.command("init")
    #expect(second.status == 1)
    #expect(second.errors.contains("already"))
    let after = try Data(contentsOf: URL(fileURLWithPath: server.data + "/server.sqlite"))
    #expect(before == after)
  }

  @Test("without data there is a sentence that names init; without --data one that names it")
  func missingData() async throws {
    let server = try await TestServer(isReady: false)
    let missing = try await server.command("verify")
    #expect(missing.status == 1)
    #expect(missing.errors.contains("kaai-server init"))
    let untold = try await Program.server.run(["verify"])
    #expect(untold.status == 2)
    #expect(untold.errors.contains("--data"))
  }

  @Test("a command line that cannot be meant ends with 2 and changes nothing")
  func usage() async throws {
    let server = try await TestServer()
    for arguments in [
      ["fly"], ["user", "add", "An", "--role", "boss", "--spaces", "*"],
      ["user", "add", "An", "--role", "admin", "--spaces", ","], ["user", "add", "An"],
      ["serve", "--listen", "8080"], ["serve", "--compression", "11"],
      ["export", "submarine", "--format", "csv"], ["export", "hub", "--format", "xml"],
      ["import", "-", "--as", "nothing"], ["verify", "--lang", "fr"],
    ] {
      let ending = try await Program.server.run(arguments + ["--data", server.data])
      #expect(ending.status == 2, "\(arguments): \(ending.errors)")
      #expect(ending.output.isEmpty)
      #expect(!ending.errors.isEmpty)
    }
    #expect(try await server.command("user", "list", "--json").output == "[]\n")
  }

  @Test("users are added once, with spaces that exist, and get a record")
  func users() async throws {
    let server = try await TestServer()
    let added = try await server.command(
      "user", "add", "An Peeters", "--role", "editor", "--spaces", "gent")
    #expect(added.status == 0)
    let twice = try await server.command(
      "user", "add", "An Peeters", "--role", "admin", "--spaces", "*")
    #expect(twice.status == 1)
    #expect(twice.errors.contains("An Peeters"))
    let nowhere = try await server.command(
      "user", "add", "Bo", "--role", "editor", "--spaces", "gent,ATLANTIS")
    #expect(nowhere.status == 1)
    #expect(nowhere.errors.contains("ATLANTIS"))

    let staff = try await server.command("export", "staff", "--format", "jsonl")
    #expect(staff.lines.count == 1)
    #expect(staff.output.contains("\"displayName\":\"An Peeters\""))
    #expect(staff.output.contains("\"role\":\"account_manager\""))
  }

  @Test("a person's record follows their role and their end")
  func record() async throws {
    let server = try await TestServer()
    try await server.command("user", "add", "An", "--role", "editor", "--spaces", "gent")
    #expect(try await server.command("user", "role", "An", "reader").status == 0)
    #expect(try await server.command("user", "spaces", "An", "*").status == 0)
    #expect(try await server.command("user", "disable", "An").status == 0)
    let list = try await server.command("user", "list", "--json").output
    #expect(list.contains("\"role\":\"reader\",\"spaces\":[\"*\"],\"active\":false"))
    let staff = try await server.command("export", "staff", "--format", "jsonl").output
    #expect(staff.contains("\"role\":\"reader\""))
    #expect(staff.contains("\"active\":false"))
    #expect(try await server.command("device", "code", "An").status == 1)
    #expect(try await server.command("user", "disable", "Bo").status == 1)
    #expect(try await server.command("verify").status == 0)
  }

  @Test("device code prints the code alone; when it expires stands on standard error")
  func code() async throws {
    let server = try await TestServer()
    try await server.command("user", "add", "An", "--role", "admin", "--spaces", "*")
    let ending = try await server.command("device", "code", "An")
    #expect(ending.status == 0)
    #expect(ending.output.wholeMatch(of: /[A-Z0-9-]{8,}\n/) != nil)
    #expect(ending.errors.contains("T") && ending.errors.contains("Z"))
    #expect(try await server.command("device", "code", "Bo").status == 1)
  }

  @Test("--json and --data are taken anywhere; one JSON value comes out")
  func options() async throws {
    let server = try await TestServer()
    let first = try await Program.server.run(["--json", "--data", server.data, "verify"])
    let last = try await Program.server.run(["verify", "--data=\(server.data)", "--json"])
    #expect(first.status == 0)
    #expect(first.output == last.output)
    let value = try JSONSerialization.jsonObject(with: Data(first.output.utf8)) as? [String: Any]
    #expect((value?["digest"] as? String)?.count == 16)
    #expect((value?["problems"] as? [Any])?.isEmpty == true)
    for command in [["device", "list"], ["quarantine", "list"]] {
      let list = try await Program.server.run(command + ["--json", "--data", server.data])
      #expect(list.output == "[]\n")
    }
  }

  @Test("an unknown refused transaction is told, with the list to look at")
  func quarantine() async throws {
    let server = try await TestServer()
    let ending = try await server.command("quarantine", "show", "1:1")
    #expect(ending.status == 1)
    #expect(ending.errors.contains("quarantine list"))
  }

  @Test("the project's own sample comes in once, in a transaction that verify and dump agree on")
  func sample() async throws {
    let server = try await TestServer()
    let dry = try await server.command("import", "-", "--as", "sample", "--dry-run")
    #expect(dry.status == 0)
    #expect(try await server.command("dump").output.isEmpty)
    let first = try await server.command("import", "-", "--as", "sample", "--json")
    #expect(first.status == 0)
    #expect(first.output.contains("\"transactions\":1"))
    let dump = try await server.command("dump")
    #expect(dump.lines.count > 20)
    let second = try await server.command("import", "-", "--as", "sample", "--json")
    #expect(second.output.contains("\"created\":0"))
    #expect(second.output.contains("\"transactions\":0"))
    #expect(try await server.command("dump").output == dump.output)
    #expect(try await server.command("verify").status == 0)
  }

  @Test("dump --user shows what the person may read and nothing else")
  func scope() async throws {
    let server = try await TestServer()
    try await server.command("import", "-", "--as", "sample")
    try await server.command("user", "add", "An", "--role", "editor", "--spaces", "*")
    try await server.command("user", "add", "Bo", "--role", "reader", "--spaces", "gent")
    let all = try await server.command("dump").lines
    let an = try await server.command("dump", "--user", "An").lines
    let bo = try await server.command("dump", "--user", "Bo").lines
    #expect(an == all)
    #expect(bo.count < all.count)
    #expect(bo.allSatisfy { all.contains($0) })
    #expect(!bo.contains { $0.contains("\"entity\":\"hub\"") })
    #expect(try await server.command("dump", "--user", "Cy").status == 1)
  }

  @Test("csv has one header, a row a record, and quotes what holds a comma")
  func csv() async throws {
    let server = try await TestServer()
    try await server.command(
      "user", "add", "Peeters, An \"AP\"", "--role", "admin", "--spaces", "*")
    let csv = try await server.command("export", "staff", "--format", "csv").output
    let lines = csv.split(separator: "\r\n")
    #expect(lines.count == 2)
    #expect(lines.first?.hasPrefix("id,createdAt,") == true)
    #expect(lines.last?.contains("\"Peeters, An \"\"AP\"\"\"") == true)
  }

  @Test("verify finds a value that was changed around the engine")
  func damage() async throws {
    let server = try await TestServer()
    try await server.command("user", "add", "An", "--role", "admin", "--spaces", "*")
    #expect(try await server.command("verify").status == 0)
    try server.sql("UPDATE _digest SET sum = sum + 1")
    let ending = try await server.command("verify")
    #expect(ending.status == 1)
    #expect(ending.errors.contains("digest"))
    #expect(ending.errors.contains("backup"))
  }

  @Test("a backup opens, says the same, and never overwrites a file")
  func backup() async throws {
    let server = try await TestServer()
    try await server.command("import", "-", "--as", "sample")
    let other = try await TestServer(isReady: false)
    try FileManager.default.createDirectory(
      atPath: other.data, withIntermediateDirectories: true)
    let file = other.data + "/server.sqlite"
    #expect(try await server.command("backup", file).status == 0)
    #expect(try await other.command("verify").status == 0)
    #expect(try await other.command("dump").output == server.command("dump").output)
    let nowhere = try await server.command("backup", "/nowhere/copy.sqlite")
    #expect(nowhere.status == 1)
    #expect(nowhere.errors.contains("/nowhere/copy.sqlite"), "\(nowhere.errors)")
    #expect(nowhere.errors.contains("rights"), "\(nowhere.errors)")
    let again = try await server.command("backup", file)
    #expect(again.status == 1)
    #expect(again.errors.contains("already"))
  }

  /// Commands that read, write and serve.
  private static let anyCommands = [
    ["verify"], ["dump"], ["device", "list"], ["user", "add", "Eva", "--role", "reader"],
    ["import", "-", "--as", "sample"], ["serve", "--listen", "127.0.0.1:0"],
  ]

  @Test(
    "data of a newer version, another program or another kind is refused and left alone",
    arguments: [
      ("PRAGMA user_version = 99", ["newer version (99", "update"]),
      (
        "UPDATE _meta SET value = 'other-city' WHERE key = 'model'",
        ["other-city", "another folder"]
      ),
      ("UPDATE _meta SET value = 'device' WHERE key = 'role'", ["device", "another folder"]),
      ("DROP TABLE _meta", ["another program", "backup"]), ("", ["backup"]),
    ])
  func otherData(change: String, says: [String]) async throws {
    let server = try await TestServer()
    let file = URL(fileURLWithPath: server.data + "/server.sqlite")
    if change.isEmpty {
      try Data(repeating: 0x5A, count: 5_000).write(to: file)
    } else {
      try server.sql(change)
    }
    let before = try Data(contentsOf: file)
    for command in Self.anyCommands {
      let spaces = command.first == "user" ? ["--spaces", "*"] : []
      let ending = try await Program.server.run(command + spaces + ["--data", server.data])
      #expect(ending.status == 1 && !ending.isKilled, "\(command): \(ending.errors)")
      #expect(ending.output.isEmpty, "\(command): \(ending.output)")
      for word in says { #expect(ending.errors.contains(word), "\(command): \(ending.errors)") }
    }
    #expect(try Data(contentsOf: file) == before)
  }
}
