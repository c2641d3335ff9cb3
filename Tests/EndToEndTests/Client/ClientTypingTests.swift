import Foundation
import Testing

/// What is typed arrives as it was typed, or is refused; and what can be typed is told.
@Suite("What people type", .serialized, .timeLimit(.minutes(10)))
struct ClientTypingTests {
  @Test("a value that begins as a negative number does stays as it was typed, also in a sentence")
  func negativeValues() async throws {
    let city = try await City()
    let a = try await city.laptop("Anke")
    try await a.tell("set-add", "Sirris", "tags", "-5", "10\u{2212}12")
    let tags = try await a.fields("Sirris")["tags"].items.compactMap(\.text)
    #expect(tags == ["-5", "10\u{2212}12"])
    try await a.tell("set-remove", "Sirris", "tags", "-5")
    #expect(try await a.fields("Sirris")["tags"].items.compactMap(\.text) == ["10\u{2212}12"])
    try await a.expectRefused(["set-add", "Sirris", "themes", "-5"], status: 2, says: ["“-5”"])
    try await a.expectRefused(["list", "hub", "--limit", "-1"], status: 2, says: ["'-1'"])
    try await a.expectRefused(["show", "-5"], status: 1, says: ["“-5”"])
  }

  @Test("the value that settles a conflict stays as it was typed")
  func settledValue() async throws {
    let city = try await City()
    let (a, b) = (try await city.laptop("Anke"), try await city.laptop("Bram"))
    try await a.tell("edit", "Sirris", "name=Sirris A")
    try await b.tell("edit", "Sirris", "name=Sirris B")
    for laptop in [a, b, a] { try await laptop.sync() }
    // Every side with who, on which device and when.
    let people = try await a.run(["conflicts"]).output
    #expect(people.contains(/Sirris [AB] \(Anke, Anke, \w+ \d+ \w+ \d{4} \d\d:\d\d\)/), "\(people)")
    #expect(people.contains(/Sirris [AB] \(Bram, Bram, \w+ \d+ \w+ \d{4} \d\d:\d\d\)/), "\(people)")
    let conflict = try #require(try await a.tell("conflicts").items.first?["id"].text)
    let empty = try await a.run(["resolve", conflict, "--value", ""])
    #expect(empty.status == 2, "a required field is not settled as empty")
    try await a.tell("resolve", conflict, "--value", "Sirris 10\u{2212}12")
    let id = String(conflict.prefix(13))
    #expect(try await a.fields(id)["name"].text == "Sirris 10\u{2212}12")
    try await city.expectAgreement()
  }

  @Test("what is not UTF-8 is refused, not saved with another character in its place")
  func otherEncoding() async throws {
    let city = try await City()
    let a = try await city.laptop("Anke")
    let before = try await a.dump()
    let line = #"exec "$0" add organisation kind=sme name=$(printf 'Caf\xe9') --json --data "$1""#
    let process = try ChildProcess(
      "/bin/bash", ["-c", line, Program.client.url.path, a.data],
      environment: ["PATH": "/usr/bin:/bin"], output: a.folder.path("out"),
      errors: a.folder.path("err"))
    try await eventually(within: .seconds(60)) { !process.isRunning }
    #expect(process.terminationStatus == 2)
    #expect(try a.folder.text("out") == "{}\n")
    #expect(try a.folder.text("err").contains("UTF-8"))
    #expect(try await a.dump() == before)
  }

  @Test("with --json one value comes out, also where the options cannot be read")
  func oneValue() async throws {
    for program in [Program.client, Program.server] {
      let options = try await program.run(["verify", "--json", "--lang", "fr"])
      #expect(options.status == 2)
      #expect(options.output == "{}\n", "\(program.name): \(options.output)")
      let missing = try await program.run(["verify", "--json", "--data", "/nowhere"])
      #expect(missing.status == 1)
      #expect(missing.output == "{}\n", "\(program.name): \(missing.output)")
    }
  }

  @Test("an answer that cannot be written ends with 1 and a sentence; what was saved stays saved")
  func fullOutput() async throws {
    let city = try await City()
    let a = try await city.laptop("Anke")
    for arguments in [["list", "hub"], ["dump"], ["add", "organisation", "name=Vol", "kind=sme"]] {
      let process = try ChildProcess(
        Program.client.url.path, arguments + ["--data", a.data], environment: [:],
        output: "/dev/full", errors: a.folder.path("err"))
      try await eventually { !process.isRunning }
      #expect(process.terminationStatus == 1 && !process.isKilled, "\(arguments)")
      #expect(try a.folder.text("err").contains("cannot be written"), "\(arguments)")
    }
    #expect(try await a.fields("Vol")["kind"].text == "sme")
    try await city.expectAgreement()
  }

