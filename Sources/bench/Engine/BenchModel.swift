import Protocol

/// One entity of eight columns: the id, three texts, four numbers.
enum BenchModel {
  static let entity: Tag = 1
  static let name: Tag = 16
  static let kind: Tag = 17
  static let note: Tag = 18
  static let year: Tag = 19
  static let staff: Tag = 20
  static let cents: Tag = 21
  static let changed: Tag = 22

  static func model() throws -> Model {
    let wide: ClosedRange<Int64> = 0...(1 << 50)
    return try Model(
      name: "bench", version: 1, lists: [],
      entities: [
        Entity(
          tag: entity, name: "thing", label: Label(nl: "ding", en: "thing"),
          help: Label(nl: "", en: ""), title: "name",
          fields: [
            Field(name, "name", .string(), .register(asks: true), nl: "naam", en: "name"),
            Field(kind, "kind", .string(), .register(asks: false), nl: "soort", en: "kind"),
            Field(note, "note", .string(), .register(asks: true), nl: "nota", en: "note"),
            Field(year, "year", .int(wide), .register(asks: false), nl: "jaar", en: "year"),
            Field(staff, "staff", .int(wide), .register(asks: true), nl: "staf", en: "staff"),
            Field(cents, "cents", .int(wide), .register(asks: false), nl: "cent", en: "cents"),
            Field(
              changed, "changed", .int(wide), .register(asks: false), nl: "tijd", en: "changed"),
          ])
      ])
  }

  static let plainTable = """
    CREATE TABLE thing (id INTEGER PRIMARY KEY, name, kind, note, year, staff, cents, changed)
    """
  static let plainInsert = "INSERT INTO thing VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
}

/// A made-up row: about 90 bytes of content in seven fields.
struct BenchRow {
  var name: String
  var kind: String
  var note: String
  var year: Int64
  var staff: Int64
  var cents: Int64
  var changed: Int64

  var writes: [(Tag, Value)] {
    [
      (BenchModel.name, .text(name)), (BenchModel.kind, .text(kind)),
      (BenchModel.note, .text(note)), (BenchModel.year, .int(year)),
      (BenchModel.staff, .int(staff)), (BenchModel.cents, .int(cents)),
      (BenchModel.changed, .int(changed)),
    ]
  }

  static func make(_ count: Int) -> [BenchRow] {
    var dice = Dice(seed: 7)
    // 400 words that do not repeat each other's letters, as words of a language hardly do.
    let syllables = ["ka", "do", "ri", "men", "tu", "sel", "vo", "par", "ni", "gos", "be", "lam"]
    let words = (0..<400).map { _ in
      (0..<(2 + dice.below(2))).map { _ in syllables[dice.below(syllables.count)] }.joined()
    }
    let kinds = ["start-up", "scale-up", "incubator", "laboratory", "accelerator", "workspace"]
    func text(_ count: Int) -> String {
      (0..<count).map { _ in words[dice.below(words.count)] }.joined(separator: " ")
    }
    return (0..<count).map { index in
      BenchRow(
        name: text(2), kind: kinds[dice.below(kinds.count)], note: text(5 + dice.below(4)),
        year: 1990 + Int64(dice.below(37)), staff: Int64(dice.below(1_000)),
        cents: Int64(dice.below(10_000_000)),
        changed: 1_700_000_000 + Int64(index * 40 + dice.below(40)))
    }
  }
}
