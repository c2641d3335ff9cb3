import Interchange
import Protocol

/// Events from CSV. Their source lists them with a date, so they count as confirmed; that they are
/// over is for a person to say.
enum EventImport {
  static func fill(_ builder: inout ImportBuilder, _ reader: CSVReader) throws {
    let table = try CSVTable(reader, required: ["key", "name", "kind", "start"])
    for row in table.rows {
      let hub = try row["hub"].map { (code: $0, reference: try builder.hub(code: $0)) }
      try builder.add(
        entity: "event", key: "sample-events:\(row["key"] ?? "")", line: row.line
      ) { event in
        event.put("title", row["name"])
        event.put("kind", row["kind"])
        event.put("status", "confirmed")
        event.putDays(start: row["start"], end: row["end"])
        event.put("venue", row["venue"])
        event.put("city", row["city"])
        event.put("country", row["country"])
        event.putSet("sectors", row.list("sectors"))
        event.put("website", row["website"])
        event.put("expected", row["expected"])
        event.putOrigin(row)
        if let hub { event.link("hub", hub.reference, named: hub.code) }
      }
    }
  }
}
