import ArgumentParser
import ClientCore
import Console
import Foundation
import Interchange
import Protocol
import Storage

struct Add: KaaiCommand {
  static let configuration = CommandConfiguration(
    abstract: "Makes a record.",
    discussion: """
      What an entity takes: kaai add hub --help

      Examples:
        kaai add hub code=TLG-NOORD name="Tech Lane Noord" kind=campus parent=TLG
        kaai add event title="Tech talk" kind=networking hub=WINTERCIRCUS \
      period.start=2026-10-20T09:00 period.end=2026-10-20T17:00 sectors=digital,healthtech
      """)
  @Argument(help: "What to make: hub, organisation, event, lead, visit, ...") var entity: String
  @Argument(help: "field=value ...") var fields: [String] = []

  func run(_ context: Context) async throws -> ExitStatus {
    let entity = try context.entity(entity)
    let replica = try context.replica()
    let seen = try replica.seen()
    var id = RowID(0)
    try replica.commit(seen: seen) { draft in
      try context.checkWritable(entity)
      let intents = try draft.read { engine in
        try context.parser(entity, .adding, engine).parse(context.withFiles(fields, entity))
      }
      let operations = try context.placedLast(
        EditPlan.creation(
          entity, model: context.model, row: draft.newRow(), intents: intents,
          createdAt: draft.createdAt, user: draft.user), entity, draft)
      if let made = operations.first { id = made.row }
      let isThere = try draft.read { try $0.rowExists(entity.tag, id.raw) }
      if isThere { throw context.isThere(entity, id) }
      for operation in operations { try draft.apply(operation) }
    }
    context.output.json { $0.object { $0.member("id", string: id.text) } }
    context.output.line(id.text)
    return .ok
  }
}

struct Edit: KaaiCommand {
  static let configuration = CommandConfiguration(
    abstract: "Changes fields of a record; an empty value clears.",
    discussion: """
      Examples:
        kaai edit Robovision status=active website= vacancies.count=3
        kaai edit 1Q53-SQR0-00001 period.end=2026-10-20T18:00 budgetEur=1250.50
        kaai edit Robovision "headcount[2025]=120"
        kaai edit Robovision notes=@report.txt
      """)
  @Argument(help: "An id, a code or a unique title.") var id: String
  @Argument(help: "field=value ...") var fields: [String]

  func run(_ context: Context) async throws -> ExitStatus {
    try context.change(id) { draft, entity, current in
      let intents = try draft.read { engine in
        try context.parser(entity, .editing, engine).parse(context.withFiles(fields, entity))
      }
      return try EditPlan.change(
        entity, model: context.model, current: current, intents: intents)
    }
  }
}

struct SetAdd: KaaiCommand {
  static let configuration = CommandConfiguration(
    commandName: "set-add", abstract: "Adds elements to a set.",
    discussion: "Example: kaai set-add \"Indigo Diabetes\" sectors healthtech digital")
  @Argument var id: String
  @Argument var field: String
  @Argument(help: "Elements.") var values: [String]

  func run(_ context: Context) async throws -> ExitStatus {
    try context.change(id) { draft, entity, current in
      let (field, elements) = try context.elements(entity, field, values, draft)
      return elements.map { .add(entity.tag, current.id, field.tag, $0) }
    }
  }
}

struct SetRemove: KaaiCommand {
  static let configuration = CommandConfiguration(
    commandName: "set-remove", abstract: "Removes elements from a set.",
    discussion: "Example: kaai set-remove \"Indigo Diabetes\" sectors digital")
  @Argument var id: String
  @Argument var field: String
  @Argument(help: "Elements.") var values: [String]

  func run(_ context: Context) async throws -> ExitStatus {
    try context.change(id) { draft, entity, current in
      let (field, elements) = try context.elements(entity, field, values, draft)
      guard case .set(growOnly: false) = field.kind else {
        throw Failure(
          .usage,
          context.say(
            "\(field.name): deze verzameling groeit alleen.", "\(field.name): this set only grows.")
        )
      }
      return elements.map { .remove(entity.tag, current.id, field.tag, $0) }
    }
  }
}

