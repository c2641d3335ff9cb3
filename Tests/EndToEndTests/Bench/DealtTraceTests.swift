import Foundation
import Testing

@Suite("A trace dealt over several devices", .timeLimit(.minutes(5)))
struct DealtTraceTests {
  @Test("every device and the server end where the trace and what each had seen say")
  func endsAsTheTraceSays() async throws {
    let trace = try SmallTrace(changesets: 160, seed: 5)
    let figures = try await trace.deal("--seed", "11")
    // What is kept and disputed comes of the dealing; the command itself compares it with what
    // devices show. Here it must be there at all.
    #expect(figures["records"] == trace.end.count + (figures[Self.kept] ?? 0))
    #expect(figures[Self.kept] ?? 0 > 0)
    #expect(figures["open conflicts"] ?? 0 > figures[Self.kept] ?? 0)
    #expect(figures["syncs for a record that was not there yet"] ?? 0 > 0)
  }

  @Test("the same seed is the same run, another seed another")
  func seeds() async throws {
    let trace = try SmallTrace(changesets: 80, seed: 6)
    let first = try await trace.deal("--seed", "1")
    let again = try await trace.deal("--seed", "1")
    let other = try await trace.deal("--seed", "2")
    let counted = ["syncs", "records", "open conflicts", Self.kept]
    #expect(counted.map { first[$0] } == counted.map { again[$0] })
    #expect(counted.map { first[$0] } != counted.map { other[$0] })
  }

  @Test("a list that is not the trace's end is told, with status 1")
  func wrongEnd() async throws {
    let trace = try SmallTrace(changesets: 40, seed: 7)
    try Data(trace.end.dropLast().joined(separator: "\n").utf8).write(to: trace.endFile)
    let ending = try await trace.run()
    #expect(ending.status == 1)
    #expect(ending.errors.contains("The end state is wrong"), "\(ending.errors)")
  }

  @Test("fewer than two devices are refused")
  func oneDevice() async throws {
    let ending = try await Program.bench.run(["trace", "--devices", "1"])
    #expect(ending.status != 0)
    #expect(ending.errors.contains("--devices"))
  }

  private static let kept = "records kept, since their deletion had not seen everything"
}

/// A short made-up trace in the form of the recorded one, with the list it ends in.
private struct SmallTrace {
  /// The final list, a line a record.
  let end: [String]
  private let folder: TemporaryFolder
  var endFile: URL { folder.url.appendingPathComponent("end.ndjson") }

  /// Few records, so that devices meet in them.
  init(changesets: Int, seed: UInt64) throws {
    folder = try TemporaryFolder()
    var state = seed
    func below(_ end: UInt64) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % end)
    }
    var records: [(id: String, fields: [String: String])] = []
    var lines: [String] = []
    for number in 0..<changesets {
      let operation: String
      if records.count < 12 {
        let (id, name) = ("c\(number)", "name \(number)")
        records.append((id, ["name": name]))
        operation = "[\"add\",\"\(id)\",{\"name\":\"\(name)\"}]"
      } else if below(5) == 0 {
        operation = "[\"del\",\"\(records.remove(at: below(UInt64(records.count))).id)\"]"
      } else {
        let index = below(UInt64(records.count))
        let field = ["city", "url", "country"][below(3)]
        let value = below(6) == 0 ? nil : "\(field) \(number)"
        records[index].fields[field] = value
        let id = records[index].id
        operation =
          value.map { "[\"set\",\"\(id)\",\"\(field)\",\"\($0)\"]" }
          ?? "[\"unset\",\"\(id)\",\"\(field)\"]"
      }
      lines.append("{\"n\":\(number),\"t\":\(number),\"ops\":[\(operation)]}")
    }
    end = records.map { record in
      let members = record.fields.sorted { $0.key < $1.key }
      return "{" + members.map { "\"\($0.key)\":\"\($0.value)\"" }.joined(separator: ",") + "}"
    }
    try Data(lines.joined(separator: "\n").utf8).write(
      to: folder.url.appendingPathComponent("trace.ndjson"))
    try Data(end.joined(separator: "\n").utf8).write(to: endFile)
  }

  func run(_ arguments: String...) async throws -> Program.Ending { try await run(arguments) }

  private func run(_ arguments: [String]) async throws -> Program.Ending {
    try await Program.bench.run(
      [
        "trace", folder.path("trace.ndjson"), "--end", endFile.path, "--devices", "4",
        "--offline", "30", "--json",
      ] + arguments, environment: ["TMPDIR": folder.path("")])
  }

  /// The counts by their units.
  func deal(_ arguments: String...) async throws -> [String: Int] {
    let ending = try await run(arguments)
    try #require(ending.status == 0, "\(ending.errors)")
    return Dictionary(
      uniqueKeysWithValues: try JSON(ending.output).items.compactMap { row in
        row["unit"].text.flatMap { unit in row["kaai"].int.map { (unit, $0) } }
      })
  }
}
