import Protocol

/// Types that several entities share. The parts of a group keep their places: new ones come last.
extension ValueType {
  static func line(_ length: ClosedRange<Int>) -> ValueType {
    .string(minimum: length.lowerBound, maximum: length.upperBound)
  }

  static let code: ValueType = .string(minimum: 2, maximum: 24, pattern: .code)
  static let nace: ValueType = .string(pattern: .nace)
  static let mediaType: ValueType = .string(pattern: .mediaType)
  static let externalKey: ValueType = .string(minimum: 3, maximum: 400, pattern: .externalKey)
  static func tag(_ maximum: Int) -> ValueType {
    .string(minimum: 1, maximum: maximum, pattern: .tag)
  }

  static func count(_ maximum: Int64) -> ValueType { .int(0...maximum) }
  static let year: ValueType = .int(1_800...2_199)
  static let squareMetres = count(200_000_000)
  /// A figure of any kind, up to the worth of a whole sector: twelve digits before the point and
  /// three behind fit a double exactly.
  static let figure: ValueType = .decimal(digits: 3, -999_999_999_999...999_999_999_999)

  /// No country means Belgium.
  static let address: ValueType = .group([
    .init("street", .line(0...120), nl: "Straat", en: "Street"),
    .init("houseNumber", .line(0...12), nl: "Huisnummer", en: "House number"),
    .init("box", .line(0...8), nl: "Bus", en: "Box"),
    .init("postalCode", .line(0...12), nl: "Postcode", en: "Postal code"),
    .init("municipality", .line(0...120), nl: "Gemeente", en: "Municipality"),
    .init("country", .country, nl: "Land", en: "Country"),
  ])

  /// WGS84 degrees to five decimals, about a metre; accuracy in metres.
  static let geo: ValueType = .group([
    .init("lat", .decimal(digits: 5, -90...90), nl: "Breedte", en: "Latitude", required: true),
    .init("lon", .decimal(digits: 5, -180...180), nl: "Lengte", en: "Longitude", required: true),
    .init("accuracy", .decimal(digits: 1, 0...100_000), nl: "Straal (m)", en: "Accuracy (m)"),
    .init("quality", .enumeration("coordQuality"), nl: "Nauwkeurigheid", en: "Quality"),
  ])

  /// From one moment to another, or all-day by dates. A conference of which only the month is known
  /// has that month as `startDate`.
  static let period: ValueType = .group([
    .init("start", .instant, nl: "Begin", en: "Start"),
    .init("end", .instant, nl: "Einde", en: "End"),
    .init("startDate", .date, nl: "Eerste dag", en: "First day"),
    .init("endDate", .date, nl: "Laatste dag", en: "Last day"),
  ])

  static let slot: ValueType = .group([
    .init("start", .instant, nl: "Begin", en: "Start", required: true),
    .init("end", .instant, nl: "Einde", en: "End"),
  ])

  static let dates: ValueType = .group([
    .init("start", .date, nl: "Begin", en: "Start"),
    .init("end", .date, nl: "Einde", en: "End"),
  ])

  static let vacancies: ValueType = .group([
    .init("count", .count(100_000), nl: "Aantal", en: "Count", required: true),
    .init("asOf", .date, nl: "Peildatum", en: "As of"),
  ])

  static let fundingRound: ValueType = .group([
    .init("date", .date, nl: "Datum", en: "Date"),
    .init("type", .line(0...60), nl: "Soort", en: "Type"),
    .init("amount", .money, nl: "Bedrag (EUR)", en: "Amount (EUR)"),
    .init("investors", .line(0...400), nl: "Investeerders", en: "Investors"),
  ])

  static let role: ValueType = .group([
    .init("title", .line(0...120), nl: "Functie", en: "Title"),
    .init("from", .date, nl: "Van", en: "From"),
    .init("to", .date, nl: "Tot", en: "To"),
  ])

  static let allocation: ValueType = .group([
    .init("amount", .money, nl: "Bedrag (EUR)", en: "Amount (EUR)", required: true),
    .init("to", .reference("organisation"), nl: "Aan", en: "To"),
    .init("decision", .line(0...200), nl: "Beslissing", en: "Decision"),
  ])

  static let kpi: ValueType = .group([
    .init("value", .figure, nl: "Waarde", en: "Value", required: true),
    .init("unit", .line(0...60), nl: "Eenheid", en: "Unit"),
    .init("asOf", .date, nl: "Peildatum", en: "As of"),
  ])

  /// Done with who, when and why: in the order that the ranking of `done` reads.
  static let done: ValueType = .group([
    .init("done", .bool, nl: "Klaar", en: "Done", required: true),
    .init("by", .reference("staff"), nl: "Door", en: "By"),
    .init("at", .instant, nl: "Op", en: "At"),
    .init("remark", .line(0...400), nl: "Opmerking", en: "Remark"),
  ])

  static let stageMove: ValueType = .group([
    .init("stage", .enumeration("leadStage"), nl: "Fase", en: "Stage", required: true),
    .init("by", .reference("staff"), nl: "Door", en: "By"),
    .init("at", .instant, nl: "Op", en: "At"),
    .init("remark", .line(0...400), nl: "Opmerking", en: "Remark"),
  ])
}
