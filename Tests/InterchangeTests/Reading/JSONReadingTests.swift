import Protocol
import Testing

@testable import Interchange

@Suite("JSON from elsewhere")
struct JSONReadingTests {
  @Test("lines are values, with their numbers; empty ones are left out")
  func lines() throws {
    let file = try JSONLines(Array("{\"a\":[1,true,null,\"x\"]}\n\n  \r\n2.5\n".utf8))
    #expect(file.entries.map(\.line) == [1, 4])
    #expect(
      file.entries[0].value
        == .object(["a": .array([.number(1), .bool(true), .null, .string("x")])]))
    #expect(file.entries[1].value.number == 2.5)
  }

  @Test("a line that is no JSON is an error with its number")
  func fault() {
    #expect(throws: ReadingError(line: 2, .notJSON)) {
      try JSONLines(Array("1\n{\"a\":}\n".utf8))
    }
  }

  @Test("depth, lines and files have bounds")
  func bounds() {
    var limits = ReadingLimits()
    limits.jsonDepth = 4
    limits.recordBytes = 16
    #expect(throws: ReadingError(line: 1, .jsonTooDeep(4))) {
      try JSONLines(Array("[[[[[]]]]]".utf8), limits: limits)
    }
    #expect(throws: ReadingError(line: 1, .recordTooLarge(bytes: 16))) {
      try JSONLines(Array("\"aaaaaaaaaaaaaaaaaaaaa\"".utf8), limits: limits)
    }
    #expect(throws: Never.self) { try JSONLines(Array("\"[[[[[[[[\"".utf8), limits: limits) }
    limits.fileBytes = 3
    #expect(throws: ReadingError.self) { try JSONLines(Array("1234".utf8), limits: limits) }
  }

  @Test("features keep their lines and their points, longitude first")
  func features() throws {
    let text = """
      {"type":"FeatureCollection","features":[
      {"geometry":{"type":"Point","coordinates":[3.7,51.0]},"properties":{"n":"{"}},
      {"type":"Feature","geometry":{"type":"Point","coordinates":[51.0,351.0]},
       "properties":null},
      {"type":"Feature","geometry":null}]}
      """
    let features = try GeoFeatures(Array(text.utf8)).features
    #expect(features.map(\.line) == [2, 3, 5])
    #expect(features[0].point == .init(longitude: 3.7, latitude: 51.0))
    #expect(features[0].properties["n"]?.text == "{")
    #expect(features[1].point == nil && features[2].point == nil)
    #expect(throws: ReadingError(line: 0, .notFeatures)) { try GeoFeatures(Array("{}".utf8)) }
  }
}
