import Foundation
import Interchange
import Protocol

/// A recorded history of edits, one changeset after the other.
struct EditTrace {
  enum Edit {
    case add(String, [(Tag, Value)])
    case set(String, Tag, Value)
    case delete(String)
  }
  struct Changeset {
    let seconds: Int64
    let edits: [Edit]
  }

  let changesets: [Changeset]
  var editCount: Int { changesets.reduce(0) { $0 + $1.edits.count } }

  init(path: String) throws {
    changesets = try Self.lines(path).map { line in
      Changeset(
        seconds: Int64(line["t"]?.number ?? 0),
        edits: try (line["ops"]?.elements ?? []).map { try Self.edit($0.elements ?? []) })
    }
  }

  /// The lines of a JSON-lines file, unpacked where it is gzip.
  static func lines(_ path: String) throws -> [JSONValue] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw BenchError.missingFile(path)
    }
    return try JSONLines(try InputFile.unpacked([UInt8](data))).entries.map(\.value)
  }

  private static func edit(_ parts: [JSONValue]) throws -> Edit {
    guard parts.count >= 2, case .string(let id) = parts[1] else {
      throw BenchError.wrongEnd("an operation without an id")
    }
    switch parts[0] {
    case .string("add"):
      guard parts.count > 2, case .object(let fields) = parts[2] else {
        throw BenchError.wrongEnd("an addition without fields")
      }
      return .add(
        id,
        try fields.map { (try tag($0.key), TraceModel.value($0.value)) }.sorted { $0.0 < $1.0 })
    case .string("set"), .string("unset"):
      guard parts.count > 2, case .string(let field) = parts[2] else {
        throw BenchError.wrongEnd("a change without a field")
      }
      let value = parts.count > 3 ? TraceModel.value(parts[3]) : .null
      return .set(id, try tag(field), value)
    case .string("del"): return .delete(id)
    default: throw BenchError.wrongEnd("an operation of an unknown kind")
    }
  }

  private static func tag(_ field: String) throws -> Tag {
    guard let tag = TraceModel.tags[field] else {
      throw BenchError.wrongEnd("the field \(field), which the model does not have")
    }
    return tag
  }
}
