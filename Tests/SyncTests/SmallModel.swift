import Protocol

// Swift Testing and Foundation have types of these names too.
typealias Tag = Protocol.Tag
typealias Operation = Protocol.Operation

/// A declaration with one field of each kind, so that tests of the engine know no city.
enum SmallModel {
  static let place: Tag = 1
  static let company: Tag = 2
  static let item: Tag = 3
  static let person: Tag = 4
  static let seat: Tag = 5

  static let code: Tag = 16
  static let parent: Tag = 17

  static let name: Tag = 16
  static let note: Tag = 17
  static let sectors: Tag = 18
  static let visitors: Tag = 19
  static let level: Tag = 20
  static let headcount: Tag = 21
  static let daily: Tag = 22
  static let period: Tag = 23
  static let at: Tag = 24
  static let key: Tag = 25
  static let highest: Tag = 26
  static let stage: Tag = 27
  static let story: Tag = 28

  static let label: Tag = 16
  static let owner: Tag = 17
  static let madeBy: Tag = 18
  static let madeAt: Tag = 19

  static let seatOf: Tag = 16
  static let guest: Tag = 17
  static let diet: Tag = 18
  static let wishes: Tag = 19
  static let remark: Tag = 20

  /// `qualified` goes over a visit or straight to `won`; lost and on hold decide nothing.
  static let moves = StageMoves(
    allowed: [],
    forward: [
      .init("new", "qualified"), .init("qualified", "visit"), .init("qualified", "won"),
      .init("visit", "won"),
    ])

  static let model: Model = {
    do {
      return try Model(
        name: "small", version: 1,
        lists: [
          ValueList(
            "level",
            ["low", "medium", "high"].map { ValueList.Entry($0, nl: $0, en: $0) }),
          ValueList(
            "stage",
            ["new", "qualified", "visit", "won", "lost", "on_hold"].map {
              ValueList.Entry($0, nl: $0, en: $0)
            }),
        ],
        entities: [
          Entity(
            tag: place, name: "place", label: both("place"), help: both(""), title: "code",
            space: .tree(parent: "parent", code: "code"),
            fields: [
              Field(code, "code", .string(), .register(asks: true), nl: "c", en: "c"),
              Field(
                parent, "parent", .reference("place"), .register(asks: false), nl: "p", en: "p"),
            ]),
          Entity(
            tag: company, name: "company", label: both("company"), help: both(""), title: "name",
            space: .through(field: "at"),
            fields: [
              Field(name, "name", .string(), .register(asks: true), nl: "n", en: "n"),
              Field(note, "note", .string(), .register(asks: false), nl: "n", en: "n"),
              Field(
                sectors, "sectors", .set(of: .string()), .set(growOnly: false), nl: "s", en: "s"),
              Field(visitors, "visitors", .counter, .counter(growOnly: false), nl: "v", en: "v"),
              Field(level, "level", .enumeration("level"), .ranked(.listOrder), nl: "l", en: "l"),
              Field(
                headcount, "headcount", .map(key: .string(), value: .int(0...1_000_000)),
                .map(of: .register(asks: false)), nl: "h", en: "h"),
              Field(
                daily, "daily", .map(key: .string(), value: .counter),
                .map(of: .counter(growOnly: false)), nl: "d", en: "d"),
              Field(
                period, "period",
                .group([
                  GroupPart("start", .instant, nl: "b", en: "s"),
                  GroupPart("end", .instant, nl: "e", en: "e"),
                ]), .register(asks: true), nl: "p", en: "p"),
              Field(at, "at", .reference("place"), .register(asks: false), nl: "a", en: "a"),
              Field(key, "key", .string(), .once, nl: "k", en: "k"),
              Field(highest, "highest", .int(0...1_000), .ranked(.maximum), nl: "m", en: "m"),
              Field(stage, "stage", .enumeration("stage"), .stage(moves), nl: "f", en: "s"),
              Field(story, "story", .text(maximum: 10_000), .text, nl: "v", en: "s"),
            ]),
          Entity(
            tag: item, name: "item", label: both("item"), help: both(""), title: "label",
            parent: "owner", space: .sameAs(field: "owner"),
            fields: [
              Field(label, "label", .string(), .register(asks: false), nl: "l", en: "l"),
              Field(owner, "owner", .reference("company"), .once, nl: "o", en: "o"),
              Field(
                madeBy, "made-by", .reference("person"), .once, nl: "b", en: "b",
                authorship: .person),
              Field(madeAt, "made-at", .instant, .once, nl: "a", en: "a", authorship: .time),
            ]),
          Entity(
            tag: seat, name: "seat", label: both("seat"), help: both(""), title: "guest",
            identity: ["company", "guest"], space: .sameAs(field: "company"),
            fields: [
              Field(seatOf, "company", .reference("company"), .once, nl: "c", en: "c"),
              Field(guest, "guest", .string(), .once, nl: "g", en: "g"),
              Field(diet, "diet", .string(), .register(asks: true), nl: "d", en: "d"),
              Field(wishes, "wishes", .set(of: .string()), .set(growOnly: false), nl: "w", en: "w"),
              Field(remark, "remark", .text(maximum: 10_000), .text, nl: "o", en: "r"),
            ]),
          Entity(
            tag: person, name: "person", label: both("person"), help: both(""), title: "name",
            isServerOwned: true,
            fields: [Field(16, "name", .string(), .register(asks: false), nl: "n", en: "n")]),
        ], people: People(entity: "person", nameField: "name"))
    } catch {
      fatalError("the small model contradicts itself: \(error)")
    }
  }()

  private static func both(_ text: String) -> Label { Label(nl: text, en: text) }
}
