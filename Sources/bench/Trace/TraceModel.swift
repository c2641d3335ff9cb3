import Interchange
import Protocol

/// One entity with the fields of the conference trace, all of them registers.
enum TraceModel {
  static let entity: Tag = 1

  /// The fields in the order of their tags. New ones go to the end.
  static let fields: [String] = [
    "_year", "_topic", "name", "url", "startDate", "endDate", "city", "country", "twitter",
    "cfpStartDate", "cfpEndDate", "cfpUrl", "cpfUrl", "date", "facebook", "affiliateText",
    "affiliateUrl", "cocUrl", "offersSignLanguageOrCC", "online", "locales", "mastodon", "bluesky",
  ]

  static let tags: [String: Tag] = Dictionary(
    uniqueKeysWithValues: fields.enumerated().map { ($1, Tag(16 + $0)) })

  /// - Parameter asks: whether a person is asked where two devices wrote one field. Where one device
  ///   replays everything there is nothing to ask.
  static func model(asks: Bool = false) throws -> Model {
    try Model(
      name: "trace", version: 1, lists: [],
      entities: [
        Entity(
          tag: entity, name: "conference", label: Label(nl: "congres", en: "conference"),
          help: Label(nl: "", en: ""), title: "name",
          fields: fields.enumerated().map { index, name in
            Field(
              Tag(16 + index), column(name), type(name), .register(asks: asks), nl: name, en: name)
          })
      ])
  }

  /// A name that starts with an underscore is the engine's.
  static func column(_ name: String) -> String {
    name.hasPrefix("_") ? String(name.dropFirst()) : name
  }

  private static func type(_ name: String) -> ValueType {
    switch name {
    case "_year": .int(1_900...3_000)
    case "online", "offersSignLanguageOrCC": .bool
    default: .text()
    }
  }

  /// What a value of the trace is here: JSON's null is none.
  static func value(_ json: JSONValue?) -> Value {
    switch json {
    case .string(let text): .text(text)
    case .bool(let flag): .int(flag ? 1 : 0)
    case .number(let number): .int(Int64(number))
    case .null, .array, .object, nil: .null
    }
  }
}
