import Interchange
import Protocol

/// Hubs from CSV, parents before the places inside them.
enum HubImport {
  static func fill(_ builder: inout ImportBuilder, _ reader: CSVReader) throws {
    let table = try CSVTable(reader, required: ["code", "name", "kind"])
    let existing = builder.existing
    let centres = try existing.all("hub").filter(BusinessCentreImport.made)
    for row in table.rows {
      let parent = try row["parent_code"].map { code in
        (code: code, reference: try builder.hub(code: code))
      }
      let code = row["code"] ?? ""
      try builder.add(
        entity: "hub", key: key(code), line: row.line,
        recognise: { hub in
          try existing.find("hub", "code", .text(code)).first
            ?? centres.first(where: HubLikeness(hub).fits)
        },
        fill: { hub in
          fill(&hub, row, code: code)
          if let parent { hub.link("parent", parent.reference, named: parent.code) }
        })
    }
  }

  private static func fill(_ hub: inout RecordDraft, _ row: CSVTable.Row, code: String) {
    hub.put("code", code)
    hub.put("name", row["name"])
    hub.put("kind", row["kind"])
    hub.put("position", row["position"])
    hub.put("descriptionNl", row["note_nl"])
    hub.put("website", row["website"])
    hub.put("phone", row["phone"])
    hub.put("openedOn", row["opened_year"])
    hub.putAddress(row)
    hub.putPlace(row)
    hub.putOrigin(row)
  }

  static func key(_ code: String) -> String { "sample-hubs:\(code)" }
}

extension ImportBuilder {
  /// A hub of this file, of an earlier import, or with this code.
  func hub(code: String) throws -> ImportReference? {
    if let reference = try reference(key: HubImport.key(code), entity: "hub") { return reference }
    return try existing.find("hub", "code", .text(code)).first.map { .existing($0.id) }
  }

  /// An organisation of this file, of an earlier import, or with exactly this name.
  func organisation(_ text: String) throws -> ImportReference? {
    let key = OrganisationImport.key(text)
    if let reference = try reference(key: key, entity: "organisation") { return reference }
    let named = try existing.find("organisation", "name", .text(text))
    return named.count == 1 ? .existing(named[0].id) : nil
  }
}
