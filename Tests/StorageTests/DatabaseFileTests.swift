import Foundation
import Protocol
import Testing

@testable import Storage

/// Files that are not there, damaged or another program's: each is told as what it is and stays as
/// it was, to the byte.
@Suite("Database files")
struct DatabaseFileTests {
  private static let model = made("small", fields: ["name"])
  private let file: ScratchFile

  init() throws { file = try ScratchFile() }

  private static func made(_ name: String, version: UInt32 = 1, fields: [String]) -> Model {
    func both(_ text: String) -> Label { Label(nl: text, en: text) }
    do {
      return try Model(
        name: name, version: version, lists: [],
        entities: [
          Entity(
            tag: 1, name: "thing", label: both("thing"), help: both(""),
            fields: fields.enumerated().map { index, field in
              Field(
                Protocol.Tag(16 + index), field, .string(), .register(asks: false), nl: field,
                en: field)
            })
        ])
    } catch {
      fatalError("the model contradicts itself: \(error)")
    }
  }

  @discardableResult
  private func open(model: Model = Self.model, create: Bool = false) throws -> Database {
    try Database(path: file.path, role: .device, model: model, create: create)
  }

  /// Opening throws this, and every byte of the file stays.
  private func expectRefused(
    sourceLocation: SourceLocation = #_sourceLocation, _ isRight: (StorageError) -> Bool
  ) throws {
    let before = try file.bytes()
    #expect(sourceLocation: sourceLocation) {
      try open()
    } throws: { error in
      (error as? StorageError).map(isRight) ?? false
    }
    #expect(try file.bytes() == before, sourceLocation: sourceLocation)
  }

  @Test("a file that is not there is missing, and is not made by looking for it")
  func missing() throws {
    #expect(throws: StorageError.missing(file.path)) { try open() }
    #expect(!FileManager.default.fileExists(atPath: file.path))
  }

  @Test("what is no database is corrupt, whatever it begins with", arguments: [0, 16, 100])
  func junk(headerLength: Int) throws {
    try open(create: true).close()
    let header = try file.bytes().prefix(headerLength)
    try file.write(header + Data(repeating: 0x5A, count: 20_000))
    try expectRefused { if case .corrupt = $0 { true } else { false } }
  }

  @Test("a database of another program is left alone")
  func otherProgram() throws {
    try file.execute("CREATE TABLE notes (text)")
    try expectRefused { $0 == .corrupt("the file is a database of another program") }
    try file.execute("PRAGMA user_version = 1")
    try expectRefused { if case .corrupt = $0 { true } else { false } }
  }

  @Test("a model with one field more adds its column and keeps the rows")
  func grownModel() throws {
    let first = try open(create: true)
    try first.write { engine in
      try engine.connection.execute("INSERT INTO thing (id, _t, name) VALUES (7, 1, 'kept')")
    }
    try first.close()
    let second = try open(model: Self.made("small", version: 2, fields: ["name", "more"]))
    let count = try second.read {
      try $0.connection.scalar("SELECT count(*) FROM thing WHERE name = 'kept' AND more IS NULL")
    }
    #expect(count == 1)
    try second.close()
  }

  @Test("what a transaction wrote before it failed is gone, and the next one works")
  func rollback() throws {
    struct Failed: Error {}
    let database = try open(create: true)
    #expect(throws: Failed.self) {
      try database.write { engine in
        try engine.connection.execute("INSERT INTO thing (id, _t, name) VALUES (7, 1, 'half')")
        throw Failed()
      }
    }
    #expect(try database.read { try $0.connection.scalar("SELECT count(*) FROM thing") } == 0)
    try database.write { engine in
      try engine.connection.execute("INSERT INTO thing (id, _t, name) VALUES (7, 1, 'whole')")
    }
    #expect(try database.read { try $0.connection.scalar("SELECT count(*) FROM thing") } == 1)
    try database.close()
  }
}
