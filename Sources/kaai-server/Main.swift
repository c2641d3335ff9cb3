import ArgumentParser
import Console
import Foundation
import Protocol

/// The program of those who run the server.
@main
struct Main {
  static func main() async {
    // The data of the city is for this user alone: files get mode 0600, folders 0700.
    umask(0o077)
    StandardStreams.keepOpen()
    // A file that may not grow is a full disk to us: an error with a sentence, not the end.
    signal(SIGXFSZ, SIG_IGN)
    do {
      let options = try GlobalOptions.ofProcess(dataVariable: "KAAI_SERVER_DATA")
      exit(await run(options).rawValue)
    } catch {
      let status = Ending.report(error, .en)
      Output(isJSON: GlobalOptions.processWantsJSON, language: .en).endJSON()
      exit(status.rawValue)
    }
  }

  private static func run(_ options: GlobalOptions) async -> ExitStatus {
    do {
      var command = try KaaiServer.parseAsRoot(options.rest)
      if let command = command as? any ServerCommand {
        return try await command.run(Context(options: options))
      }
      try command.run()
      return .ok
    } catch let error where KaaiServer.exitCode(for: error) == .success {
      // Help and version are answers, not errors.
      Output.write(KaaiServer.fullMessage(for: error) + "\n")
      return .ok
    } catch {
      let status = Ending.report(error, options.language)
      Output(isJSON: options.isJSON, language: options.language).endJSON()
      return status
    }
  }
}

/// A subcommand: parsed by the library, run with the program's context.
protocol ServerCommand: ParsableCommand {
  func run(_ context: Context) async throws -> ExitStatus
}

struct KaaiServer: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kaai-server",
    abstract: "The central server of Kaai, and all that its admins do.",
    discussion: """
      Every command works while `serve` runs in another process.

      \(GlobalOptions.help)
      The data directory may also stand in KAAI_SERVER_DATA.

      Examples:
        kaai-server init --data /var/lib/kaai
        kaai-server user add "An Peeters" --role editor --spaces gent,WINTERCIRCUS
        kaai-server device code "An Peeters"
        kaai-server serve --listen 127.0.0.1:8080
        kaai-server backup /var/backups/kaai.sqlite
      """,
    version: "0.1.0",
    subcommands: [
      Initialise.self, User.self, Device.self, Serve.self, Dump.self, Verify.self, Backup.self,
      Quarantine.self, Returned.self, Erase.self, Import.self, Export.self,
    ])
}
