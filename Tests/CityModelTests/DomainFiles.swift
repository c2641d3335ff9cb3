import Foundation
import Testing

/// The domain model as files beside the project, which only some machines have: a test that needs
/// one is skipped with this sentence where it is missing.
enum DomainFiles {
  static let missing: Comment = "skipped: ../shared/domain/model is not beside the project"

  private static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "shared/domain/model")

  static let areThere = FileManager.default.isReadableFile(
    atPath: folder.appending(path: "entities.json").path)

  static func json<Form>(_ name: String, as form: Form.Type) throws -> Form {
    let data = try Data(contentsOf: folder.appending(path: name))
    return try #require(try JSONSerialization.jsonObject(with: data) as? Form)
  }

  /// Every field of every entity in the file, the entities in the order of their tags.
  static func fields() throws -> [DomainField] {
    let file = try json("entities.json", as: [String: Any].self)
    let entities = try #require(file["entities"] as? [String: [String: Any]])
    return try entities.flatMap { name, entity in
      try #require(entity["fields"] as? [[String: String]]).enumerated().map {
        DomainField(entity: name, place: $0, keys: $1)
      }
    }
  }

  static func commonFields() throws -> [DomainField] {
    let file = try json("entities.json", as: [String: Any].self)
    return try #require(file["common"] as? [[String: String]]).enumerated().map {
      DomainField(entity: "common", place: $0, keys: $1)
    }
  }
}

/// One field as the domain's file describes it.
struct DomainField: Sendable, CustomTestStringConvertible {
  /// As in the file: `SettlementCase`.
  let entity: String
  let name: String
  let place: Int
  let type: String
  let kind: String
  let isRequired: Bool
  let rule: String
  let nl: String
  let en: String
  let personal: String

  init(entity: String, place: Int, keys: [String: String]) {
    self.entity = entity
    self.place = place
    name = keys["name"] ?? ""
    type = keys["type"] ?? ""
    kind = keys["crdt"] ?? ""
    isRequired = keys["req"] == "y"
    rule = keys["rule"] ?? ""
    nl = keys["nl"] ?? ""
    en = keys["en"] ?? ""
    personal = keys["pii"] ?? ""
  }

  var path: String { "\(entity).\(name)" }
  var testDescription: String { path }

  /// `SettlementCase` is `settlement-case` in the declaration.
  static func declaredName(_ entity: String) -> String {
    entity.enumerated().map { index, letter in
      letter.isUppercase && index > 0 ? "-\(letter.lowercased())" : letter.lowercased()
    }.joined()
  }
}
