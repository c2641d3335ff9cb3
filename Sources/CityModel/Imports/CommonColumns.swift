import Interchange
import Protocol

extension CSVTable.Row {
  /// The parts of a cell that lists several things with semicolons.
  func list(_ column: String) -> [String] {
    (self[column] ?? "").split(separator: ";").map(\.trimmed).filter { !$0.isEmpty }
  }
}

/// The columns that the tables of the sample have in common.
extension RecordDraft {
  /// Where the fact comes from, and how sure it is.
  mutating func putOrigin(_ row: CSVTable.Row) {
    put("source", row["source"])
    put("sourceDate", row["source_date"])
    put("confidence", row["confidence"])
  }

  /// An address is kept when it says more than a country.
  mutating func putAddress(_ row: CSVTable.Row) {
    let columns = ["street", "house_number", "postal_code", "municipality"]
    guard columns.contains(where: { row[$0] != nil }) else { return }
    putGroup(
      "address",
      [
        "street": row["street"], "houseNumber": row["house_number"],
        "postalCode": row["postal_code"], "municipality": row["municipality"],
        "country": row["country"],
      ])
  }

  mutating func putPlace(_ row: CSVTable.Row) {
    putGroup("geo", ["lat": row["lat"], "lon": row["lon"], "quality": row["coord_quality"]])
  }

  /// Whole days, or a month or year where no day is known.
  mutating func putDays(start: String?, end: String?) {
    putGroup("period", ["startDate": start, "endDate": end])
  }

  /// Links a record, or tells that there is none.
  mutating func link(_ field: String, _ reference: ImportReference?, named name: String) {
    if reference == nil {
      skipped(
        field, reason: "no-record",
        Label(
          nl: "“\(Terminal.quotable(name))” heeft nog geen record en is niet gekoppeld",
          en: "“\(Terminal.quotable(name))” has no record yet and was not linked"))
    }
    put(field, reference: reference)
  }
}
