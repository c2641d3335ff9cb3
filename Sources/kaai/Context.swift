import CityModel
import ClientCore
import Console
import Foundation
import Interchange
import Protocol
import Storage

// Foundation has a type of this name too.
typealias Operation = Protocol.Operation

/// What every command works with: the replica, the language, the output.
struct Context {
  let options: GlobalOptions
  let output: Output
  let model = CityModel.model

  init(options: GlobalOptions) {
    self.options = options
    output = Output(isJSON: options.isJSON, language: options.language)
  }

  var language: Language { options.language }

  /// `--data`, `KAAI_DATA`, else the place where data belongs (XDG base directories).
  var directory: URL {
    if let data = options.data { return URL(fileURLWithPath: data) }
    let environment = ProcessInfo.processInfo.environment
    if let base = environment["XDG_DATA_HOME"], base.hasPrefix("/") {
      return URL(fileURLWithPath: base).appendingPathComponent("kaai")
    }
    return FileManager.default.homeDirectoryForCurrentUser
      .appendingPathComponent(".local/share/kaai")
  }

  var system: RealSystem {
    let offset = ProcessInfo.processInfo.environment["KAAI_CLOCK_OFFSET_MS"].flatMap { Int64($0) }
    return RealSystem(offsetMilliseconds: offset ?? 0)
  }

  /// What an empty replica takes with its WAL, and something over.
  private static let newReplicaBytes = 1 << 20

  private var file: URL { directory.appendingPathComponent("replica.sqlite") }

  /// The replica of the data directory; nil where there is none.
  private func presentReplica() throws -> Replica? {
    do {
      return try Replica(path: file.path, model: model, system: system, create: false)
    } catch StorageError.missing {
      return nil
    }
  }

  /// The replica of the data directory, which is enrolled.
  func replica() throws -> Replica {
    guard let replica = try presentReplica() else { throw ReplicaError.notEnrolled }
    if try replica.identity() == nil { throw ReplicaError.notEnrolled }
    return replica
  }

  /// Makes sure that a replica can be made in the data directory, before a code is spent on it.
  func prepareEnrolment() throws {
    if let present = try presentReplica(), try present.identity() != nil {
      throw ReplicaError.alreadyEnrolled
    }
    try DataDirectory.make(directory, language)
    guard FileManager.default.isWritableFile(atPath: directory.path) else {
      throw StorageError.readOnly(directory.path)
    }
    try DataDirectory.checkRoom(directory, byteCount: Self.newReplicaBytes)
  }

  /// The replica of the data directory, made where there is none.
  func newReplica() throws -> Replica {
    let replica = try Replica(path: file.path, model: model, system: system, create: true)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
    return replica
  }

  func entity(_ name: String) throws -> Entity {
    if let entity = model.entity(named: name) { return entity }
    let names = model.entities.map(\.name).sorted().joined(separator: ", ")
    throw Failure(
      .usage,
      say(
        "er is geen soort “\(Terminal.quotable(name))”; wel: \(names).",
        "there is no entity “\(Terminal.quotable(name))”; there are: \(names)."))
  }

  /// The record that an id, a code or a unique title means.
  func find(_ text: String, _ engine: Engine) throws -> (Entity, RowID) {
    let text = GlobalOptions.typed(text)
    switch try engine.find(text) {
    case .one(let tag, let row):
      if let entity = model.entity(tag: tag) { return (entity, row) }
      fallthrough
    case .none:
      throw Failure(
        .error,
        say(
          "geen record “\(Terminal.quotable(text))”; geef een id van 13 tekens, een code of een titel.",
          "no record “\(Terminal.quotable(text))”; give an id of 13 digits, a code or a title."))
    case .several(let count):
      throw Failure(
        .error,
        say(
          "“\(Terminal.quotable(text))” past op \(count) records; geef het id van 13 tekens.",
          "“\(Terminal.quotable(text))” fits \(count) records; give the id of 13 digits."))
    }
  }

  /// Looks references up in the present state.
  func references(_ engine: Engine) -> FieldParser.References {
    let model = model
    return { name, text in
      guard let entity = model.entity(named: name) else { throw ReferenceFailure.notFound }
      switch try engine.find(text, in: entity) {
      case .one(_, let row): return row
      case .none: throw ReferenceFailure.notFound
      case .several(let count): throw ReferenceFailure.ambiguous(count: count)
      }
    }
  }

  func parser(_ entity: Entity, _ purpose: FieldParser.Purpose, _ engine: Engine) -> FieldParser {
    FieldParser(
      model: model, entity: entity, purpose: purpose, references: references(engine))
  }

  /// Shows values to people, with the titles of what is referred to.
  func display(_ engine: Engine) -> DisplayText {
    let model = model
    return DisplayText(model: model, language: language) { name, row in
      guard let entity = model.entity(named: name) else { return nil }
      do { return try engine.title(entity, row) } catch { return nil }
    }
  }

  /// What records are called, from the replica, else from what is known of them otherwise.
  func titles(
    _ engine: Engine, of record: @escaping (RowID) -> Record? = { _ in nil }
  ) -> ChangeText.Titles {
    { entity, row in
      // A title that cannot be read is only not shown.
      (try? engine.title(entity, row)) ?? record(row).flatMap(entity.title)
    }
  }

  func checked(limit: Int) throws -> Int {
    guard limit >= 0 else {
      throw Failure(.usage, say("--limit is een getal vanaf 0.", "--limit is a number from 0."))
    }
    return limit
  }

  /// A point in time for people: the clock of Brussels.
  func time(_ milliseconds: Int64) -> String {
    DisplayText(model: model, language: language) { _, _ in nil }
      .text(.int(milliseconds), type: .instant)
  }

  func say(_ nl: String, _ en: String) -> String { language == .nl ? nl : en }
}
