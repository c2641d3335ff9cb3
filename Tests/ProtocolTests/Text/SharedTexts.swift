import Foundation
import Protocol
import Testing

/// Recorded texts beside the project, which only some machines have: a test that needs them is skipped
/// with this sentence where they are missing.
enum SharedTexts {
  static let missing: Comment = "skipped: ../shared/data/text is not beside the project"

  private static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "shared/data/text")

  static func has(_ name: String) -> Bool {
    FileManager.default.isReadableFile(atPath: folder.appending(path: name).path)
  }

  static func bytes(_ name: String) throws -> [UInt8] {
    let data = try Data(contentsOf: folder.appending(path: name))
    return try Gzip.decompress([UInt8](data), limit: 1 << 28)
  }

  static func object(_ name: String) throws -> Any {
    try JSONSerialization.jsonObject(with: Data(try bytes(name)))
  }
}

/// A history with the text that it must end in.
struct TextCase {
  let transactions: [Transaction]
  let end: String

  struct Transaction {
    let site: UInt32
    let sequence: Int
    /// Numbers of steps in the order of the case.
    let parents: [Int]
    let edits: [TextEdit]
  }

  /// - Parameter end: the name of the member with the result.
  init(_ json: Any, end name: String) throws {
    let members = try #require(json as? [String: Any])
    let transactions = try #require(members["txns"] as? [[String: Any]])
    end = try #require(members[name] as? String)
    let agents = Set(transactions.compactMap { $0["agent"] as? String }).sorted()
    self.transactions = try transactions.map { transaction in
      let agent = try #require(transaction["agent"] as? String)
      let site = try #require(agents.firstIndex(of: agent))
      return Transaction(
        site: UInt32(site + 1), sequence: try #require(transaction["seqStart"] as? Int),
        parents: try #require(transaction["parents"] as? [Int]),
        edits: try #require(transaction["ops"] as? [[Any]]).map { try Self.edit($0) })
    }
  }

  private static func edit(_ parts: [Any]) throws -> TextEdit {
    TextEdit(
      at: try #require(parts[0] as? Int), deleting: try #require(parts[1] as? Int),
      inserting: try #require(parts[2] as? String))
  }

  /// The cases of a file: one array, or a line each.
  static func all(_ name: String, end: String) throws -> [TextCase] {
    let bytes = try SharedTexts.bytes(name)
    if bytes.first == UInt8(ascii: "[") {
      let cases = try #require(
        try JSONSerialization.jsonObject(with: Data(bytes)) as? [Any])
      return try cases.map { try TextCase($0, end: end) }
    }
    return try bytes.split(separator: UInt8(ascii: "\n")).map { line in
      try TextCase(try JSONSerialization.jsonObject(with: Data(line)), end: end)
    }
  }

  /// The transactions as batches. Others build on steps in the middle of some, so backspaces are not
  /// joined.
  func batches() throws -> [TextBatch] {
    var ids: [TextID] = []
    return try transactions.map { transaction in
      var builder = TextBatchBuilder(joinsBackspaces: false)
      for edit in transaction.edits { builder.add(edit) }
      let batch = try #require(
        builder.batch(
          site: transaction.site, sequence: transaction.sequence,
          parents: .steps(transaction.parents.map { ids[$0] }.sorted())))
      ids += batch.sequences.map { TextID(site: transaction.site, sequence: $0) }
      return batch
    }
  }
}
