import Foundation
import Protocol

@testable import Storage

typealias Tag = Protocol.Tag
typealias Operation = Protocol.Operation

/// A database in a folder of its own, and the transactions that a test writes to it.
final class TestDatabase {
  static let thing: Tag = 1
  static let part: Tag = 2

  static let name: Tag = 16
  static let labels: Tag = 17
  static let count: Tag = 18
  static let years: Tag = 19
  static let span: Tag = 20
  static let age: Tag = 21
  static let level: Tag = 22
  static let owner: Tag = 16

  static func model(version: UInt32 = 1, name: String = "things") throws -> Model {
    let label = Label(nl: "ding", en: "thing")
    return try Model(
      name: name, version: version, lists: [],
      entities: [
        Entity(
          tag: thing, name: "big-thing", label: label, help: label, title: "name",
          fields: [
            Field(Self.name, "name", .string(), .register(asks: true), nl: "n", en: "n"),
            Field(labels, "labels", .set(of: .string()), .set(growOnly: false), nl: "l", en: "l"),
            Field(count, "count", .counter, .counter(growOnly: false), nl: "c", en: "c"),
            Field(
              years, "years", .map(key: .int(0...9_999), value: .int(0...9)),
              .map(of: .register(asks: false)), nl: "y", en: "y"),
            Field(
              span, "span",
              .group([
                GroupPart("from", .instant, nl: "v", en: "f"),
                GroupPart("to", .instant, nl: "t", en: "t"),
              ]), .register(asks: false), nl: "s", en: "s"),
            Field(age, "age", .int(0...9), .derived, nl: "a", en: "a"),
            Field(level, "level", .int(0...9), .ranked(.maximum), nl: "l", en: "l"),
          ]),
        Entity(
          tag: part, name: "part", label: label, help: label, parent: "owner",
          fields: [
            Field(owner, "owner", .reference("big-thing"), .once, nl: "o", en: "o")
          ]),
      ])
  }

  let folder: URL
  let path: String
  let database: Database
  private(set) var head: Int64 = 0

  init(role: Database.Role = .server) throws {
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("kaai-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    path = folder.appendingPathComponent("test.sqlite").path
    database = try Database(path: path, role: role, model: Self.model(), create: true)
  }

  deinit {
    // Temporary files; what cannot be removed is the operating system's to clean.
    try? FileManager.default.removeItem(at: folder)
  }

  /// Applies operations to the base as one transaction at the next position.
  ///
  /// - Parameter seen: what its author had seen; everything where it is nil.
  func apply(
    _ operations: Operation..., site: UInt32 = 7, seen: Int64? = nil,
    audience: Audience = .city
  ) throws {
    head += 1
    let number = head
    let id = TransactionID(site: site, sequence: UInt32(number))
    let stamp = HLC(milliseconds: 1_790_000_000_000 + number)
    try database.write { engine in
      let header = Chain.Header(
        id: id, stamp: stamp, user: 1, seen: .none, modelVersion: 1, knownRefused: 0, label: "")
      let writer = Writer(number: number, id: id, hlc: stamp, user: 1, position: number)
      engine.rememberPending(writer)
      let context = ApplyContext(
        writer: writer,
        knows: Knowledge(site: site, sequence: id.sequence, seen: seen ?? number - 1),
        audience: try engine.number(of: audience), undo: nil)
      for operation in operations { _ = try engine.apply(operation, context) }
      try engine.insert(
        StoredTransaction(
          number: number, header: header, stamp: stamp, position: number,
          operationCount: operations.count, nonce: .zero, chain: .zero, body: [], extra: []))
      try engine.flushDigest()
    }
  }

  func record(_ row: RowID) throws -> Record? {
    try database.read { try $0.record(Self.thing, row) }
  }
}
