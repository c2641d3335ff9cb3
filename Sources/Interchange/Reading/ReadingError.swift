import Protocol

/// Why a file cannot be read on, with the line where it was seen (from 1; 0 is the whole file).
/// Nothing of such a file is imported.
public struct ReadingError: Error, Hashable, Sendable {
  public enum Problem: Hashable, Sendable {
    case fileTooLarge(bytes: Int)
    case recordTooLarge(bytes: Int)
    case fieldTooLarge(bytes: Int)
    case tooManyColumns(Int)
    case tooManyRecords(Int)
    case notEncoded(as: TextEncoding)
    case unclosedQuote
    case textAfterQuote
    case nothingToRead
    case columnTwice(String)
    case columnMissing(String)
    case moreFieldsThanColumns(fields: Int, columns: Int)
    case notJSON
    case jsonTooDeep(Int)
    case notFeatures
    case notCompressed
  }

  public let line: Int
  public let problem: Problem

  public init(line: Int, _ problem: Problem) {
    self.line = line
    self.problem = problem
  }

  /// What is wrong and what to do about it.
  public var sentence: Label {
    let said = Self.said(problem)
    guard line > 0 else { return said }
    return Label(nl: "Regel \(line): \(said.nl)", en: "Line \(line): \(said.en)")
  }

  private static func said(_ problem: Problem) -> Label {
    switch problem {
    case .fileTooLarge, .recordTooLarge, .fieldTooLarge, .tooManyColumns, .tooManyRecords,
      .jsonTooDeep:
      saidOfSize(problem)
    case .notJSON, .notFeatures, .notCompressed, .notEncoded: saidOfFormat(problem)
    default: saidOfTable(problem)
    }
  }

  private static func saidOfSize(_ problem: Problem) -> Label {
    switch problem {
    case .fileTooLarge(let bytes):
      Label(
        nl: "het bestand is groter dan \(bytes) bytes; deel het op.",
        en: "the file is larger than \(bytes) bytes; split it.")
    case .recordTooLarge(let bytes):
      Label(
        nl: "deze rij is langer dan \(bytes) bytes; staat er een aanhalingsteken te weinig?",
        en: "this row is longer than \(bytes) bytes; is a quotation mark missing?")
    case .fieldTooLarge(let bytes):
      Label(
        nl: "een veld is langer dan \(bytes) bytes; staat er een aanhalingsteken te weinig?",
        en: "a field is longer than \(bytes) bytes; is a quotation mark missing?")
    case .tooManyColumns(let count):
      Label(
        nl: "meer dan \(count) kolommen; klopt het scheidingsteken?",
        en: "more than \(count) columns; is the separator right?")
    case .tooManyRecords(let count):
      Label(
        nl: "meer dan \(count) rijen; deel het bestand op.",
        en: "more than \(count) rows; split the file.")
    case .jsonTooDeep(let depth):
      Label(
        nl: "objecten zitten meer dan \(depth) diep in elkaar; is dit het juiste bestand?",
        en: "objects are nested more than \(depth) deep; is this the right file?")
    default: saidOfFormat(problem)
    }
  }

  private static func saidOfFormat(_ problem: Problem) -> Label {
    switch problem {
    case .notEncoded(let encoding):
      Label(
        nl: "dit is geen tekst in \(encoding.name); bewaar het bestand als UTF-8.",
        en: "this is not text in \(encoding.name); save the file as UTF-8.")
    case .notFeatures:
      Label(
        nl: "dit is geen GeoJSON met een lijst van features; is dit het juiste bestand?",
        en: "this is not GeoJSON with a list of features; is this the right file?")
    case .notCompressed:
      Label(
        nl: "het gecomprimeerde bestand is beschadigd; haal het opnieuw op.",
        en: "the compressed file is damaged; fetch it again.")
    default:
      Label(
        nl: "dit is geen geldige JSON; is dit het juiste bestand?",
        en: "this is not valid JSON; is this the right file?")
    }
  }

  private static func saidOfTable(_ problem: Problem) -> Label {
    switch problem {
    case .unclosedQuote:
      return Label(
        nl: "een aanhalingsteken wordt nergens gesloten.",
        en: "a quotation mark is never closed.")
    case .textAfterQuote:
      return Label(
        nl: "tekst na een gesloten aanhalingsteken; verdubbel aanhalingstekens in een veld.",
        en: "text after a closed quotation mark; double quotation marks inside a field.")
    case .columnTwice(let column):
      let name = Terminal.quotable(column)
      return Label(
        nl: "de kolom “\(name)” staat er twee keer; geef elke kolom een eigen naam.",
        en: "the column “\(name)” is there twice; give each column its own name.")
    case .columnMissing(let column):
      let name = Terminal.quotable(column)
      return Label(
        nl: "de kolom “\(name)” ontbreekt; is dit het juiste bestand voor deze import?",
        en: "the column “\(name)” is missing; is this the right file for this import?")
    case .moreFieldsThanColumns(let fields, let columns):
      return Label(
        nl: "\(fields) velden in een tabel met \(columns) kolommen.",
        en: "\(fields) fields in a table of \(columns) columns.")
    default:
      return Label(nl: "het bestand is leeg.", en: "the file is empty.")
    }
  }
}
