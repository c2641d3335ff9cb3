import Foundation
import Testing

/// What people and files give wrong: a plain sentence with the remedy on standard error, nothing on
/// standard output, the right code, and the data as it was.
@Suite("What kaai refuses", .serialized, .timeLimit(.minutes(10)))
struct ClientInputTests {
  struct Case: CustomStringConvertible, Sendable {
    let arguments: [String]
    let status: Int32
    /// What the sentence must name.
    let says: [String]
    var description: String { arguments.joined(separator: " ") }

    init(_ arguments: [String], _ status: Int32, _ says: String...) {
      self.arguments = arguments
      self.status = status
      self.says = says
    }
  }

  static let usage = [
    Case(["edit", "Sirris", "colour=red"], 2, "colour", "website"),
    Case(["edit", "Sirris", "website=not an address"], 2, "website", "https://"),
    Case(["edit", "Sirris", "cbeNumber=0123.456.789"], 2, "cbeNumber", "for example"),
    Case(["edit", "Sirris", "founded=2026-13-40"], 2, "founded", "such as"),
    Case(["edit", "Sirris", "kind=castle"], 2, "castle", "start_up"),
    Case(["edit", "Sirris", "hub=NOWHERE"], 2, "NOWHERE"),
    Case(["edit", "Sirris", "name="], 2, "name"),
    Case(["edit", "Sirris", "website"], 2, "field=value"),
    Case(["edit", "Sirris", "sectors=digital"], 2, "set-add"),
    Case(["edit", "Sirris"], 2),
    Case(["edit", "Sirris", "website=https://a.example", "website=https://b.example"], 2, "twice"),
    Case(["add", "castle", "name=x"], 2, "castle", "organisation"),
    Case(["add", "organisation", "name=x"], 2, "kind"),
    Case(["set-add", "Sirris", "website", "digital"], 2, "website"),
    Case(["set-add", "Sirris", "sectors", "magic"], 2, "magic", "digital"),
    Case(["count", "Sirris", "website", "3"], 2, "website"),
    Case(["count", "Sirris", "website", "three"], 2),
    Case(["list", "castle"], 2, "castle"),
    Case(["list", "organisation", "--where", "colour=red"], 2, "colour"),
    Case(["list", "organisation", "--sort", "colour"], 2, "colour"),
    Case(["list", "organisation", "--limit", "-3"], 2),
    Case(["import", "x.csv", "--as", "magic"], 2, "magic", "sample-hubs"),
    Case(["sync", "--sideways"], 2, "sideways"),
    Case(["fly"], 2, "fly"),
    Case(["status", "--lang", "fr"], 2, "fr"),
    Case(["status", "--lang"], 2, "nl or en"),
    Case(["enrol", "ftp://127.0.0.1", "AAAA-BBBB-CCCC"], 2, "http"),
    Case(["edit", "Nobody Inc", "website=https://a.example"], 1, "Nobody Inc"),
    Case(["show", "0000000000000"], 1),
    Case(["resolve", "Sirris.name", "--keep"], 1),
    Case(["import", "/nowhere/x.csv", "--as", "sample-hubs"], 1, "/nowhere/x.csv"),
  ]

  @Test("usage errors and unknown things: a sentence, its code, nothing changed")
  func commandLines() async throws {
    let city = try await City()
    let a = try await city.laptop("Anke")
    try await a.tell("edit", "Sirris", "website=https://pending.example")
    for one in Self.usage {
      try await a.expectRefused(one.arguments, status: one.status, says: one.says)
    }
    try await city.expectAgreement()
  }

  @Test("a bad line of a CSV file is told with its number; the good lines are kept")
  func badLine() async throws {
    let city = try await City()
    let a = try await city.laptop("Anke")
    let file = a.folder.path("hubs.csv")
    let header = "key,name,kind,cbe_number,website\n"
    try (header + "one,Bedrijf Een,start_up,,\ntwo,,startup,,\nthree,Bedrijf Drie,castle,,\n").write(
      toFile: file, atomically: true, encoding: .utf8)
    let ending = try await a.run(["import", file, "--as", "sample-organisations", "--json"])
    #expect(ending.status == 0, "\(ending.errors)")
    let report = try JSON(ending.output)
    #expect(report["created"].int == 1)
    let lines = report["findings"].items.compactMap { $0["line"].int }
    #expect(lines.contains(3) && lines.contains(4), "\(ending.output)")
    try await city.expectAgreement()
  }

  @Test("a file that is no CSV at all is refused whole")
  func noCSV() async throws {
    let city = try await City()
    let a = try await city.laptop("Anke")
    let file = a.folder.path("broken.csv")
    for (text, says) in [
      ("", ""), ("colour,size\nred,3\n", "column"),
      ("key,name,kind\none,\"never closed,startup\n", ""),
    ] {
      try text.write(toFile: file, atomically: true, encoding: .utf8)
      try await a.expectRefused(
        ["import", file, "--as", "sample-organisations"], status: 1, says: [says])
    }
  }

  @Test("a folder that is not enrolled says how to enrol, whatever is asked of it")
  func notEnrolled() async throws {
    let a = try Laptop("Anke")
    for command in [
      ["sync"], ["status"], ["dump"], ["add", "organisation", "name=x", "kind=start_up"],
      ["conflicts"], ["import", "-", "--as", "sample"],
    ] {
      let ending = try await a.run(command)
      #expect(ending.status == 1, "\(command)")
      #expect(ending.output.isEmpty, "\(command)")
      #expect(ending.errors.contains("kaai enrol"), "\(command): \(ending.errors)")
    }
  }

  @Test("a folder is enrolled once")
  func enrolledTwice() async throws {
    let city = try await City()
    let a = try await city.laptop("Anke")
    let code = try await city.code("Bram")
    try await a.expectRefused(["enrol", city.link.address, code], status: 1, says: ["--data"])
    // The code was not used up by that.
    let b = try Laptop("Bram")
    try await b.tell("enrol", city.link.address, code)
  }
}

extension Laptop {
  /// A command that must be refused with one sentence and change nothing.
  func expectRefused(
    _ arguments: [String], status: Int32, says: [String] = [],
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let before = try await dump()
    let pending = try await tell("outbox").items.count
    let ending = try await run(arguments)
    #expect(
      ending.status == status && !ending.isKilled, "\(arguments): \(ending.errors)",
      sourceLocation: sourceLocation)
    #expect(ending.output.isEmpty, "\(arguments): \(ending.output)", sourceLocation: sourceLocation)
    #expect(!ending.errors.isEmpty, "\(arguments)", sourceLocation: sourceLocation)
    for word in says where !word.isEmpty {
      #expect(
        ending.errors.contains(word), "\(arguments): \(ending.errors)",
        sourceLocation: sourceLocation)
    }
    #expect(try await dump() == before, "\(arguments)", sourceLocation: sourceLocation)
    #expect(
      try await tell("outbox").items.count == pending, "\(arguments)",
      sourceLocation: sourceLocation)
  }
}
