import CityModel
import Foundation
import Protocol
import Testing

@testable import Storage

/// The databases that the programs of earlier formats left, made once, read for ever
/// (`Golden/databases/README.md` tells what is in them).
struct GoldenDatabases: CustomTestStringConvertible {
  let format: Int

  static let all = (1...4).map(GoldenDatabases.init)
  static let older = all.filter { $0.format < Schema.format }

  var testDescription: String { "format \(format)" }

  /// Texts were registers that ask.
  var hasTextConflict: Bool { format < 3 }

  private static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Golden/databases")

  var folder: URL { Self.folder.appending(path: "format-\(format)") }

  /// A moment after the last of them was made.
  static let wall: Int64 = 1_795_700_000_000

  /// The two files, copied to a folder of their own.
  func copy() throws -> URL {
    let target = FileManager.default.temporaryDirectory
      .appendingPathComponent("kaai-test-\(UUID().uuidString)")
    try FileManager.default.copyItem(at: folder, to: target)
    return target
  }

  func world() throws -> World {
    try World(opening: try copy(), model: CityModel.model, wall: Self.wall)
  }
}

/// What is in the files, by the names that people gave.
enum GoldenCity {
  static let organisation: Tag = 2
  static let event: Tag = 4
  static let siteReport: Tag = 15
  static let visit: Tag = 16
  static let followUp: Tag = 42

  /// The fields of a record by their names, as any SQLite tool shows them.
  static func fields(_ entity: Tag, _ title: String, in engine: Engine) throws
    -> [String: FieldValue]
  {
    guard let declared = engine.model.entity(tag: entity) else { return [:] }
    var found: [String: FieldValue] = [:]
    try engine.forEachRecord(entity) { record in
      let name = declared.title.flatMap(declared.field(named:)).flatMap { record.fields[$0.tag] }
      guard name == .scalar(.text(title)) else { return true }
      for (tag, value) in record.fields {
        if let field = declared.field(tag: tag) { found[field.name] = value }
      }
      return false
    }
    return found
  }

  static func count(_ entity: Tag, in engine: Engine) throws -> Int {
    var count = 0
    try engine.forEachRecord(entity) { _ in
      count += 1
      return true
    }
    return count
  }
}
