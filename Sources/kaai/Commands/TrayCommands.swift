import ArgumentParser
import ClientCore
import Console
import Foundation
import Interchange
import Protocol
import Storage

struct Rejected: KaaiCommand {
  static let configuration = CommandConfiguration(
    abstract: "Lists the changes that the server did not accept, with why.",
    discussion: "Example: kaai rejected --json")

  func run(_ context: Context) async throws -> ExitStatus {
    let replica = try context.replica()
    let rejected = try replica.rejected()
    context.output.json { json in
      json.array { json in
        for transaction in rejected {
          json.object { json in
            json.member("transaction", string: transaction.id.text)
            json.member(
              "reason",
              string: RefusalText.sentence(
                transaction.reason, transaction.detail, transaction.operations, context.model
              ).en)
            json.member("at", string: PlainText.instant(transaction.atMilliseconds))
            json.key("changes")
            ChangeJSON.write(transaction.operations, model: context.model, to: &json)
          }
        }
      }
    }
    if context.output.isJSON { return .ok }
    try replica.database.read { engine in
      for transaction in rejected {
        let why = RefusalText.sentence(
          transaction.reason, transaction.detail, transaction.operations, context.model)
        context.output.line(
          "\(transaction.id.text)  \(context.time(transaction.atMilliseconds))  "
            + Terminal.safe(why.text(in: context.language)))
        for line in ChangeMembers.lines(transaction.operations, context, engine) {
          context.output.line("  " + line)
        }
      }
    }
    if rejected.isEmpty {
      context.output.line(Label(nl: "Alles werd aanvaard.", en: "Everything was accepted."))
    }
    return .ok
  }
}

struct OutboxCommand: KaaiCommand {
  static let configuration = CommandConfiguration(
    commandName: "outbox", abstract: "Lists what is saved here and not yet on the server.",
    discussion: "Example: kaai outbox")

  func run(_ context: Context) async throws -> ExitStatus {
    let replica = try context.replica()
    let pending = try replica.outbox()
    try HistoryOutput.write(pending, replica, context)
    if pending.isEmpty {
      context.output.line(Label(nl: "Er is niets te verzenden.", en: "Nothing is pending."))
    }
    return .ok
  }
}

struct HistoryCommand: KaaiCommand {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "Who changed what, newest first.",
    discussion: """
      Examples:
        kaai history
        kaai history WINTERCIRCUS --limit 10
      """)
  @Argument(help: "A record; all without.") var id: String?
  @Option(help: "At most so many.") var limit: Int = 100

  func run(_ context: Context) async throws -> ExitStatus {
    let replica = try context.replica()
    guard limit >= 0 else {
      throw Failure(
        .usage, context.say("--limit is een getal vanaf 0.", "--limit is a number from 0."))
    }
    let row = try id.map { text in
      if let row = RowID(text: text) { return row }
      return try replica.database.read { try context.find(text, $0).1 }
    }
    try HistoryOutput.write(try replica.history(of: row, limit: limit), replica, context)
    return .ok
  }
}

/// Transactions with their changes.
enum HistoryOutput {
  static func write(_ entries: [HistoryEntry], _ replica: Replica, _ context: Context) throws {
    context.output.json { json in
      json.array { json in
        for entry in entries {
          json.object { json in
            json.member("transaction", string: entry.id.text)
            json.member("user", string: entry.user)
            json.member("device", string: entry.device)
            json.member("at", string: PlainText.instant(entry.atMilliseconds))
            if !entry.label.isEmpty { json.member("label", string: entry.label) }
            json.member("pending", bool: entry.isPending)
            json.key("changes")
            ChangeJSON.write(entry.operations, model: context.model, to: &json)
          }
        }
      }
    }
    if context.output.isJSON { return }
    try replica.database.read { engine in
      for entry in entries {
        let label = entry.label.isEmpty ? "" : "  [\(entry.label)]"
        let pending = entry.isPending ? context.say("  (te verzenden)", "  (pending)") : ""
        context.output.line(
          Terminal.safe(
            "\(entry.id.text)  \(context.time(entry.atMilliseconds))  "
              + "\(entry.user), \(entry.device)\(label)\(pending)"))
        for line in ChangeMembers.lines(entry.operations, context, engine).prefix(20) {
          context.output.line("  " + line)
        }
      }
    }
  }
}

/// The changes of a transaction: record, field, value.
enum ChangeMembers {
  /// What happened to a record as a whole.
  private static func life(_ kind: OperationKind) -> Label {
    switch kind {
    case .create: Label(nl: "gemaakt", en: "made")
    case .delete: Label(nl: "verwijderd", en: "deleted")
    case .keep: Label(nl: "behouden", en: "kept")
    default: Label(nl: "gewijzigd", en: "changed")
    }
  }

  static func lines(_ operations: [Operation], _ context: Context, _ engine: Engine) -> [String] {
    let display = context.display(engine)
    return operations.flatMap { operation -> [String] in
      guard let entity = context.model.entity(tag: operation.entity) else { return [] }
      let title: String
      // A title that cannot be read is only not shown.
      title = (try? engine.title(entity, operation.row)) ?? operation.row.text
      let head = "\(entity.label.text(in: context.language)) \(title)"
      if operation.tags.isEmpty {
        return [Terminal.safe("\(head): \(life(operation.kind).text(in: context.language))")]
      }
      return zip(operation.tags, operation.tags.indices).map { tag, index in
        let field = entity.field(tag: tag)
        var type = field?.type ?? .string()
        if case .set(let element) = type { type = element }
        var value = operation.values[index]
        if case .map(_, let inner) = type {
          type = inner
          value = operation.values.last ?? .null
        }
        if operation.kind == .edit { value = ChangeJSON.inserted(operation) }
        let sign: String =
          switch operation.kind {
          case .add, .edit: "+ "
          case .remove, .drop: "- "
          case .increment, .bump: "+= "
          default: ""
          }
        let name = field?.label.text(in: context.language) ?? "#\(tag)"
        return Terminal.safe("\(head): \(name) \(sign)\(display.text(value, type: type))")
      }
    }
  }
}
