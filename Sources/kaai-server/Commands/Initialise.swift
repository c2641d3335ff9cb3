import ArgumentParser
import Console
import Foundation
import Protocol
import ServerApp

struct Initialise: ServerCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Makes an empty server in the data directory.",
    discussion: "Example: kaai-server init --data /var/lib/kaai")

  func run(_ context: Context) async throws -> ExitStatus {
    let directory = try context.directory()
    let file = try context.file()
    if FileManager.default.fileExists(atPath: file.path) {
      throw Failure(
        .error,
        context.say(
          "in \(directory.path) staat al een server; er is niets gewijzigd. Kies een andere map.",
          "there is a server in \(directory.path) already; nothing was changed. Choose another "
            + "directory."))
    }
    try DataDirectory.make(directory, context.language)
    try SQLiteServerStore.make(path: file.path, model: context.model, system: context.system)
    context.output.emptyJSON()
    context.output.line(
      Label(
        nl: "De server is aangemaakt. Geef nu een gebruiker: kaai-server user add NAAM --role "
          + "admin --spaces '*'",
        en: "The server is made. Now add a user: kaai-server user add NAME --role admin --spaces "
          + "'*'"))
    return .ok
  }
}
