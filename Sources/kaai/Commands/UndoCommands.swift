import ArgumentParser
import ClientCore
import Console
import Interchange
import Protocol
import Storage

struct Undo: KaaiCommand {
  static let configuration = CommandConfiguration(
    abstract: "Takes a change back, also after a sync; what others built on it stays.",
    discussion: """
      Without a name it takes back the last change made on this laptop that still stands.
      Examples:
        kaai undo
        kaai undo 3:17
        kaai undo --import "sample-hubs 2026-10-20" --dry-run
      """)
  @Argument(help: "A transaction, as history names it: 3:17.") var transaction: String?
  @Flag(help: "The last change made here that still stands; also without any argument.")
  var last = false
  @Option(
    name: .customLong("import"),
    help: "All transactions with this label, as history shows it in brackets.")
  var label: String?
  @Flag(help: "Says what would happen and changes nothing.") var dryRun = false

  func validate() throws {
    if [transaction != nil, last, label != nil].count(where: \.self) > 1 {
      throw ValidationError("Give a transaction, --last or --import LABEL: one of them.")
    }
  }

  func run(_ context: Context) async throws -> ExitStatus {
    let replica = try context.replica()
    let report = try replica.undo(try transactions(replica, context), isDry: dryRun)
    return try UndoOutput.write(report, isDry: dryRun, context, replica)
  }

  private func transactions(_ replica: Replica, _ context: Context) throws -> Set<TransactionID> {
    if let transaction {
      guard let id = TransactionID(text: transaction) else {
        throw Failure(
          .usage,
          context.say(
            "“\(Terminal.quotable(transaction))” is geen transactie, bijvoorbeeld 3:17; zie kaai history.",
            "“\(Terminal.quotable(transaction))” is no transaction, for example 3:17; see kaai history."
          ))
      }
      return [id]
    }
    if let label {
      let found = try replica.transactions(labelled: label)
      if found.isEmpty {
        throw Failure(
          .error,
          context.say(
            "niets op deze laptop heeft het label “\(Terminal.quotable(label))”; zie kaai history.",
            "nothing on this laptop has the label “\(Terminal.quotable(label))”; see kaai history.")
        )
      }
      return found
    }
    guard let last = try replica.lastUndoable() else { throw UndoError.nothing }
    return [last]
  }
}

struct Restore: KaaiCommand {
  static let configuration = CommandConfiguration(
    abstract: "Brings a deleted record back, or puts a record back as it was at a time.",
    discussion: """
      Examples:
        kaai restore 1Q53-SQR0-00001
        kaai restore WINTERCIRCUS --at 2026-10-20T09:00
      """)
  @Argument(help: "A record; a deleted one by its id, see kaai deleted.") var id: String
  @Option(help: "The time: 2026-10-20T09:00, or the end of a day.") var at: String?
  @Flag(help: "Says what would happen and changes nothing.") var dryRun = false

  func run(_ context: Context) async throws -> ExitStatus {
    let replica = try context.replica()
    let row = try context.row(id, replica)
    let time = try at.map { try context.time($0, "--at", \.upperBound) }
    let report = try replica.restore(row, at: time, isDry: dryRun)
    return try UndoOutput.write(report, isDry: dryRun, context, replica)
  }
}

struct Deleted: KaaiCommand {
  static let configuration = CommandConfiguration(
    abstract: "Lists the records that were deleted, with who did it; restore brings them back.",
    discussion: """
      Examples:
        kaai deleted
        kaai deleted event --limit 10
      """)
  @Argument(help: "hub, organisation, event, ...; all without.") var entity: String?
  @Option(help: "At most so many.") var limit: Int = 100

