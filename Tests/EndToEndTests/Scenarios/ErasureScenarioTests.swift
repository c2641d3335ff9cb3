import Foundation
import Testing

@Suite("Words erased from a text", .timeLimit(.minutes(5)))
struct ErasureScenarioTests {
  private let number = "+32 477 12 34 56"

  /// The files below a folder that hold the number.
  private func holders(_ folder: String) throws -> [String] {
    let files = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    return try files.filter { name in
      var isFolder: ObjCBool = false
      FileManager.default.fileExists(atPath: "\(folder)/\(name)", isDirectory: &isFolder)
      return try !isFolder.boolValue
        && Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))
          .range(of: Data(number.utf8)) != nil
    }
  }

  @Test("erase takes them from the server's files and, at the next sync, from every laptop's")
  func everywhere() async throws {
    let city = try await City()
    let (a, b) = (try await city.laptop("Anke"), try await city.laptop("Bram"))
    try await a.tell("edit", "Sirris", "notes=Call Mia at \(number).\nQuay 3 is free.")
    for laptop in [a, b] { try await laptop.sync() }
    try await b.tell("edit", "Sirris", "notes=Call Mia at \(number).\nQuay 3 and 4 are free.")
    for folder in [city.server.data, a.data, b.data] { #expect(try holders(folder) != []) }

    let erased = try await city.server.command(
      "erase", "Sirris", "notes", " at \(number)", "--json")
    #expect(erased.status == 0, "\(erased.errors)")
    let report = try JSON(erased.output)
    #expect(report["places"].int == 1)
    #expect(report["transactions"].int == 1)
    #expect(try holders(city.server.data) == [])
    for laptop in [b, a, b] { try await laptop.sync() }
    for laptop in [a, b] {
      #expect(try holders(laptop.data) == [], "\(laptop.person)")
      let notes = try await laptop.fields("Sirris")["notes"].text
      #expect(notes == "Call Mia.\nQuay 3 and 4 are free.")
      let history = try await laptop.run(["history", "Sirris", "--lang", "en"]).output
      #expect(history.contains("erased for good"), "\(history)")
      #expect(history.contains("Anke"))
      #expect(!history.contains("Quay 3 and 4"), "\(history)")
      // Bram's words came after it, and are told.
      let edits = try await laptop.tell("history", "Sirris", "--user", "Anke").items
        .flatMap { $0["changes"].items }
      #expect(!edits.isEmpty && edits.allSatisfy { $0["erased"].bool == true })
      #expect(edits.allSatisfy { $0["value"].text == nil && $0["diff"].items.isEmpty })
      let authors = try await laptop.tell("authors", "Sirris", "notes").items
      #expect(authors.first?["user"].text == nil, "nobody knows any more who wrote it")
    }
    try await city.expectAgreement()
  }

  @Test("erase says what it cannot do, and changes nothing")
  func refusals() async throws {
    let city = try await City()
    let before = try await city.server.command("dump").output
    for (words, expected) in [
      (["Sirris", "name", "x"], "is no text"), (["Nowhere", "notes", "x"], "no record"),
      (["Sirris", "nothing", "x"], "no field"),
    ] {
      let ending = try await Program.server.run(
        ["erase"] + words + ["--json", "--lang", "en", "--data", city.server.data])
      #expect(ending.status != 0)
      #expect(ending.output == "{}\n")
      #expect(ending.errors.contains(expected), "\(ending.errors)")
    }
    #expect(try await city.server.command("dump").output == before)
  }
}
