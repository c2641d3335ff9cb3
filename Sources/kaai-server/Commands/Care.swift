import ArgumentParser
import Console
import Foundation
import Interchange
import Protocol
import ServerApp
import Storage

struct Dump: ServerCommand {
  static let configuration = CommandConfiguration(
    abstract: "Prints everything visible as JSON lines.",
    discussion: """
      Where the state is the same the bytes are the same: with --user, those of the person's own
      replica once it is in sync.
      """)
  @Option(help: "Only what this person may read.") var user: String?

  func run(_ context: Context) async throws -> ExitStatus {
    let store = try context.store()
    let account = try user.map { try context.account($0, in: store) }
    try store.read(as: account) { reader in
      for entity in CanonicalDump.entities(of: context.model) {
        var dump = CanonicalDump(model: context.model)
        try reader.forEachRecord(of: entity) { record in
          dump.add(record)
          return true
        }
        write(dump)
      }
      var dump = CanonicalDump(model: context.model)
      for entry in try reader.conflicts() { dump.add(entry) }
      write(dump)
    }
    return .ok
  }

  private func write(_ dump: CanonicalDump) {
    if !dump.lines.isEmpty { Output.write(dump.lines.joined(separator: "\n") + "\n") }
  }
}

struct Verify: ServerCommand {
  static let configuration = CommandConfiguration(
    abstract: "Computes every digest anew and checks the log and the file.")

  func run(_ context: Context) async throws -> ExitStatus {
    let report = try context.store().verify()
    context.output.json { json in
      json.object { json in
        json.member("ok", bool: report.problems.isEmpty)
        json.member("head", string: String(report.head))
        json.member("digest", string: digits(report.digest))
        json.member("safe", string: String(report.safePosition))
        json.member("returned", integer: Int64(report.returned))
        json.key("holes")
        json.array { json in for hole in report.holes { ReturnedText.write(hole, to: &json) } }
        json.key("problems")
        json.array { json in for problem in report.problems { json.string(problem) } }
      }
    }
    // Not a fault of the data: whoever has them may still bring them.
    for hole in report.holes { Output.note(ReturnedText.sentence(hole).text(in: context.language)) }
    if report.problems.isEmpty {
      context.output.line(
        Label(
          nl: "Alles klopt: positie \(report.head), controlesom \(digits(report.digest))",
          en: "All is well: position \(report.head), digest \(digits(report.digest))"))
      return .ok
    }
    for problem in report.problems { Output.note("kaai-server: \(Terminal.safe(problem))") }
    throw Failure(
      .error,
      context.say(
        "de gegevens kloppen niet: zet een reservekopie terug en laat de toestellen "
          + "synchroniseren.",
        "the data is not sound: put a backup back and let the devices sync."))
  }

  /// 16 hexadecimal digits.
  private func digits(_ sum: UInt64) -> String {
    let text = String(sum, radix: 16)
    return String(repeating: "0", count: 16 - text.count) + text
  }
}

struct Backup: ServerCommand {
  static let configuration = CommandConfiguration(
    abstract: "Copies the data to a new file while the server runs, and checks the copy.",
    discussion: """
      Devices need not keep what is in the copy: make one often, and keep the last ones.

      To go back: stop the server, put the copy in the place of server.sqlite (without files named
      server.sqlite-wal and -shm beside it), start it again. The devices give back what it lacks.
      Example: kaai-server backup /var/backups/kaai.sqlite
      """)
  @Argument(help: "A file that is not there yet.") var file: String

  func run(_ context: Context) async throws -> ExitStatus {
    let store = try context.store()
    guard !FileManager.default.fileExists(atPath: file) else {
      throw Failure(
        .error,
        context.say(
          "\(file) bestaat al; er is niets gewijzigd. Kies een andere naam.",
          "\(file) is there already; nothing was changed. Choose another name."))
    }
    do {
      try store.backup(to: file)
    } catch {
      // Half a copy must not be taken for one. That it is not there is as good.
      for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file + end) }
      guard case StorageError.cannotOpen = error else { throw error }
      let name = Terminal.quotable(file)
      throw Failure(
        .error,
        context.say(
          "de kopie \(name) kan niet gemaakt worden: kijk de map en haar rechten na.",
          "the copy \(name) cannot be made: look at the folder and its rights."))
    }
    context.output.emptyJSON()
    context.output.line(
      Label(nl: "De kopie staat in \(file).", en: "The copy is in \(file)."))
    return .ok
  }
}