  func run(_ context: Context) async throws -> ExitStatus {
    let limit = try context.checked(limit: limit)
    let entity = try entity.map { try context.entity($0) }
    let found = try context.replica().deletedRecords(of: entity?.tag).prefix(limit)
    context.output.json { json in
      json.array { json in
        for deleted in found {
          guard let entity = context.model.entity(tag: deleted.record.entity) else { continue }
          json.object { json in
            RecordMembers.write(deleted.record, entity, to: &json)
            AuthorMembers.write(deleted.by, to: &json)
          }
        }
      }
    }
    for deleted in found {
      guard let entity = context.model.entity(tag: deleted.record.entity) else { continue }
      let title = entity.title(of: deleted.record) ?? ""
      context.output.line(
        Terminal.safe(
          "\(deleted.record.id.text)  \(entity.label.text(in: context.language)) \(title)  "
            + context.say("verwijderd door", "deleted by")
            + " \(deleted.by.user), \(deleted.by.device), \(context.time(deleted.by.atMilliseconds))"
        ))
    }
    if found.isEmpty {
      context.output.line(Label(nl: "Er is niets verwijderd.", en: "Nothing is deleted."))
    }
    return .ok
  }
}

/// Who did something.
enum AuthorMembers {
  static func write(_ author: PastAuthor, to json: inout JSONText) {
    json.member("user", string: author.user)
    json.member("device", string: author.device)
    json.member("at", string: PlainText.instant(author.atMilliseconds))
    json.member("transaction", string: author.id.text)
  }
}

/// What an undo or a restore did.
enum UndoOutput {
  static func write(
    _ report: UndoReport, isDry: Bool, _ context: Context, _ replica: Replica
  ) throws -> ExitStatus {
    context.output.json { json in
      json.object { json in
        json.key("transactions")
        json.array { json in
          for id in report.transactions { json.string(id.text) }
        }
        json.member("dryRun", bool: isDry)
        json.key("changes")
        ChangeJSON.write(report.operations, model: context.model, to: &json)
        json.key("kept")
        json.array { json in
          for kept in report.kept { write(kept, context, to: &json) }
        }
      }
    }
    if !context.output.isJSON { try print(report, isDry, context, replica) }
    return report.operations.isEmpty ? .error : .ok
  }

  private static func write(_ kept: KeptChange, _ context: Context, to json: inout JSONText) {
    let field = context.model.entity(tag: kept.entity)?.field(tag: kept.tag)
    json.object { json in
      json.member("record", string: kept.row.text)
      json.member(
        "field",
        string: kept.tag == Field.lifeTag ? ConflictText.life : field?.name ?? "#\(kept.tag)")
      json.member("reason", string: "\(kept.reason)")
      if let by = kept.by { AuthorMembers.write(by, to: &json) }
    }
  }

  private static func print(
    _ report: UndoReport, _ isDry: Bool, _ context: Context, _ replica: Replica
  ) throws {
    try replica.database.read { engine in
      if report.operations.isEmpty {
        context.output.line(
          Label(nl: "Er is niets teruggedraaid.", en: "Nothing was taken back."))
      } else if isDry {
        context.output.line(Label(nl: "Dit zou gebeuren:", en: "This would happen:"))
      }
      let text = ChangeText(context.display(engine), titles: context.titles(engine))
      for line in text.lines(report.operations) {
        context.output.line("  " + line)
      }
      for kept in report.kept {
        guard let entity = context.model.entity(tag: kept.entity) else { continue }
        // A title that cannot be read is only not shown.
        let title = (try? engine.title(entity, kept.row)) ?? kept.row.text
        var text = "  ! \(entity.label.text(in: context.language)) \(title)"
        if let field = entity.field(tag: kept.tag) {
          text += ", \(field.label.text(in: context.language))"
        }
        text += ": \(sentence(kept.reason).text(in: context.language))"
        if let by = kept.by {
          text += " (\(by.user), \(by.device), \(context.time(by.atMilliseconds)), \(by.id.text))"
        }
        context.output.line(Terminal.safe(text))
      }
    }
  }

  private static func sentence(_ reason: KeptChange.Reason) -> Label {
    switch reason {
    case .changedSince: Label(nl: "sindsdien gewijzigd, blijft", en: "changed since, stays")
    case .erased: Label(nl: "de tekst van toen is gewist", en: "what the text was is erased")
    case .deletedSince: Label(nl: "is verwijderd", en: "is deleted")
    case .oneWay: Label(nl: "gaat niet terug, blijft", en: "never goes back, stays")
    case .required:
      Label(nl: "mag niet leeg zijn, blijft", en: "may not be empty, stays")
    case .builtOn:
      Label(nl: "anderen werkten eraan verder, blijft", en: "others have worked on it, stays")
    }
  }
}
