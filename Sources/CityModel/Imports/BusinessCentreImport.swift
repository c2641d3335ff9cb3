import Interchange
import Protocol

/// The city's open data on business centres, co-working spaces and incubators, from GeoJSON.
///
/// Identity is `globalid`, the only key that every feature has. A centre that somebody entered
/// before under another key is recognised by its name and place. What the file has in the wrong
/// field or without its scheme is mended or left out, and told.
enum BusinessCentreImport {
  static func fill(_ builder: inout ImportBuilder, _ file: GeoFeatures) throws {
    let hubs = try builder.existing.all("hub")
    var codes = Set(hubs.compactMap { $0["code"]?.textValue })
    for feature in file.features {
      let centre = BusinessCentre(feature)
      guard let id = centre.globalID else {
        builder.skipEntry(
          line: feature.line, reason: "no-globalid",
          Label(nl: "overgeslagen: geen globalid", en: "skipped: no globalid"))
        continue
      }
      let key = "\(namespace)\(id)"
      // A repeated import must say again which code it made, so it does not collide with itself.
      let own = try builder.existing.withKey(key, entity: "hub")?["code"]?.textValue
      let taken = own.map { codes.subtracting([$0]) } ?? codes
      try builder.add(
        entity: "hub", key: key, line: feature.line,
        recognise: { hub in hubs.first(where: HubLikeness(hub).fits) },
        fill: { hub in
          let code = centre.putCode(into: &hub, taken: taken)
          codes.insert(code)
          centre.fill(&hub)
        })
    }
  }

  /// Whether a hub came from this file.
  static func made(_ hub: ExistingRecord) -> Bool {
    hub[ImportBuilder.keyField]?.textValue?.hasPrefix(namespace) == true
  }

  private static let namespace = "gent-business-centres:"
}
