import Foundation
import Protocol
import Testing

@Suite("Golden messages")
struct GoldenTests {
  static let recordVariable = "KAAI_RECORD_GOLDEN"

  @Test(
    "files that are missing are recorded",
    .enabled(
      if: ProcessInfo.processInfo.environment[recordVariable] != nil,
      "recording is asked for by the variable KAAI_RECORD_GOLDEN"))
  func record() throws { try GoldenFile.recordMissing() }

  @Test("the code writes the bytes that it always wrote", arguments: GoldenFile.allCases)
  func sameBytes(_ file: GoldenFile) throws {
    #expect(try file.made == file.bytes())
  }

  @Test("the bytes mean what they always meant", arguments: GoldenFile.allCases)
  func sameMeaning(_ file: GoldenFile) throws {
    #expect(try file.describe(file.bytes()) + "\n" == file.description())
  }

  @Test("what was decoded encodes to the same bytes", arguments: GoldenFile.allCases)
  func oneEncoding(_ file: GoldenFile) throws {
    let bytes = try file.bytes()
    #expect(try file.encodedAgain(bytes) == bytes)
  }

  @Test("the hash of a cell never changes")
  func cells() throws {
    let recorded = try Data(contentsOf: GoldenFile.folder.appending(path: "cells.json"))
    #expect(GoldenCells.text + "\n" == String(decoding: recorded, as: UTF8.self))
  }

  @Test("every truncation gives a typed error or a message", arguments: GoldenFile.allCases)
  func truncations(_ file: GoldenFile) throws {
    let bytes = try file.bytes()
    var refused = 0
    for length in 0..<bytes.count {
      do throws(DecodeError) {
        try file.read(Array(bytes[..<length]))
      } catch {
        refused += 1
      }
    }
    // A message may end where a part ends: all parts but the first few may be absent.
    #expect(refused >= bytes.count - 16)
  }

  @Test("every change of one byte gives a typed error or a message", arguments: GoldenFile.allCases)
  func mutations(_ file: GoldenFile) async throws {
    let bytes = try file.bytes()
    var changed = bytes
    var refused = 0
    for index in bytes.indices {
      // Long work: the other tests get their turn.
      await Task.yield()
      for value in Self.changes(of: bytes[index]) {
        changed[index] = value
        do throws(DecodeError) {
          try file.read(changed)
        } catch {
          refused += 1
        }
      }
      changed[index] = bytes[index]
    }
    #expect(refused > bytes.count)
  }

  /// Each bit turned, the neighbours, the ends: what moves a tag, a length, a count or a value.
  private static func changes(of byte: UInt8) -> [UInt8] {
    let turned = (0..<8).map { byte ^ (1 << UInt8($0)) }
    return Set(turned + [byte &+ 1, byte &- 1, 0, 0x7F, 0x80, 0xFF]).subtracting([byte]).sorted()
  }

  @Test("bytes after the end of a message are an error", arguments: GoldenFile.allCases)
  func trailing(_ file: GoldenFile) throws {
    #expect(throws: DecodeError.self) { try file.describe(try file.bytes() + [0]) }
  }

  @Test("an unknown part is skipped, an unknown critical one asks for an update")
  func unknownParts() throws {
    let bytes = try GoldenFile.requestFull.bytes()
    var optional = ByteWriter()
    optional.part(40, critical: false, [1, 2, 3])
    let description = try GoldenFile.requestFull.describe(bytes + optional.bytes)
    #expect(try description == GoldenFile.requestFull.describe(bytes))
    var critical = ByteWriter()
    critical.part(40, [1, 2, 3])
    #expect(throws: DecodeError.unknownCritical(tag: 40)) {
      try GoldenFile.requestFull.describe(bytes + critical.bytes)
    }
  }

  @Test("an index into a table that is empty is an error")
  func emptyTables() {
    // A run of site 0, though there is no site; a reference likewise.
    for part: UInt64 in [5, 27] {
      var writer = ByteWriter()
      writer.part(part, [1] + [UInt8](repeating: 0, count: 40))
      var request = GoldenRequests.first
      request.batch = writer.bytes
      #expect(throws: DecodeError.self) { try MessageDescription.text(request) }
    }
  }

  @Test(
    "a second program reads the same out of the bytes, by FORMAT.md alone",
    .enabled(if: Python.path != nil, "skipped: python3 is not installed"))
  func secondDecoder() throws {
    let python = try #require(Python.path)
    let ending = try Python.run(
      python,
      [GoldenFile.tools.appending(path: "decode.py").path, GoldenFile.folder.path])
    #expect(ending.status == 0, "\(ending.output)")
    #expect(ending.output.contains("\(GoldenFile.allCases.count + 1) golden files agree"))
  }
}

/// The interpreter of the second decoder.
enum Python {
  static let path: String? = {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin").split(separator: ":")
    return folders.map { "\($0)/python3" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }()

  static func run(_ path: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
  }
}
