import Interchange
import Protocol

/// Programmes from CSV. Partners that have no record are told, never invented; figures such as
/// `44000 t methanol/y` become key figures, what is not one becomes a note.
enum ProgrammeImport {
  static func fill(_ builder: inout ImportBuilder, _ reader: CSVReader) throws {
    let table = try CSVTable(reader, required: ["key", "name", "kind"])
    for row in table.rows {
      let lead = try row["lead"].map { (key: $0, reference: try builder.organisation($0)) }
      let partners = try row.list("partners").map {
        (name: $0, reference: try builder.organisation($0))
      }
      try builder.add(entity: "programme", key: key(row["key"] ?? ""), line: row.line) {
        programme in
        programme.put("name", row["name"])
        programme.put("kind", row["kind"])
        programme.putSet("sectors", row.list("sectors"))
        programme.putSet("themes", row.list("themes"))
        programme.putGroup("period", ["start": row["start"]])
        programme.put("budgetEur", row["amount_eur"])
        programme.putOrigin(row)
        if let lead { programme.link("lead", lead.reference, named: lead.key) }
        programme.putPartners(partners)
        putFigures(row.list("kpi"), into: &programme)
      }
    }
  }

  static func key(_ key: String) -> String { "sample-programmes:\(key)" }

  private static func putFigures(_ texts: [String], into programme: inout RecordDraft) {
    var notes: [String] = []
    for text in texts {
      let words = text.split(separator: " ", maxSplits: 1)
      if words.count == 2, Double(words[0]) != nil {
        let unit = String(words[1])
        programme.putKey("kpis", unit, parts: ["value": String(words[0]), "unit": unit])
      } else {
        notes.append(text)
      }
    }
    programme.put("notes", notes.joined(separator: "\n"))
  }
}

extension RecordDraft {
  /// Links the partners that have a record and tells the others.
  mutating func putPartners(_ partners: [(name: String, reference: ImportReference?)]) {
    for partner in partners where partner.reference == nil {
      let name = Terminal.quotable(partner.name)
      skipped(
        "partners", reason: "no-record",
        Label(
          nl: "partner “\(name)” heeft nog geen record en is niet gekoppeld",
          en: "partner “\(name)” has no record yet and was not linked"))
    }
    put("partners", references: partners.compactMap(\.reference))
  }
}
