import ArgumentParser
import CityModel
import Console
import Foundation
import Interchange
import Protocol
import ServerApp
import Storage

/// How an error ends the program: one sentence with the remedy on standard error, and its code.
enum Ending {
  static func report(_ error: any Error, _ language: Language) -> ExitStatus {
    let (status, sentence) = describe(error, language)
    let text = Terminal.safe(GlobalOptions.typed(sentence), keepsLines: true)
    Output.note("kaai-server: \(text)")
    return status
  }

  private static func describe(_ error: any Error, _ language: Language) -> (ExitStatus, String) {
    switch error {
    case let failure as Failure: (failure.status, failure.sentence)
    case let error as UsageError: (.usage, error.sentence.text(in: language))
    case let error as AdminError: (.error, sentence(error).text(in: language))
    case StorageError.missing(let path): (.error, missing(path).text(in: language))
    case let error as StorageError: (.error, error.sentence.text(in: language))
    case let error as ReadingError: (.error, error.sentence.text(in: language))
    case let error as ServerStartError: (.error, "\(error)")
    case let error as CocoaError: (.error, error.localizedDescription)
    default: unforeseen(error)
    }
  }

  private static func unforeseen(_ error: any Error) -> (ExitStatus, String) {
    if KaaiServer.exitCode(for: error) == .validationFailure {
      return (.usage, KaaiServer.fullMessage(for: error))
    }
    return (.error, "\(error)")
  }

  private static func missing(_ path: String) -> Label {
    Label(
      nl: "er is geen server in \(path): maak hem met kaai-server init.",
      en: "there is no server in \(path): make it with kaai-server init.")
  }

  private static func sentence(_ error: AdminError) -> Label {
    switch error {
    case .unknownUser(let name):
      Label(
        nl: "er is geen actieve gebruiker “\(quoted(name))”: kijk kaai-server user list na.",
        en: "there is no active user “\(quoted(name))”: look at kaai-server user list.")
    case .userExists(let name):
      Label(
        nl: "gebruiker “\(quoted(name))” bestaat al: kies een andere naam, of geef rol en ruimtes "
          + "met kaai-server user role en user spaces.",
        en: "there is a user “\(quoted(name))” already: choose another name, or give role and "
          + "spaces with kaai-server user role and user spaces.")
    case .unknownSpace(let code):
      Label(
        nl: "er is geen ruimte “\(quoted(code))”: geef gent, de code van een hub zonder hub "
          + "erboven, of *.",
        en: "there is no space “\(quoted(code))”: give gent, the code of a hub with no hub above "
          + "it, or *.")
    case .unknownDevice(let name):
      Label(
        nl: "er is geen toestel “\(quoted(name))”: kijk kaai-server device list na.",
        en: "there is no device “\(quoted(name))”: look at kaai-server device list.")
    case .codeUnknownOrUsed:
      Label(nl: "deze code is onbekend of gebruikt.", en: "this code is unknown or was used.")
    case .codeExpired: Label(nl: "deze code is verlopen.", en: "this code has expired.")
    case .invalidName(let name):
      Label(
        nl: "“\(quoted(name))” kan geen naam zijn: 1 tot 120 tekens op één regel.",
        en: "“\(quoted(name))” cannot be a name: 1 to 120 characters on one line.")
    case .unknownRecord(let id):
      Label(nl: "er is geen record \(quoted(id)).", en: "there is no record \(quoted(id)).")
    case .notText(let field):
      Label(
        nl: "“\(quoted(field))” is geen tekst: alleen uit een tekst wordt een stuk gewist.",
        en: "“\(quoted(field))” is no text: only of a text a part is erased.")
    case .notInText(let words):
      Label(
        nl: "“\(quoted(words))” staat niet in de tekst; er is niets gewist. Hoofdletters tellen; "
          + "met \"\" gaat alleen weg wat er vroeger stond.",
        en: "“\(quoted(words))” is not in the text; nothing was erased. Capitals count; \"\" takes "
          + "away only what stood there before.")
    case .deletedRecord(let id):
      Label(
        nl: "record \(quoted(id)) is verwijderd: breng het eerst terug met kaai restore.",
        en: "record \(quoted(id)) is deleted: bring it back first with kaai restore.")
    case .refused(let reason, let detail):
      refused(RefusalText.sentence(reason, quoted(detail), [], CityModel.model))
    }
  }

  private static func refused(_ why: Label) -> Label {
    Label(
      nl: "de server weigert dit; er is niets gewijzigd: \(why.nl)",
      en: "the server refuses this; nothing was changed: \(why.en)")
  }

  private static func quoted(_ text: String) -> String { Terminal.quotable(text) }
}
