import CityModel
import Foundation
import Protocol
import Testing

/// Value lists and stage moves against the domain's own files.
@Suite(.enabled(if: DomainFiles.areThere, DomainFiles.missing))
struct ListsFileTests {
  @Test("every value list has the codes and labels of the domain, in its order")
  func lists() throws {
    let file = try DomainFiles.json("enums.json", as: [String: [[String: String]]].self)
    #expect(file.count == 23)
    for (name, entries) in file {
      let list = try #require(CityModel.model.list(named: name))
      #expect(list.entries.map(\.code) == entries.map { $0["code"] }, "\(name)")
      #expect(list.entries.map(\.label.nl) == entries.map { $0["nl"] }, "\(name)")
      #expect(list.entries.map(\.label.en) == entries.map { $0["en"] }, "\(name)")
    }
  }

  @Test("every stage has the moves of the domain, and only codes of its list")
  func stages() throws {
    let stages = try Transitions.stages()
    #expect(stages.count == 7)
    var declared: Set<String> = []
    for entity in CityModel.model.entities {
      for field in entity.fields {
        guard case .stage(let moves) = field.kind, case .enumeration(let name) = field.type else {
          continue
        }
        declared.insert(name)
        let expected = try #require(stages[name])
        #expect(Set(moves.allowed) == Set(expected.allowed), "\(name)")
        #expect(moves.forward == expected.forward, "\(name)")
        let codes = Set(CityModel.model.list(named: name)?.entries.map(\.code) ?? [])
        #expect(codes.isSuperset(of: (moves.allowed + moves.forward).flatMap { [$0.from, $0.to] }))
      }
    }
    #expect(declared == Set(stages.keys))
  }
}

/// The stage moves of the domain's file.
enum Transitions {
  static func stages() throws -> [String: StageMoves] {
    let file = try DomainFiles.json("transitions.json", as: [String: [String: Any]].self)
    return try file.mapValues { keys in
      let moves = try #require(keys["moves"] as? [String: [String]])
      let forward = try #require(keys["forward"] as? [[String]])
      return StageMoves(
        allowed: moves.flatMap { from, targets in targets.map { StageMoves.Move(from, $0) } }
          .sorted { ($0.from, $0.to) < ($1.from, $1.to) },
        forward: forward.map { StageMoves.Move($0[0], $0[1]) })
    }
  }
}
