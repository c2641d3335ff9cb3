import ArgumentParser
import ClientCore
import Console
import Interchange
import Protocol
import Storage

struct Authors: KaaiCommand {
  static let configuration = CommandConfiguration(
    abstract: "Who wrote which part of a text.",
    discussion: """
      Examples:
        kaai authors "Indigo Diabetes" notes
        kaai authors "Indigo Diabetes" notes --from server
      """)
  @Argument(help: "A record: an id, a code or a unique title.") var id: String
  @Argument(help: "One of its texts, such as notes.") var field: String
  @Option(help: "laptop, or server: from the whole history, where there is a network.")
  var from: HistoryCommand.Source = .laptop

  func run(_ context: Context) async throws -> ExitStatus {
    let replica = try context.replica()
    let (entity, row) = try replica.database.read { try context.find(id, $0) }
    let field = try context.field(field, entity)
    guard field.kind == .text else {
      throw Failure(
        .usage,
        context.say(
          "\(field.name) is geen tekst: kijk met kaai history wie het veranderde.",
          "\(field.name) is no text: look with kaai history who changed it."))
    }
    let pages = from == .server ? try await context.serverHistory(of: row, replica) : nil
    let stretches = try replica.authors(row, field.tag, pages: pages)
    context.output.json { json in
      json.array { json in
        for stretch in stretches {
          json.object { json in
            json.member("text", string: stretch.text)
            if let by = stretch.by { AuthorMembers.write(by, to: &json) }
          }
        }
      }
    }
    for stretch in stretches {
      let by = stretch.by.map { "\($0.user), \($0.device), \(context.time($0.atMilliseconds))" }
      context.output.line(
        Terminal.safe(by ?? context.say("van vroeger", "from before")) + ":")
      for line in stretch.text.split(separator: "\n", omittingEmptySubsequences: false) {
        context.output.line("  " + Terminal.safe(String(line)))
      }
    }
    return .ok
  }
}
