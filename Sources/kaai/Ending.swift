import ArgumentParser
import ClientCore
import Console
import Foundation
import Interchange
import Protocol
import Storage
import Transport

/// How an error ends the program: one sentence with the remedy on standard error, and its code.
enum Ending {
  static func report(_ error: any Error, _ language: Language) -> ExitStatus {
    let (status, sentence) = describe(error, language)
    let text = Terminal.safe(GlobalOptions.typed(sentence), keepsLines: true)
    Output.note("kaai: \(text)")
    return status
  }

  static func describe(_ error: any Error, _ language: Language) -> (ExitStatus, String) {
    func say(_ nl: String, _ en: String) -> String { language == .nl ? nl : en }
    switch error {
    case let failure as Failure: return (failure.status, failure.sentence)
    case let error as FieldError: return (.usage, error.sentence.text(in: language))
    case let error as UsageError: return (.usage, error.sentence.text(in: language))
    case StorageError.corrupt(let why):
      // An older copy of a replica must not be put back: the server would take it for a clone.
      return (
        .error,
        say(
          "de gegevens zijn beschadigd of van een ander programma (\(why)). Zet de map opzij voor een "
            + "beheerder, vraag een nieuwe code en geef `kaai enrol` met een andere map: wat "
            + "gesynchroniseerd werd, staat op de server.",
          "the data is damaged or another program's (\(why)). Put the folder aside for an admin, ask "
            + "for a new code and give `kaai enrol` with another folder: what was synced is on the "
            + "server.")
      )
    case let error as StorageError: return (.error, error.sentence.text(in: language))
    case let error as ReadingError: return (.error, error.sentence.text(in: language))
    case let error as ReplicaError: return (.error, sentence(error, language))
    case let error as UndoError: return (.error, sentence(error).text(in: language))
    case let error as SyncFailure: return (.error, sentence(error, language))
    case let error as TransportError:
      let status = status(error)
      // What the server says by a code has the remedy already.
      let isToldBy: Bool = if case .unreachable(_, .some) = error { true } else { false }
      let safety =
        isToldBy
        ? say(" Uw gegevens zijn veilig op deze laptop.", " Your data is safe on this laptop.")
        : say(
          " Uw gegevens zijn veilig op deze laptop; probeer het later opnieuw.",
          " Your data is safe on this laptop; try again later.")
      return (status, sentence(error).text(in: language) + (status == .offline ? safety : ""))
    case let error as ServerURLError: return (.usage, error.sentence.text(in: language))
    case let error as DecodeError:
      if case .unknownCritical = error {
        return (
          .tooOld,
          say(
            "de server spreekt een nieuwere versie: werk het programma bij. Uw gegevens zijn veilig.",
            "the server speaks a newer version: update the program. Your data is safe.")
        )
      }
      return (
        .error,
        say(
          "het antwoord of bestand kan niet gelezen worden (\(error)); er is niets gewijzigd. Probeer "
            + "het opnieuw; blijft het zo, verwittig een beheerder.",
          "the answer or file cannot be read (\(error)); nothing was changed. Try again; if it stays "
            + "so, tell an admin.")
      )
    case let error as EngineError:
      return (
        .error,
        say(
          "de kopie spreekt zichzelf tegen (\(error)); `kaai sync --full` laadt alles opnieuw.",
          "the replica contradicts itself (\(error)); `kaai sync --full` loads all anew.")
      )
    case let error as CocoaError:
      return (.error, error.localizedDescription)
    default:
      let code = Kaai.exitCode(for: error)
      if code == .validationFailure {
        let message = Kaai.fullMessage(for: error)
        return (.usage, message.hasPrefix("Error: ") ? String(message.dropFirst(7)) : message)
      }
      return (.error, "\(error)")
    }
  }

  static func status(_ error: TransportError) -> ExitStatus {
    switch error {
    case .unreachable, .timedOut, .cut: .offline
    case .revoked: .notAuthorised
    case .tooOld: .tooOld
    default: .error
    }
  }