  @Test("with closed standard streams nothing of what is said gets into a file or a connection")
  func closedStreams() async throws {
    let city = try await City()
    let a = try await city.laptop("Anke")
    for command in ["status", "sync", "edit Sirris website=https://closed.example", "sync"] {
      let process = try ChildProcess(
        "/bin/bash",
        [
          "-c", "exec \"$0\" \(command) --data \"$1\" <&- >&- 2>&-", Program.client.url.path,
          a.data,
        ],
        environment: [:], output: a.folder.path("out"), errors: a.folder.path("err"))
      try await eventually { !process.isRunning }
      #expect(process.terminationStatus == 0 && !process.isKilled, "\(command)")
    }
    #expect(try await a.fields("Sirris")["website"].text == "https://closed.example")
    try await a.expectSound()
    try await city.expectAgreement()
  }

  @Test("the fields of an entity are listed with what each takes, in the person's language")
  func entityHelp() async throws {
    for arguments in [["add", "hub", "--help"], ["help", "add", "hub"], ["list", "hub", "-h"]] {
      let help = try await Program.client.run(arguments)
      #expect(help.status == 0, "\(arguments): \(help.errors)")
      #expect(help.output.contains("  code *"), "\(help.output)")
      #expect(help.output.contains("code=TLG-ARDOYEN"))
      #expect(help.output.contains("one of hub, "))
      #expect(help.output.contains("no more than the area"))
      #expect(!help.output.contains("createdBy"))
    }
    // What the declaration fills in need not be given.
    let event = try await Program.client.run(["add", "event", "--help"]).output
    #expect(event.contains("  title *") && !event.contains("  status *"), "\(event)")
    let dutch = try await Program.client.run(["add", "hub", "--help", "--lang", "nl"])
    #expect(dutch.output.contains("niet meer dan de oppervlakte"))
    #expect(try await Program.client.run(["add", "--help"]).output.contains("kaai add hub --help"))
  }

  @Test("a device's name that is too long or no line is refused before the code is used")
  func deviceName() async throws {
    let city = try await City()
    let code = try await city.code("Anke")
    let a = try Laptop("Anke")
    for name in [String(repeating: "n", count: 121), "a\u{1B}[31mb", "a\nb", "a\u{202E}b"] {
      let ending = try await a.run(["enrol", city.link.address, code, "--name", name])
      #expect(ending.status == 2, "\(ending.errors)")
      #expect(ending.errors.contains("--name"), "\(ending.errors)")
    }
    try await a.tell("enrol", city.link.address, code, "--name", String(repeating: "é", count: 120))
    try await a.sync()
  }

  @Test("https to a server without TLS is told without the words of a library")
  func noTLS() async throws {
    let city = try await City()
    let address = city.link.address.replacing("http://", with: "https://")
    let ending = try await Laptop("Anke").run(["enrol", address, "AAAA-BBBB-CCCC"])
    #expect(ending.status == 3)
    #expect(ending.errors.contains("begins with https"), "\(ending.errors)")
    #expect(!ending.errors.contains(".cc:"), "\(ending.errors)")
  }

  @Test("a text that begins with @ is typed with two")
  func atSign() async throws {
    let city = try await City()
    let a = try await city.laptop("Anke")
    try await a.tell("edit", "Sirris", "notes=@@Bram: bel terug")
    #expect(try await a.fields("Sirris")["notes"].text == "@Bram: bel terug")
  }

  @Test("search finds no more than its limit, over all entities together")
  func searchLimit() async throws {
    let city = try await City()
    let a = try await city.laptop("Anke")
    #expect(try await a.tell("search", "gent").items.count > 3)
    for limit in 0...3 {
      let found = try await a.tell("search", "gent", "--limit", String(limit)).items.count
      #expect(found == limit)
    }
  }

  @Test("a record's history shows of an import only that record, and the server as its writer")
  func historyOfOne() async throws {
    let city = try await City()
    let a = try await city.laptop("Anke")
    try await a.tell("edit", "STARTIT", "website=https://start.example")
    let entries = try await a.tell("history", "STARTIT").items
    #expect(entries.count == 2)
    let imported = try #require(entries.last)
    #expect(imported["user"].text == "server")
    let records = Set(imported["changes"].items.compactMap { $0["record"].text })
    let id = try #require(try await a.tell("show", "STARTIT")["id"].text)
    #expect(records == [id])
    #expect(try await a.tell("history").items.last?["changes"].items.count ?? 0 > 100)
    let people = try await a.run(["history"])
    #expect(people.output.count < 20_000)
  }
}
