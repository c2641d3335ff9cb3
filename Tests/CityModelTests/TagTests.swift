import CityModel
import Foundation
import Protocol
import Testing

/// `Golden/tags.txt` holds every tag that was ever given, a line each: entity tag, entity, field tag,
/// field, merge kind. Lines are added at the end. A line changes only when a field gets another
/// name, never in a number or a kind; a field that is gone keeps its line, marked `retired`.
@Suite struct TagTests {
  private static let file = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Golden/tags.txt")

  private func lines() throws -> [String] {
    let text = try String(contentsOf: Self.file, encoding: .utf8)
    return text.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") }
  }

  private func declared() -> [String] {
    CityModel.model.entities.sorted { $0.tag < $1.tag }.flatMap { entity in
      entity.fields.sorted { $0.tag < $1.tag }.map { field in
        "\(entity.tag) \(entity.name) \(field.tag) \(field.name) \(word(field.kind))"
      }
    }
  }

  @Test("a tag keeps its field and its merge kind for ever")
  func linesHold() throws {
    let declared = Set(declared())
    let lines = try lines()
    #expect(lines.count >= 440)
    for line in lines where !line.hasSuffix(" retired") {
      #expect(declared.contains(line), "\(line)")
    }
  }

  @Test("every tag that is given stands in the list of all tags")
  func listIsWhole() throws {
    let lines = Set(try lines())
    let missing = declared().filter { !lines.contains($0) }
    #expect(
      missing.isEmpty, "add to \(Self.file.lastPathComponent):\n\(missing.joined(separator: "\n"))")
  }

  @Test("a retired tag is not given again")
  func retired() throws {
    for line in try lines() where line.hasSuffix(" retired") {
      let words = line.split(separator: " ")
      let entity = try #require(UInt32(words[0]).flatMap { CityModel.model.entity(tag: $0) })
      #expect(entity.field(tag: try #require(UInt32(words[2]))) == nil, "\(line)")
    }
  }

  private func word(_ kind: MergeKind) -> String {
    switch kind {
    case .once: "once"
    case .register(let asks): asks ? "asking" : "quiet"
    case .ranked(let ranking): "ranked-\(ranking)"
    case .stage: "stage"
    case .set(let growOnly): growOnly ? "growing-set" : "set"
    case .counter(let growOnly): growOnly ? "growing-counter" : "counter"
    case .map(let inner): "map-of-\(word(inner))"
    case .text: "text"
    case .derived: "derived"
    }
  }
}
