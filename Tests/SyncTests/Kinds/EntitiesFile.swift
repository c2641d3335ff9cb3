import Foundation
import Testing

/// The domain's file of entities, which only some machines have beside the project.
enum EntitiesFile {
  static let missing: Comment = "skipped: ../shared/domain/model is not beside the project"

  private static let file = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "shared/domain/model/entities.json")

  static let isThere = FileManager.default.isReadableFile(atPath: file.path)

  struct Field {
    /// As in the file: `SettlementCase`.
    let entity: String
    let name: String
    let type: String
    let kind: String
    var path: String { "\(entity).\(name)" }
    /// The kind of what is sealed is that of its values.
    var word: String { kind.hasPrefix("enc(") ? String(kind.dropFirst(4).dropLast()) : kind }
    /// `SettlementCase` is `settlement-case` in the declaration.
    var declaredEntity: String { EntitiesFile.declared(entity) }
  }

  static func declared(_ entity: String) -> String {
    entity.enumerated().map { index, letter in
      letter.isUppercase && index > 0 ? "-\(letter.lowercased())" : letter.lowercased()
    }.joined()
  }

  /// Every field of every entity, the common ones in each.
  static func fields() throws -> [Field] {
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
    let common = try #require(json["common"] as? [[String: String]])
    let entities = try #require(json["entities"] as? [String: [String: Any]])
    return try entities.flatMap { name, entity in
      (common + (try #require(entity["fields"] as? [[String: String]]))).map {
        Field(
          entity: name, name: $0["name"] ?? "", type: $0["type"] ?? "", kind: $0["crdt"] ?? "")
      }
    }
  }
}
