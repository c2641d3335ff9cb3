import Interchange
import Protocol

/// The sample that comes with Kaai: facts about hubs, companies, programmes, events and figures of
/// Ghent, each with where it was read. Unknown fields stay empty.
///
/// The tables are embedded, have the columns of the `sample-*` mappings and go through them, so
/// that a record of this sample and the same record of a larger file have the same key.
enum OwnSample {
  static func fill(_ builder: inout ImportBuilder) throws {
    try HubImport.fill(&builder, CSVReader(PackageResources.hubs_csv))
    try OrganisationImport.fill(&builder, CSVReader(PackageResources.organisations_csv))
    try ProgrammeImport.fill(&builder, CSVReader(PackageResources.programmes_csv))
    try EventImport.fill(&builder, CSVReader(PackageResources.events_csv))
    try IndicatorImport.fill(&builder, CSVReader(PackageResources.indicators_csv))
    try BoardImport.fill(&builder, CSVReader(PackageResources.board_csv))
  }
}
