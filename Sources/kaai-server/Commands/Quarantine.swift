import ArgumentParser
import Console
import Interchange
import Protocol
import ServerApp

struct Quarantine: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Transactions of devices that were not accepted.",
    subcommands: [List.self, Show.self])
}

extension Quarantine {
  struct List: ServerCommand {
    static let configuration = CommandConfiguration(
      abstract: "Lists refused transactions, oldest first.")

    func run(_ context: Context) async throws -> ExitStatus {
      let refused = try context.store().quarantine()
      context.output.json { json in
        json.array { json in
          for transaction in refused {
            json.object { json in
              RefusedTransaction.members(transaction, context, to: &json)
              json.member("changes", integer: Int64(transaction.operations.count))
            }
          }
        }
      }
      for transaction in refused {
        context.output.line(RefusedTransaction.line(transaction, context))
      }
      if refused.isEmpty {
        context.output.line(Label(nl: "Alles werd aanvaard.", en: "Everything was accepted."))
      }
      return .ok
    }
  }

  struct Show: ServerCommand {
    static let configuration = CommandConfiguration(
      abstract: "Shows one refused transaction with its changes.",
      discussion: "Example: kaai-server quarantine show 1284930021:17")
    @Argument(help: "SITE:SEQUENCE, as quarantine list shows it.") var transaction: String

    func run(_ context: Context) async throws -> ExitStatus {
      let refused = try context.store().quarantine()
      guard let found = refused.first(where: { $0.id.text == transaction }) else {
        throw Failure(
          .error,
          context.say(
            "er is geen geweigerde transactie “\(Terminal.quotable(transaction))”: kijk "
              + "kaai-server quarantine list na.",
            "there is no refused transaction “\(Terminal.quotable(transaction))”: look at "
              + "kaai-server quarantine list."))
      }
      context.output.json { json in
        json.object { json in
          RefusedTransaction.members(found, context, to: &json)
          json.key("changes")
          ChangeJSON.write(found.operations, model: context.model, to: &json)
        }
      }
      context.output.line(RefusedTransaction.line(found, context))
      if !context.output.isJSON {
        let display = DisplayText(model: context.model, language: context.language) { _, _ in nil }
        for line in ChangeText(display).lines(found.operations) { context.output.line("  " + line) }
      }
      return .ok
    }
  }
}

/// A refused transaction as it is printed.
enum RefusedTransaction {
  static func members(
    _ transaction: QuarantinedTransaction, _ context: Context, to json: inout JSONText
  ) {
    json.member("transaction", string: transaction.id.text)
    json.member("reason", string: "\(transaction.reason)")
    json.member("detail", string: transaction.detail)
    // Like a log: machines read the same whatever the language.
    json.member("sentence", string: sentence(transaction, context).en)
    json.member("at", string: PlainText.instant(transaction.atMilliseconds))
    json.member("user", string: transaction.userName)
    json.member("device", string: transaction.deviceName)
  }

  private static func sentence(
    _ transaction: QuarantinedTransaction, _ context: Context
  ) -> Label {
    RefusalText.sentence(
      transaction.reason, transaction.detail, transaction.operations, context.model)
  }

  static func line(_ transaction: QuarantinedTransaction, _ context: Context) -> String {
    Terminal.safe(
      "\(transaction.id.text)  \(PlainText.instant(transaction.atMilliseconds))  "
        + "\(transaction.userName), \(transaction.deviceName): "
        + sentence(transaction, context).text(in: context.language))
  }
}