struct Count: KaaiCommand {
  static let configuration = CommandConfiguration(
    abstract: "Counts: adds a difference to a counter.",
    discussion: """
      Examples:
        kaai count 1Q53-SQR0-00001 checkedIn +180
        kaai count WINTERCIRCUS "visitors[2026-10-20]" 3
        kaai count 1Q53-SQR0-00001 checkedIn -5
      """)
  @Argument var id: String
  @Argument(help: "The counter; a key of a map as field[key].") var field: String
  @Argument(help: "How much: 3, +3 or -2.") var difference: String

  func run(_ context: Context) async throws -> ExitStatus {
    let text = GlobalOptions.typed(difference).replacing("\u{2212}", with: "-")
    guard let number = Int64(text.hasPrefix("+") ? String(text.dropFirst()) : text),
      abs(number) <= 1_000_000_000
    else {
      throw Failure(
        .usage,
        context.say(
          "“\(Terminal.quotable(difference))” is geen heel getal, bijvoorbeeld +3 of -2.",
          "“\(Terminal.quotable(difference))” is no whole number, for example +3 or -2."))
    }
    return try context.change(id) { draft, entity, current in
      let target = try draft.read { engine in
        try context.parser(entity, .editing, engine).target(field)
      }
      func refuse(_ nl: String, _ en: String) -> Failure {
        Failure(.usage, "\(field): " + context.say(nl, en))
      }
      switch (target.field.kind, target.key) {
      case (.counter(let growOnly), nil):
        if growOnly, number < 0 {
          throw refuse("deze teller gaat niet terug.", "this counter never goes back.")
        }
        return [.increment(entity.tag, current.id, target.field.tag, number)]
      case (.map(of: .counter(let growOnly)), let key?):
        if growOnly, number < 0 {
          throw refuse("deze teller gaat niet terug.", "this counter never goes back.")
        }
        return [.bump(entity.tag, current.id, target.field.tag, key: key, number)]
      case (.map(of: .counter), nil):
        throw refuse(
          "geef een sleutel, bijvoorbeeld \(field)[2026-10-20].",
          "give a key, for example \(field)[2026-10-20].")
      default:
        throw refuse("is geen teller; gebruik edit.", "is no counter; use edit.")
      }
    }
  }
}

struct Delete: KaaiCommand {
  static let configuration = CommandConfiguration(
    abstract: "Deletes a record with its parts; somebody's edit you had not seen brings it back.",
    discussion: "Example: kaai delete 1Q53-SQR0-00001")
  @Argument(help: "An id, a code or a unique title.") var id: String

  func run(_ context: Context) async throws -> ExitStatus {
    try context.change(id) { _, entity, current in [.delete(entity.tag, current.id)] }
  }
}

extension Context {
  /// A record that says by its content which one it is stands there already.
  func isThere(_ entity: Entity, _ id: RowID) -> Failure {
    Failure(
      .error,
      say(
        "\(entity.label.nl) \(id.text) bestaat al. Wijzig met: kaai edit \(id.text) veld=waarde",
        "\(entity.label.en) \(id.text) is there already. Change it: kaai edit \(id.text) field=value"
      ))
  }

  func checkWritable(_ entity: Entity) throws {
    if entity.isServerOwned {
      throw Failure(
        .error,
        say(
          "\(entity.name) wordt alleen op de server beheerd.",
          "\(entity.name) is managed on the server only."))
    }
  }

  func elements(_ entity: Entity, _ field: String, _ values: [String], _ draft: Draft) throws
    -> (Field, [Value])
  {
    try draft.read { engine in
      let parser = parser(entity, .editing, engine)
      let target = try parser.target(field)
      return (target.field, try parser.elements(values.map(GlobalOptions.typed), of: target.field))
    }
  }

  /// One action on the record that `text` names; nothing is saved when it comes to nothing.
  func change(
    _ text: String, _ operations: (Draft, Entity, Record) throws -> [Operation]
  ) throws -> ExitStatus {
    let replica = try replica()
    let seen = try replica.seen()
    try replica.commit(seen: seen) { draft in
      let (entity, row) = try draft.read { try find(text, $0) }
      try checkWritable(entity)
      guard let current = try draft.read({ try $0.record(entity.tag, row) }) else {
        throw ReplicaError.unknownRecord(row)
      }
      for operation in try operations(draft, entity, current) { try draft.apply(operation) }
    }
    output.emptyJSON()
    return .ok
  }
}
