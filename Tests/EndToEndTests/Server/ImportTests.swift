import Foundation
import Testing

@Suite("Imports into the server", .timeLimit(.minutes(10)))
struct ImportTests {
  private static let conferences = SharedFile("data/conferences/conferences-all.ndjson.gz")
  private static let centres = SharedFile("data/geo/bedrijvencentra-gent.geojson")

  @Test("a file that is not there, is a folder, or is no table is told, and nothing is written")
  func badFiles() async throws {
    let server = try await TestServer()
    let broken = server.folder.path("hubs.csv")
    try Data("code;name\n\"WINTER;x\n".utf8).write(to: URL(fileURLWithPath: broken))
    for (file, word) in [
      (server.folder.path("nothing.csv"), "cannot be read"), (server.data, "cannot be read"),
      (broken, "ine "),
    ] {
      let ending = try await server.command("import", file, "--as", "sample-hubs")
      #expect(ending.status == 1, "\(file): \(ending.errors)")
      #expect(ending.errors.contains(word), "\(file): \(ending.errors)")
    }
    #expect(try await server.command("dump").output.isEmpty)
  }

  @Test(
    "the city's business centres come in once; those of the sample are recognised",
    .enabled(if: centres.exists, SharedFile.missing))
  func businessCentres() async throws {
    let server = try await TestServer()
    try await server.command("import", "-", "--as", "sample")
    let path = Self.centres.path
    let first = try await server.command(
      "import", path, "--as", "gent-business-centres", "--json")
    #expect(first.status == 0)
    #expect(first.output.contains("\"read\":47"))
    let second = try await server.command(
      "import", path, "--as", "gent-business-centres", "--json")
    #expect(second.output.contains("\"created\":0"))
    #expect(try await server.command("verify").status == 0)
  }

  @Test(
    "6,831 conferences become 6,007 events in transactions of at most 1,000",
    .enabled(if: conferences.exists, SharedFile.missing))
  func manyEvents() async throws {
    let server = try await TestServer()
    let ending = try await server.command(
      "import", Self.conferences.path, "--as", "conferences", "--json")
    #expect(ending.status == 0)
    #expect(ending.output.contains("\"read\":6831,\"created\":6007"))
    #expect(ending.output.contains("\"transactions\":7"))
    #expect(try await server.command("export", "event", "--format", "jsonl").lines.count == 6_007)
  }
}

/// A file beside the project that only some machines have.
struct SharedFile: Sendable {
  static let missing: Comment = "skipped: ../shared is not beside the project"
  let path: String

  init(_ name: String) {
    path =
      URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "shared").appending(path: name).path
  }

  var exists: Bool { FileManager.default.isReadableFile(atPath: path) }
}
