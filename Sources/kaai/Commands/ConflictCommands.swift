import ArgumentParser
import ClientCore
import Console
import Foundation
import Interchange
import Protocol
import Storage

struct Conflicts: KaaiCommand {
  static let configuration = CommandConfiguration(
    abstract: "Lists what two people changed without having seen each other's change.",
    discussion: """
      What shows comes first, then each losing value with the number that `resolve --pick` takes.
      Example: kaai conflicts
      """)

  func run(_ context: Context) async throws -> ExitStatus {
    try context.replica().database.read { engine in
      let entries = try engine.conflicts()
      context.output.json { json in
        json.array { json in
          for entry in entries { ConflictMembers.write(entry, context.model, to: &json) }
        }
      }
      if context.output.isJSON { return }
      let display = context.display(engine)
      for entry in entries {
        guard let entity = context.model.entity(tag: entry.entity) else { continue }
        let title = try engine.title(entity, entry.record) ?? ""
        context.output.line("\(ConflictText.id(entry, entity))  \(Terminal.safe(title))")
        context.output.line("  " + ConflictMembers.line(entry, entity, display, context))
      }
      if entries.isEmpty {
        context.output.line(Label(nl: "Geen conflicten.", en: "No conflicts."))
      }
    }
    return .ok
  }
}

struct Resolve: KaaiCommand {
  static let configuration = CommandConfiguration(
    abstract: "Settles a conflict; the choice syncs like any edit.",
    discussion: """
      Examples:
        kaai resolve 0123456789ABC.period --pick 1     the first losing value
        kaai resolve 0123456789ABC.name --keep         what shows stays
        kaai resolve 0123456789ABC.name --value "TENT"
        kaai resolve 0123456789ABC.deleted --keep      the record stays
        kaai resolve 0123456789ABC.deleted --pick 1    it is deleted after all
      """)
  @Argument(help: "RECORD.field, as conflicts shows it.") var conflict: String
  @Option(help: "The number of a losing value, from 1.") var pick: Int?
  @Flag(help: "What shows stays.") var keep = false
  @Option(help: "Another value.") var value: String?

  func validate() throws {
    let ways = (pick == nil ? 0 : 1) + (keep ? 1 : 0) + (value == nil ? 0 : 1)
    if ways != 1 { throw ValidationError("Give one of --pick N, --keep and --value V.") }
  }

  func run(_ context: Context) async throws -> ExitStatus {
    let replica = try context.replica()
    let seen = try replica.seen()
    try replica.commit(seen: seen) { draft in
      let (entity, entry) = try draft.read { try find($0, context) }
      try draft.apply(try draft.read { try settle(entry, entity, $0, context) })
    }
    context.output.emptyJSON()
    return .ok
  }

  private func find(_ engine: Engine, _ context: Context) throws -> (Entity, ConflictEntry) {
    let unknown = Failure(
      .error,
      context.say(
        "er is geen open conflict “\(Terminal.quotable(conflict))”; kaai conflicts toont ze.",
        "there is no open conflict “\(Terminal.quotable(conflict))”; kaai conflicts shows them."))
    guard let dot = conflict.lastIndex(of: "."),
      let row = RowID(text: conflict[..<dot])
    else { throw unknown }
    let name = String(conflict[conflict.index(after: dot)...])
    for entry in try engine.conflicts(of: row) {
      guard let entity = context.model.entity(tag: entry.entity) else { continue }
      let field =
        entry.tag == Field.lifeTag ? ConflictText.life : entity.field(tag: entry.tag)?.name
      if field == name { return (entity, entry) }
    }
    throw unknown
  }

  private func settle(
    _ entry: ConflictEntry, _ entity: Entity, _ engine: Engine, _ context: Context
  ) throws -> Operation {
    if let pick, pick < 1 || pick > entry.losers.count {
      throw Failure(
        .usage,
        context.say(
          "--pick gaat hier van 1 tot \(entry.losers.count).",
          "--pick goes from 1 to \(entry.losers.count) here."))
    }
    if entry.tag == Field.lifeTag {
      if value != nil {
        throw Failure(
          .usage, context.say("kies --keep of --pick 1.", "choose --keep or --pick 1."))
      }
      return keep ? .keep(entity.tag, entry.record) : .delete(entity.tag, entry.record)
    }
    guard let field = entity.field(tag: entry.tag) else {
      throw ReplicaError.unknownRecord(entry.record)
    }
    let chosen: Value
    if let pick {
      chosen = entry.losers[pick - 1].value
    } else if let value = value.map(GlobalOptions.typed) {
      let parser = context.parser(entity, .editing, engine)
      if case .group = field.type {
        chosen = try group(value, field, entry, parser, context)
      } else {
        chosen = try parser.value(value, for: try parser.target(field.name))
      }
    } else {
      chosen = entry.winner?.value ?? .null
    }
    if field.isRequired, chosen.isNull {
      throw FieldError.required(field, rule: TypeRule(field.type, model: context.model))
    }
    if field.kind == .text { return try edit(to: chosen, field, entry, entity, context) }
    return .write(entity.tag, entry.record, [(field.tag, chosen)])
  }

