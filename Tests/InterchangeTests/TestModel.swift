import Protocol

@testable import Interchange

/// A small declaration with a field of every type: what is tested here knows no city.
enum TestModel {
  static let model: Model = {
    do {
      return try Model(
        name: "test", version: 1, lists: [colours], entities: [boat, harbour])
    } catch {
      preconditionFailure("the test's own declaration is wrong: \(error)")
    }
  }()

  static let colours = ValueList(
    "colour",
    [
      .init("red", nl: "Rood", en: "Red"), .init("deep_blue", nl: "Diepblauw", en: "Deep blue"),
    ])

  static let harbour = Entity(
    tag: 2, name: "harbour", label: Label(nl: "Haven", en: "Harbour"),
    help: Label(nl: "", en: ""), title: "name",
    fields: [
      Field(1, "name", .string(maximum: 40), .register(asks: true), nl: "Naam", en: "Name")
    ])

  static let boat = Entity(
    tag: 1, name: "boat", label: Label(nl: "Boot", en: "Boat"), help: Label(nl: "", en: ""),
    title: "name",
    fields: [
      field(
        1, "name", .string(minimum: 1, maximum: 20), nl: "Naam", en: "Name", required: true),
      field(2, "code", .string(pattern: .code)),
      field(3, "notes", .text(maximum: 50)),
      field(4, "crew", .int(0...500)),
      field(5, "length", .decimal(digits: 2, 0...400)),
      field(6, "price", .money),
      field(7, "sails", .bool),
      field(8, "built", .date),
      field(9, "leaves", .instant),
      field(10, "colour", .enumeration("colour")),
      field(11, "home", .reference("harbour")),
      field(12, "site", .url),
      field(13, "mail", .email),
      field(14, "phone", .phone),
      field(15, "owner", .enterpriseNumber),
      field(16, "flag", .country),
      field(17, "full", .percent),
      field(18, "position", .group(place)),
      field(19, "period", .group(period)),
      Field(
        20, "tags", .set(of: .string(minimum: 1, maximum: 40)), .set(growOnly: false),
        nl: "Labels", en: "Tags"),
      Field(
        21, "visits", .set(of: .reference("harbour")), .set(growOnly: false),
        nl: "Havens", en: "Harbours"),
      Field(22, "aboard", .counter, .counter(growOnly: false), nl: "Aan boord", en: "Aboard"),
      Field(
        23, "people", .map(key: .int(1800...2199), value: .int(0...1000)),
        .map(of: .register(asks: false)), nl: "Mensen", en: "People"),
      Field(
        24, "visitors", .map(key: .date, value: .counter), .map(of: .counter(growOnly: false)),
        nl: "Bezoekers", en: "Visitors"),
      Field(
        25, "rounds", .map(key: .string(minimum: 1, maximum: 40), value: .group(round)),
        .map(of: .register(asks: false)), nl: "Rondes", en: "Rounds"),
      Field(26, "age", .int(0...500), .derived, nl: "Leeftijd", en: "Age"),
      field(27, "branch", .establishmentNumber),
      field(28, "vat", .vatNumber),
      Field(
        29, "externalKey", .string(maximum: 200, pattern: .externalKey), .once,
        nl: "Externe sleutel", en: "External key"),
    ])

  private static let place = [
    GroupPart("lat", .decimal(digits: 5, -90...90), nl: "Breedte", en: "Latitude", required: true),
    GroupPart(
      "lon", .decimal(digits: 5, -180...180), nl: "Lengte", en: "Longitude", required: true),
    GroupPart("accuracy", .decimal(digits: 1, 0...100_000), nl: "Nauwkeurigheid", en: "Accuracy"),
  ]
  private static let period = [
    GroupPart("start", .instant, nl: "Begin", en: "Start", required: true),
    GroupPart("end", .instant, nl: "Einde", en: "End"),
    GroupPart("allDay", .bool, nl: "Hele dag", en: "All day"),
  ]
  private static let round = [
    GroupPart("date", .date, nl: "Datum", en: "Date"),
    GroupPart("amount", .money, nl: "Bedrag", en: "Amount"),
  ]

  private static func field(
    _ tag: Tag, _ name: String, _ type: ValueType, nl: String? = nil, en: String? = nil,
    required: Bool = false
  ) -> Field {
    Field(
      tag, name, type, .register(asks: false), nl: nl ?? name, en: en ?? name, required: required)
  }

  static let home = RowID(site: 7, counter: 1)

  static func parser(_ purpose: FieldParser.Purpose = .editing) -> FieldParser {
    FieldParser(model: model, entity: boat, purpose: purpose) { entity, text in
      switch (entity, text) {
      case ("harbour", "Ghent"), ("harbour", home.text): return home
      case ("harbour", "Port"): throw ReferenceFailure.ambiguous(count: 2)
      default: throw ReferenceFailure.notFound
      }
    }
  }
}

extension Entity {
  /// A field that the test knows to be there.
  func declared(_ name: String) -> Field {
    guard let field = field(named: name) else { preconditionFailure("no field \(name)") }
    return field
  }
}
