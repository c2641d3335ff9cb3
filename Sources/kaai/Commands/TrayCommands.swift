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
      let text = ChangeText(context.display(engine), titles: context.titles(engine))
      for transaction in rejected {
        let why = RefusalText.sentence(
          transaction.reason, transaction.detail, transaction.operations, context.model)
        context.output.line(
          "\(transaction.id.text)  \(context.time(transaction.atMilliseconds))  "
            + Terminal.safe(why.text(in: context.language)))
        for line in text.lines(transaction.operations) {
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
    try HistoryOutput.write(pending, context, replica)
    if pending.isEmpty {
      context.output.line(Label(nl: "Er is niets te verzenden.", en: "Nothing is pending."))
    }
    return .ok
  }
}
