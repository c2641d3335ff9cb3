import ArgumentParser
import Console
import Interchange
import Protocol
import ServerApp

struct Returned: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "What devices gave back after a backup was put back.", subcommands: [List.self])
}

extension Returned {
  struct List: ServerCommand {
    static let configuration = CommandConfiguration(
      abstract: "Lists transactions that another device than their author's brought, by position.",
      discussion: "Example: kaai-server returned list --json")

    func run(_ context: Context) async throws -> ExitStatus {
      let returned = try context.store().returned()
      context.output.json { json in
        json.array { json in
          for transaction in returned { ReturnedText.write(transaction, to: &json) }
        }
      }
      for transaction in returned { context.output.line(ReturnedText.line(transaction)) }
      if returned.isEmpty {
        context.output.line(
          Label(nl: "Er werd niets teruggebracht.", en: "Nothing was brought back."))
      }
      return .ok
    }
  }
}

/// A returned transaction, and a hole, as they are printed.
enum ReturnedText {
  static func write(_ transaction: ReturnedTransaction, to json: inout JSONText) {
    json.object { json in
      json.member("transaction", string: transaction.id.text)
      json.member("user", string: transaction.userName)
      json.member("device", string: transaction.deviceName)
      json.member("returnedBy", string: transaction.returnedBy)
      json.member("at", string: PlainText.instant(transaction.atMilliseconds))
      json.member("position", string: String(transaction.position))
      json.key("oldPlaces")
      json.array { json in
        for place in transaction.oldPlaces {
          json.object { json in
            json.member("epoch", string: String(place.epoch))
            json.member("position", string: String(place.position))
          }
        }
      }
      json.member("missing", integer: Int64(transaction.missing))
    }
  }

  static func line(_ transaction: ReturnedTransaction) -> String {
    Terminal.safe(
      "\(transaction.id.text)  \(PlainText.instant(transaction.atMilliseconds))  "
        + "\(transaction.userName), \(transaction.deviceName) <- \(transaction.returnedBy)"
        + (transaction.missing > 0 ? "  (-\(transaction.missing))" : ""))
  }

  static func write(_ hole: SequenceHole, to json: inout JSONText) {
    json.object { json in
      json.member("site", string: String(hole.site))
      json.member("device", string: hole.deviceName)
      json.member("first", integer: Int64(hole.first))
      json.member("last", integer: Int64(hole.last))
    }
  }

  static func sentence(_ hole: SequenceHole) -> Label {
    let name = Terminal.safe(hole.deviceName)
    return Label(
      nl: "kaai-server: van \(name) ontbreken transacties \(hole.first) tot \(hole.last); "
        + "wie ze heeft, kan ze nog brengen.",
      en: "kaai-server: transactions \(hole.first) to \(hole.last) of \(name) are missing; "
        + "whoever has them may still bring them.")
  }
}
