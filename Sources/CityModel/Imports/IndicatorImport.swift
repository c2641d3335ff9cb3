import Interchange
import Protocol

/// Published figures from CSV: figures that disagree stay beside each other, each with its date,
/// definition and publisher.
enum IndicatorImport {
  static func fill(_ builder: inout ImportBuilder, _ reader: CSVReader) throws {
    let table = try CSVTable(reader, required: ["key", "subject", "value", "unit", "definition"])
    for row in table.rows {
      try builder.add(
        entity: "indicator", key: "sample-indicators:\(row["key"] ?? "")", line: row.line
      ) { indicator in
        indicator.put("subject", row["subject"])
        indicator.put("value", row["value"])
        indicator.put("unit", row["unit"])
        indicator.put("definition", row["definition"])
        indicator.put("asOf", row["as_of"])
        indicator.put("publisher", row["publisher"])
        indicator.putOrigin(row)
      }
    }
  }
}