  /// A text of an older database, of which two stand there: whoever edits it settles it.
  private func edit(
    to chosen: Value, _ field: Field, _ entry: ConflictEntry, _ entity: Entity, _ context: Context
  ) throws -> Operation {
    let shown = entry.winner?.value.textValue ?? ""
    let edits = TextDiff.edits(from: shown, to: chosen.textValue ?? "")
    guard let change = TextChange(edits) else {
      throw Failure(
        .usage,
        context.say(
          "deze tekst staat er al zo: bewerk hem, en het conflict is weg.",
          "this text stands like that already: edit it, and the conflict is gone."))
    }
    return .edit(entity.tag, entry.record, field.tag, change)
  }

  /// A group as `part=value,part=value`; parts not named stay as they show.
  private func group(
    _ text: String, _ field: Field, _ entry: ConflictEntry, _ parser: FieldParser,
    _ context: Context
  ) throws -> Value {
    var parts: [(part: Int, value: Value)] = []
    for assignment in text.split(separator: ",") {
      let intent = try parser.parse("\(field.name).\(assignment)")
      if case .setPart(_, let part, let value) = intent { parts.append((part, value)) }
    }
    return try GroupParts.merge(current: entry.winner?.value ?? .null, parts: parts, field: field)
  }
}

/// A conflict entry for machines and for people.
enum ConflictMembers {
  static func write(_ entry: ConflictEntry, _ model: Model, to json: inout JSONText) {
    guard let entity = model.entity(tag: entry.entity) else { return }
    let field = entity.field(tag: entry.tag)
    json.object { json in
      json.member("id", string: ConflictText.id(entry, entity))
      json.member("record", string: entry.record.text)
      json.member("field", string: field?.name ?? ConflictText.life)
      if let winner = entry.winner {
        json.key("winner")
        side(winner, field, to: &json)
      } else {
        json.key("winner")
        json.object { _ in }
      }
      json.key("losers")
      json.array { json in for loser in entry.losers { side(loser, field, to: &json) } }
    }
  }

  private static func side(_ side: ConflictEntry.Side, _ field: Field?, to json: inout JSONText) {
    json.object { json in
      if let field, !side.value.isNull {
        json.key("value")
        RecordJSON.write(side.value, type: field.type, to: &json)
      }
      json.member("user", string: side.user)
      json.member("device", string: side.device)
      json.member("at", string: PlainText.instant(side.atMilliseconds))
      json.member("transaction", string: side.transaction.text)
    }
  }

  static func line(
    _ entry: ConflictEntry, _ entity: Entity, _ display: DisplayText, _ context: Context
  ) -> String {
    let field = entity.field(tag: entry.tag)
    func text(_ side: ConflictEntry.Side) -> String {
      let value = field.map { display.text(side.value, type: $0.type) } ?? ""
      let shown = value.isEmpty ? context.say("(leeg)", "(empty)") : value
      return Terminal.safe(
        "\(shown) (\(side.user), \(side.device), \(context.time(side.atMilliseconds)))")
    }
    if entry.tag == Field.lifeTag {
      let who = entry.losers
        .map { "\(Terminal.safe($0.user)) (\(context.time($0.atMilliseconds)))" }
        .joined(separator: ", ")
      return context.say(
        "verwijderd door \(who), hersteld door een wijziging: --keep of --pick 1",
        "deleted by \(who), revived by an edit: --keep or --pick 1")
    }
    let winner = entry.winner.map(text) ?? ""
    let losers = entry.losers.enumerated().map { "[\($0 + 1)] \(text($1))" }
    let name = field?.label.text(in: context.language) ?? ""
    return "\(name): \(winner)  \u{2260}  \(losers.joined(separator: "  "))"
  }
}