  /// What the server says by a code is put in the user's words; anything else stays in its own.
  private static func sentence(_ error: TransportError) -> Label {
    switch error {
    case .unreachable(_, let said?): said.sentence
    case .unreachable(let reason, nil):
      Label(
        nl: "de server is niet bereikbaar (\(reason)).",
        en: "the server cannot be reached: \(reason).")
    case .timedOut:
      Label(nl: "de server antwoordde niet op tijd.", en: "the server did not answer in time.")
    case .cut: Label(nl: "de verbinding brak.", en: "the connection broke.")
    case .tooMuch(let sentence, let said):
      Label(
        nl: "de server neemt ook het kleinste stuk niet aan: \(said?.sentence.nl ?? sentence)",
        en: "the server does not take the smallest piece either: "
          + (said?.sentence.en ?? sentence))
    case .refused(let status, let sentence, let said):
      Label(
        nl: "de server weigert (\(status)): \(said?.sentence.nl ?? sentence)",
        en: "the server refused (\(status)): \(said?.sentence.en ?? sentence)")
    case .revoked(let sentence, let said), .tooOld(let sentence, let said):
      said?.sentence ?? Label(nl: sentence, en: sentence)
    case .badAnswer(let reason):
      Label(
        nl: "wat antwoordde is geen server van Kaai (\(reason)): kijk het adres na.",
        en: "what answered is not a Kaai server (\(reason)): look at the address.")
    }
  }

  private static func sentence(_ error: UndoError) -> Label {
    switch error {
    case .unknownTransaction(let id):
      Label(
        nl: "deze laptop kent geen transactie \(id.text); zie kaai history.",
        en: "this laptop knows no transaction \(id.text); see kaai history.")
    case .unknownRecord(let row):
      Label(
        nl: "deze laptop weet niets van een record \(row.text); zie kaai deleted.",
        en: "this laptop knows nothing of a record \(row.text); see kaai deleted.")
    case .isThere(let row):
      Label(
        nl:
          "\(row.text) is niet verwijderd; zeg met --at hoe het was: kaai restore \(row.text) --at 2026-10-20T09:00",
        en:
          "\(row.text) is not deleted; say with --at how it was: kaai restore \(row.text) --at 2026-10-20T09:00"
      )
    case .notYetThere(let row):
      Label(
        nl:
          "\(row.text) bestond toen niet, of deze laptop weet het niet; zie kaai history \(row.text).",
        en:
          "\(row.text) was not there then, or this laptop does not know; see kaai history \(row.text)."
      )
    case .nothing:
      Label(
        nl: "er is geen eigen wijziging om terug te draaien; zie kaai history.",
        en: "there is no change of yours to take back; see kaai history.")
    }
  }

  private static func sentence(_ error: SyncFailure, _ language: Language) -> String {
    let label: Label
    switch error {
    case .clone:
      label = Label(
        nl: "te veel kopieën van deze gegevens hebben gesynchroniseerd; de server geeft deze geen "
          + "eigen nummer meer. Uw wijzigingen staan veilig op dit toestel; vraag een beheerder om "
          + "een nieuwe code.",
        en: "too many copies of this data have synced; the server gives this one no number of its "
          + "own any more. Your changes are safe on this device; ask an admin for a new code.")
    case .serverContradicts(let what):
      label = Label(
        nl: "de server spreekt zichzelf tegen (\(what)); uw gegevens zijn veilig. "
          + "Verwittig een beheerder.",
        en: "the server contradicts itself (\(what)); your data is safe. Tell an admin.")
    }
    return label.text(in: language)
  }

  private static func sentence(_ error: ReplicaError, _ language: Language) -> String {
    let label: Label
    switch error {
    case .notEnrolled:
      label = Label(
        nl: "dit toestel is nog niet aangemeld: vraag een code en geef `kaai enrol URL CODE`.",
        en: "this device is not enrolled yet: ask for a code and give `kaai enrol URL CODE`.")
    case .alreadyEnrolled:
      label = Label(
        nl: "deze map is al aangemeld: kies een andere map met --data voor een tweede toestel.",
        en: "this folder is enrolled already: choose another with --data for a second device.")
    case .unknownRecord(let row):
      label = Label(
        nl: "record \(row.text) is er niet (meer).",
        en: "there is no record \(row.text) (any more).")
    case .unknownEntity(let tag):
      label = Label(nl: "soort \(tag) is onbekend.", en: "entity \(tag) is unknown.")
    case .transactionTooLarge(let operations):
      label = Label(
        nl: "één bewerking met \(operations) wijzigingen is te groot: splits ze.",
        en: "one action with \(operations) changes is too large: split it.")
    case .labelTooLong: label = Label(nl: "het label is te lang.", en: "the label is too long.")
    case .invalid(let entity, let field, let why):
      label = Label(nl: "\(entity).\(field): \(why)", en: "\(entity).\(field): \(why)")
    case .notWritable(let entity, let field):
      label = Label(
        nl: "\(entity).\(field) wordt alleen door de server geschreven.",
        en: "\(entity).\(field) is written by the server alone.")
    case .missingRequired(let entity, let field):
      label = Label(
        nl: "\(entity).\(field) moet ingevuld zijn.", en: "\(entity).\(field) is required.")
    }
    return label.text(in: language)
  }
}
