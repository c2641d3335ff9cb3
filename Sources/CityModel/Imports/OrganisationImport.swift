import Interchange
import Protocol

/// Organisations from CSV. A headcount is kept under the year of its date; one without a date is
/// told and left out, because a figure without a year says nothing.
enum OrganisationImport {
  static func fill(_ builder: inout ImportBuilder, _ reader: CSVReader) throws {
    let table = try CSVTable(reader, required: ["key", "name", "kind"])
    for row in table.rows {
      let hub = try row["hub"].map { (code: $0, reference: try builder.hub(code: $0)) }
      try builder.add(entity: "organisation", key: key(row["key"] ?? ""), line: row.line) {
        organisation in
        organisation.put("name", row["name"])
        organisation.putSet("altNames", [row["former_name"]].compactMap(\.self))
        organisation.put("kind", row["kind"])
        organisation.put("status", row["status"] ?? "unknown")
        organisation.put("cbeNumber", row["cbe_number"])
        organisation.putSet("sectors", row.list("sectors"))
        organisation.putSet("themes", row.list("themes"))
        organisation.put("founded", row["founded"])
        organisation.put("website", row["website"])
        organisation.put("notes", row["note"])
        organisation.putAddress(row)
        organisation.putOrigin(row)
        if let hub { organisation.link("hub", hub.reference, named: hub.code) }
        putHeadcount(row, into: &organisation)
      }
    }
  }

  static func key(_ key: String) -> String { "sample-organisations:\(key)" }

  private static func putHeadcount(_ row: CSVTable.Row, into organisation: inout RecordDraft) {
    guard let count = row["headcount"] else { return }
    guard let date = row["headcount_as_of"] else {
      organisation.skipped(
        "headcount", reason: "no-date",
        Label(
          nl: "aantal werknemers zonder jaar weggelaten",
          en: "number of employees without a year left out"))
      return
    }
    organisation.putKey("headcount", String(date.prefix(4)), count)
  }
}
