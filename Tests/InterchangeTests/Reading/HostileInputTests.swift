import Protocol
import Testing

@testable import Interchange

/// The same numbers for the same seed (SplitMix64), so that a failure can be run again.
struct SeededNumbers: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

@Suite("Hostile input")
struct HostileInputTests {
  private func mutated(_ text: String, seed: UInt64) -> [UInt8] {
    var numbers = SeededNumbers(seed: seed)
    var bytes = Array(text.utf8)
    for _ in 0..<Int.random(in: 1...6, using: &numbers) {
      let place = Int.random(in: 0..<bytes.count, using: &numbers)
      switch Int.random(in: 0..<3, using: &numbers) {
      case 0: bytes[place] = UInt8.random(in: 0...255, using: &numbers)
      case 1: bytes.remove(at: place)
      default: bytes.insert(contentsOf: [0x22, 0x0D, 0x7B, 0xFF], at: place)
      }
    }
    return bytes
  }

  @Test("a damaged file is read or refused with a typed error, never worse", arguments: 0..<300)
  func files(seed: Int) {
    let table = "a;b;c\r\n\"1\n2\";é;3\r\n4;5;\"6\"\"\"\r\n"
    let lines = "{\"a\":[1,{\"b\":\"\\u00e9\"}]}\n[true,null,-1e3]\n"
    let features = """
      {"type":"FeatureCollection","features":[{"geometry":{"type":"Point",\
      "coordinates":[3.7,51.0]},"properties":{"n":1}}]}
      """
    let readers: [([UInt8]) throws -> Void] = [
      { _ = try CSVTable(CSVReader($0)) }, { _ = try JSONLines($0) }, { _ = try GeoFeatures($0) },
    ]
    for (reader, text) in zip(readers, [table, lines, features]) {
      do {
        try reader(mutated(text, seed: UInt64(seed)))
      } catch let error as ReadingError {
        #expect(!error.sentence.nl.isEmpty, "seed \(seed)")
      } catch {
        Issue.record("seed \(seed): \(error)")
      }
    }
  }

  @Test("a damaged assignment is read or refused with a sentence", arguments: 0..<300)
  func assignments(seed: Int) {
    let texts = [
      "rounds[seed].amount=12.50", "period.start=2026-10-25T02:30+01:00", "tags=a,b\\,c",
      "position=51.048,3.728", "owner=0207.451.227", "built=2026-10-20", "price=-1234.56",
    ]
    for text in texts {
      let damaged = String(decoding: mutated(text, seed: UInt64(seed)), as: UTF8.self)
      do {
        _ = try TestModel.parser(.adding).parse(damaged)
      } catch let error as FieldError {
        #expect(!error.sentence.en.unicodeScalars.contains("\u{1B}"), "seed \(seed)")
      } catch {
        Issue.record("seed \(seed): \(error)")
      }
    }
  }

  @Test("a compressed file is inflated within its bound, and damage is told")
  func compressed() throws {
    var limits = ReadingLimits()
    limits.fileBytes = 1_000
    let packed = Gzip.compress([UInt8](repeating: 0x61, count: 1_000))
    #expect(try InputFile.unpacked(packed, limits: limits).count == 1_000)
    let bomb = Gzip.compress([UInt8](repeating: 0x61, count: 1_000_000))
    #expect(throws: ReadingError(line: 0, .fileTooLarge(bytes: 1_000))) {
      try InputFile.unpacked(bomb, limits: limits)
    }
    #expect(throws: ReadingError(line: 0, .notCompressed)) {
      try InputFile.unpacked(Array(packed.dropLast(3)), limits: limits)
    }
    #expect(throws: ReadingError.self) {
      try InputFile.unpacked([UInt8](repeating: 0x61, count: 1_001), limits: limits)
    }
  }
}
