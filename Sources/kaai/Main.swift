import ArgumentParser
import Console
import Foundation
import Interchange
import Protocol

/// The program of field staff.
@main
struct Main {
  static func main() async {
    // The data is this user's alone, also in the files that SQLite puts beside it.
    umask(0o077)
    StandardStreams.keepOpen()
    // A file that may not grow is a full disk to us: an error with a sentence, not the end.
    signal(SIGXFSZ, SIG_IGN)
    let options: GlobalOptions
    do {
      options = try GlobalOptions.ofProcess(dataVariable: "KAAI_DATA")
    } catch {
      Output.note("kaai: \(Terminal.safe(error.sentence.en))")
      Output(isJSON: GlobalOptions.processWantsJSON, language: .en).endJSON()
      exit(ExitStatus.usage.rawValue)
    }
    // What was saved is saved, what was not is not: there is nothing to tidy.
    signal(SIGINT) { _ in _exit(ExitStatus.interrupted.rawValue) }
    exit(await run(options).rawValue)
  }

  static func run(_ options: GlobalOptions) async -> ExitStatus {
    let context = Context(options: options)
    let help = EntityHelp(options.rest, model: context.model, language: options.language)
    if let help {
      Output.write(help.text)
      return .ok
    }
    do {
      var command = try Kaai.parseAsRoot(options.rest)
      if let command = command as? any KaaiCommand {
        return try await command.run(context)
      }
      try command.run()
      return .ok
    } catch let error where Kaai.exitCode(for: error) == .success {
      // Help and version are answers, not errors.
      Output.write(Kaai.fullMessage(for: error) + "\n")
      return .ok
    } catch {
      let status = Ending.report(error, options.language)
      context.output.endJSON()
      return status
    }
  }
}

/// A subcommand: parsed by the library, run with the program's context.
protocol KaaiCommand: ParsableCommand {
  func run(_ context: Context) async throws -> ExitStatus
}

struct Kaai: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kaai",
    abstract: "Field data of the City of Ghent, with or without a network.",
    discussion: """
      Everything is saved on this laptop at once; `kaai sync` merges it with the server.

      \(GlobalOptions.help)

      Examples:
        kaai enrol http://kaai.example:8080 7K2M-9QXF-0ABC --name "Laptop A"
        kaai add organisation name="Studio Kaai" kind=start_up hub=TLG sectors=digital
        kaai edit "Studio Kaai" website=https://kaai.example
        kaai sync
      """,
    version: "0.1.0",
    subcommands: [
      Enrol.self, Sync.self, Status.self, Add.self, Edit.self, SetAdd.self, SetRemove.self,
      Count.self, Move.self, Delete.self, Show.self, List.self, Search.self, HistoryCommand.self,
      Authors.self, Undo.self, Restore.self, Deleted.self,
      Conflicts.self, Resolve.self, Rejected.self, OutboxCommand.self, Import.self, Dump.self,
      Verify.self,
    ])
}
