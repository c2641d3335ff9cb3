import Interchange
import Protocol

/// The files that the city imports, by the names they have on the command line.
///
/// A mapping is a function from bytes and what is there to a plan: no clock, no chance, so that the
/// same file over the same records is always the same plan.
public enum ImportMapping: String, CaseIterable, Sendable {
  /// The project's own sample: all its tables in one; needs no file.
  case sample
  case sampleHubs = "sample-hubs"
  case sampleOrganisations = "sample-organisations"
  case sampleProgrammes = "sample-programmes"
  case sampleEvents = "sample-events"
  case sampleIndicators = "sample-indicators"
  case sampleBoard = "sample-board"
  case gentBusinessCentres = "gent-business-centres"
  case conferences

  /// Whether a file has to be given.
  public var needsFile: Bool { self != .sample }

  public var help: Label {
    switch self {
    case .sample:
      Label(nl: "het voorbeeld van Kaai zelf", en: "the sample that comes with Kaai")
    case .sampleHubs: Label(nl: "hubs uit CSV", en: "hubs from CSV")
    case .sampleOrganisations: Label(nl: "organisaties uit CSV", en: "organisations from CSV")
    case .sampleProgrammes: Label(nl: "programma’s uit CSV", en: "programmes from CSV")
    case .sampleEvents: Label(nl: "evenementen uit CSV", en: "events from CSV")
    case .sampleIndicators: Label(nl: "kerncijfers uit CSV", en: "indicators from CSV")
    case .sampleBoard:
      Label(nl: "leden van een adviesraad uit CSV", en: "members of a board from CSV")
    case .gentBusinessCentres:
      Label(
        nl: "bedrijvencentra van Stad Gent uit GeoJSON",
        en: "business centres of the City of Ghent from GeoJSON")
    case .conferences:
      Label(nl: "conferenties uit JSON-regels", en: "conferences from JSON lines")
    }
  }

  /// - Parameter bytes: the file, gzip or not; none for `sample`.
  public func plan(
    _ bytes: [UInt8] = [], model: Model, existing: ExistingRecords,
    limits: ReadingLimits = ReadingLimits()
  ) throws -> ImportPlan {
    // The engine fills these in when it makes a record.
    var builder = ImportBuilder(
      mapping: rawValue, model: model, existing: existing,
      suppliedFields: ["createdAt", "createdBy"])
    let file = try InputFile.unpacked(bytes, limits: limits)
    switch self {
    case .sample: try OwnSample.fill(&builder)
    case .gentBusinessCentres:
      try BusinessCentreImport.fill(&builder, GeoFeatures(file, limits: limits))
    case .conferences: try ConferenceImport.fill(&builder, JSONLines(file, limits: limits))
    default: try fillTable(&builder, CSVReader(file, limits: limits))
    }
    return builder.plan
  }

  private func fillTable(_ builder: inout ImportBuilder, _ reader: CSVReader) throws {
    switch self {
    case .sampleHubs: try HubImport.fill(&builder, reader)
    case .sampleOrganisations: try OrganisationImport.fill(&builder, reader)
    case .sampleProgrammes: try ProgrammeImport.fill(&builder, reader)
    case .sampleEvents: try EventImport.fill(&builder, reader)
    case .sampleIndicators: try IndicatorImport.fill(&builder, reader)
    case .sampleBoard: try BoardImport.fill(&builder, reader)
    case .sample, .gentBusinessCentres, .conferences: break
    }
  }
}
