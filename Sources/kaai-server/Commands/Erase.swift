import ArgumentParser
import Console
import Foundation
import Interchange
import Protocol
import ServerApp
import Storage

struct Erase: ServerCommand {
  static let configuration = CommandConfiguration(
    abstract: "Takes words out of a text for good: from its past, the log and every laptop.",
    discussion: """
      All that the text ever held and does not show goes with them: nothing is left of what was \
      typed in pieces or corrected. Who changed it and when stays known. Laptops follow at their \
      next sync. A backup that was made before has the words still: make a new one, delete the old.

      Examples:
        kaai-server erase Sirris notes "+32 477 12 34 56"
        kaai-server erase Sirris notes -     words from standard input
        kaai-server erase Sirris notes ""    only what stood there before
      Options come before words that begin with a dash: erase --lang nl -- Sirris notes -x
      """)
  @Argument(help: "A record: an id, a code or a unique title.") var id: String
  @Argument(help: "One of its texts, such as notes.") var field: String
  @Argument(help: "The words, as they stand in it; - reads them from standard input.")
  var words: String

  func run(_ context: Context) async throws -> ExitStatus {
    let store = try context.store()
    let (entity, row) = try context.find(id, store)
    guard let field = entity.field(named: field) else {
      throw Failure(
        .usage,
        context.say(
          "\(entity.name) heeft geen veld “\(Terminal.quotable(field))”.",
          "\(entity.name) has no field “\(Terminal.quotable(field))”."))
    }
    // Texts are kept composed, and their lines end in one way.
    let words = (words == "-" ? try standardInput(context) : GlobalOptions.typed(words))
      .precomposedStringWithCanonicalMapping.replacing("\r\n", with: "\n")
    let report = try store.erase(words, from: field, of: entity, row)
    context.output.json { json in
      json.object { json in
        json.member("places", integer: Int64(report.places))
        json.member("transactions", integer: Int64(report.transactions))
      }
    }
    context.output.line(
      report.places, one: Label(nl: "plaats in de tekst", en: "place in the text"),
      other: Label(nl: "plaatsen in de tekst", en: "places in the text"))
    context.output.line(
      report.transactions, one: Label(nl: "wijziging in het logboek", en: "change in the log"),
      other: Label(nl: "wijzigingen in het logboek", en: "changes in the log"))
    context.output.line(
      Label(
        nl: "Gewist. Laptops volgen bij hun volgende sync; een oudere back-up heeft de woorden "
          + "nog.",
        en: "Erased. Laptops follow at their next sync; an older backup still has the words."))
    return .ok
  }

  private func standardInput(_ context: Context) throws -> String {
    let data = try FileHandle.standardInput.read(upToCount: TextLimits.standard.textBytes + 1)
    guard let text = String(validating: data ?? Data(), as: UTF8.self), !text.isEmpty,
      text.utf8.count <= TextLimits.standard.textBytes
    else {
      throw Failure(
        .usage,
        context.say(
          "wat binnenkwam is geen tekst in UTF-8 van hoogstens 1 MiB.",
          "what came in is no text in UTF-8 of at most 1 MiB."))
    }
    // The end that an editor or a shell adds is none of the words.
    return text.hasSuffix("\n") || text.hasSuffix("\r\n") ? String(text.dropLast()) : text
  }
}

extension Context {
  func find(_ text: String, _ store: any ServerStore) throws -> (Entity, RowID) {
    let text = GlobalOptions.typed(text)
    if case .one(let tag, let row) = try store.find(text), let entity = model.entity(tag: tag) {
      return (entity, row)
    }
    if let row = RowID(text: text), try store.isDeleted(row) {
      throw AdminError.deletedRecord(row.text)
    }
    throw AdminError.unknownRecord(text)
  }
}
