import Protocol
import Storage

extension StorageError {
  /// What happened and what to do, in plain words.
  public var sentence: Label {
    switch self {
    case .busy:
      Label(
        nl: "een ander programma houdt de gegevens te lang vast; probeer opnieuw.",
        en: "another program holds the data for too long; try again.")
    case .diskFull:
      Label(
        nl:
          "de schijf is vol of antwoordt niet; er is niets gewijzigd: maak plaats en probeer opnieuw.",
        en: "the disk is full or does not answer; nothing was changed: free some room, try again.")
    case .corrupt(let why):
      Label(
        nl:
          "de gegevens zijn beschadigd of van een ander programma (\(why)): zet een reservekopie terug.",
        en: "the data is damaged or another program's (\(why)): put a backup back.")
    case .readOnly:
      Label(
        nl: "de gegevens mogen niet geschreven worden: kijk de rechten van de map na.",
        en: "the data may not be written: look at the rights of the folder.")
    case .cannotOpen(let why):
      Label(
        nl: "de gegevens kunnen niet geopend worden (\(why)): kijk de map en de rechten na.",
        en: "the data cannot be opened (\(why)): look at the folder and its rights.")
    case .newerFormat(let found, let known):
      Label(
        nl:
          "de gegevens zijn van een nieuwere versie (\(found), dit programma kent \(known)): werk het programma bij.",
        en:
          "the data is of a newer version (\(found), this program knows \(known)): update the program."
      )
    case .otherModel(let found, let expected):
      Label(
        nl:
          "de gegevens zijn van een ander soort (\(found), hier hoort \(expected)): kies een andere map.",
        en: "the data is of another kind (\(found), this is \(expected)): choose another folder.")
    case .missing(let path):
      Label(
        nl: "er zijn geen gegevens in \(path): maak ze eerst aan.",
        en: "there is no data in \(path): make it first.")
    case .refusedByGuard(let why): Label(nl: why, en: why)
    case .sql(let code, let message):
      Label(
        nl:
          "de databank weigert (\(code): \(message)); er is niets gewijzigd. Dit is een fout van het programma.",
        en:
          "the database refuses (\(code): \(message)); nothing was changed. This is a bug of the program."
      )
    }
  }
}
