import Protocol
import Testing

/// The check that runs on everything that devices offer.
@Suite struct ValueCheckTests {
  static let place: ValueType = .group([
    .init("lat", .decimal(digits: 5, -90...90), nl: "Breedte", en: "Latitude", required: true),
    .init("lon", .decimal(digits: 5, -180...180), nl: "Lengte", en: "Longitude", required: true),
    .init("quality", .enumeration("colour"), nl: "Kwaliteit", en: "Quality"),
  ])

  /// Small: a list, an entity, a field of each way of writing.
  static let model: Model = {
    // Declared right here: a contradiction in it is a bug of this file.
    try! Model(
      name: "checks", version: 1,
      lists: [
        ValueList(
          "colour", [.init("red", nl: "Rood", en: "Red"), .init("blue", nl: "Blauw", en: "Blue")])
      ],
      entities: [
        Entity(
          tag: 1, name: "thing", label: Label(nl: "Ding", en: "Thing"),
          help: Label(nl: "Een ding", en: "A thing"),
          fields: [
            Field(
              1, "name", .string(minimum: 1, maximum: 5), .register(asks: true), nl: "Naam",
              en: "Name", required: true),
            Field(
              2, "tags", .set(of: .string(minimum: 1, maximum: 5)), .set(growOnly: false),
              nl: "Labels", en: "Tags"),
            Field(3, "taps", .counter, .counter(growOnly: false), nl: "Tikken", en: "Taps"),
            Field(4, "grows", .counter, .counter(growOnly: true), nl: "Groei", en: "Grows"),
            Field(
              5, "perYear", .map(key: .int(1_800...2_199), value: .int(0...9)),
              .map(of: .register(asks: false)), nl: "Per jaar", en: "Per year"),
            Field(
              6, "perDay", .map(key: .date, value: .counter), .map(of: .counter(growOnly: true)),
              nl: "Per dag", en: "Per day"),
            Field(7, "computed", .int(0...9), .derived, nl: "Berekend", en: "Computed"),
            Field(8, "note", .text(maximum: 10), .text, nl: "Nota", en: "Note"),
          ])
      ])
  }()

  private func violation(_ type: ValueType, _ value: Value) -> Violation? {
    type.violation(of: value, model: Self.model)
  }

  private func field(_ name: String) throws -> Field {
    try #require(Self.model.entity(named: "thing")?.field(named: name))
  }

  static let legal: [(ValueType, Value)] = [
    (.string(minimum: 1, maximum: 3), "abc"), (.string(maximum: 3), "👩‍🚀"), (.string(), ""),
    (.text(maximum: 5), "a\n\tb"), (.int(0...9), 9), (.decimal(digits: 2, 0...1), .real(0.07)),
    (.decimal(digits: 5, -90...90), .real(51.04812)), (.decimal(digits: 0, 0...9), .real(3)),
    (.money, -1), (.bool, true), (.percent, 100), (.instant, 1_760_000_000_000),
    (.date, "2026-10"), (.enumeration("colour"), "blue"),
    (.reference("thing"), .int(RowID(site: 1, counter: 1).raw)),
    (.url, "https://stad.gent"), (.email, "info@stad.gent"), (.phone, "+3292510550"),
    (.enterpriseNumber, "0207451227"), (.establishmentNumber, "2123456700"),
    (.vatNumber, "BE0440966354"), (.language, "nl-BE"), (.country, "BE"),
    (.uuid, "0192a4b6-7c8d-7e0f-8a1b-2c3d4e5f6071"), (.fractionalIndex, "a0V"),
    (.string(pattern: .code), "TLG-ARDOYEN"), (.string(pattern: .nace), "2025:62100"),
    (.string(pattern: .mediaType), "text/plain"), (.string(pattern: .mediaType), "image/jpeg"),
    (.string(pattern: .externalKey), "sample-hubs:NSP"), (.string(pattern: .tag), "EV charging"),
    (place, .group([.real(51), .real(3.7)])), (place, .group([.real(51), .real(3.7), "red"])),
    (.counter, -5), (.string(), "é 日本"), (.text(), "geïnteresseerd"),
  ]

  @Test("a legal value has no violation, and neither has no value at all", arguments: legal)
  func legalValues(type: ValueType, value: Value) {
    #expect(violation(type, value) == nil)
    #expect(violation(type, .null) == nil)
  }

  static let illegal: [(ValueType, Value, Violation)] = [
    (.string(minimum: 2, maximum: 3), "a", .length(2...3)),
    (.string(maximum: 3), "abcd", .length(0...3)),
    (.string(maximum: 3), "👩‍🚀👩‍🚀", .length(0...3)),
    (.string(), "a\nb", .controlCharacter), (.string(), "a\u{2028}b", .controlCharacter),
    (.string(), "e\u{301}", .notComposed), (.text(), "e\u{301}", .notComposed),
    (.string(), "\u{212A}", .notComposed),
    (.string(), "a\u{0}", .controlCharacter), (.string(), 1, .form(.string())),
    (.text(maximum: 3), "abcd", .length(0...3)), (.text(), "a\r\nb", .controlCharacter),
    (.text(), "\u{1B}[2J", .controlCharacter), (.text(), .bytes([65]), .form(.text())),
    (.int(0...9), 10, .range(0...9)), (.int(0...9), "9", .form(.int(0...9))),
    (.int(0...9), .real(9), .form(.int(0...9))),
    (.decimal(digits: 2, 0...1), .real(0.071), .decimals(2)),
    (.decimal(digits: 2, 0...1), .real(1.5), .decimalRange(0...1)),
    (.decimal(digits: 2, 0...1), .real(.nan), .decimalRange(0...1)),
    (.decimal(digits: 2, 0...1), .real(.infinity), .decimalRange(0...1)),
    (.decimal(digits: 2, 0...1), .real(-0.0), .notCanonical(stored: "0")),
    (.decimal(digits: 2, 0...1), 1, .form(.decimal(digits: 2, 0...1))),
    (.money, .int(.max), .range(ValueType.moneyRange)), (.bool, 2, .form(.bool)),
    (.percent, 101, .range(0...100)), (.percent, -1, .range(0...100)),
    (.instant, .int(.min), .range(ValueType.instantRange)),
    (.counter, .int(.min), .range(ValueType.differenceRange)),
    (.date, "2026-02-30", .date(.day)), (.date, "", .date(.empty)),
    (.enumeration("colour"), "green", .unknownCode(list: "colour", codes: ["red", "blue"])),
    (.enumeration("nothing"), "red", .unknownCode(list: "nothing", codes: [])),
    (.reference("thing"), 0, .notAnID(entity: "thing")),
    (.reference("thing"), -1, .notAnID(entity: "thing")),
    (.reference("thing"), .int(1 << 31), .notAnID(entity: "thing")),
    (.reference("thing"), "0000000000001", .form(.reference("thing"))),
    (.url, "stad.gent", .notCanonical(stored: "https://stad.gent")),
    (.url, "javascript:alert(1)", .url(.scheme)), (.email, "stad.gent", .email(.noAt)),
    (.email, "a@B.be", .notCanonical(stored: "a@b.be")), (.phone, "+32912", .phone(.short)),
    (.phone, "09 251 05 50", .notCanonical(stored: "+3292510550")),
    (.enterpriseNumber, "0207.451.227", .notCanonical(stored: "0207451227")),
    (.enterpriseNumber, "0207451228", .enterpriseNumber(.checksum)),
    (.establishmentNumber, "0207451227", .establishmentNumber(.kind)),
    (.vatNumber, "XX1", .vatNumber(.country)), (.language, "x", .language(.form)),
    (.language, "NL", .notCanonical(stored: "nl")), (.country, "UK", .country(.unknown)),
    (.sha256, "ab", .sha256(.length)), (.uuid, "ab", .uuid(.form)),
    (.fractionalIndex, "", .form(.fractionalIndex)),
    (.fractionalIndex, "a b", .form(.fractionalIndex)),
    (.string(pattern: .code), "Tlg", .pattern(.code)),
    (.string(pattern: .code), "A", .pattern(.code)),
    (.string(pattern: .nace), "2003:62010", .pattern(.nace)),
    (.string(pattern: .nace), "2008:6201", .pattern(.nace)),
    (.string(pattern: .mediaType), "text/", .pattern(.mediaType)),
    (.string(pattern: .mediaType), "image/svg+xml", .pattern(.mediaType)),
    (.string(pattern: .externalKey), "NSP", .pattern(.externalKey)),
    (.string(pattern: .externalKey), ":NSP", .pattern(.externalKey)),
    (.string(pattern: .externalKey), "a:", .pattern(.externalKey)),
    (.string(pattern: .tag), " a", .pattern(.tag)), (.string(pattern: .tag), "", .pattern(.tag)),
    (place, .group([.real(51), .real(3.7), .null]), .looseGroup), (place, .group([]), .looseGroup),
    (place, .group([.real(51)]), .part("lon", .missing)),
    (place, .group([.real(51), .real(200)]), .part("lon", .decimalRange(-180...180))),
    (
      place, .group([.real(51), .real(3), "green"]),
      .part("quality", .unknownCode(list: "colour", codes: ["red", "blue"]))
    ),
    (place, .group([.real(51), .real(3), "red", 1]), .tooManyParts(3)),
    (place, "51,3", .form(place)),
    (
      place, .group([.group([.real(51)]), .real(3)]),
      .part("lat", .form(.decimal(digits: 5, -90...90)))
    ),
  ]

  @Test("an illegal value says which rule it breaks", arguments: illegal)
  func illegalValues(type: ValueType, value: Value, expected: Violation) {
    #expect(violation(type, value) == expected)
  }

  @Test("every violation is a sentence in both languages, without a full stop", arguments: illegal)
  func sentences(type: ValueType, value: Value, expected: Violation) {
    for language in Language.allCases {
      let sentence = expected.sentence(language)
      #expect(sentence.count > 10 && !sentence.hasSuffix("."), "\(sentence)")
    }
    #expect(!expected.sentence(.nl).contains("such as"))
    #expect(!expected.sentence(.en).contains("zoals"))
  }

  @Test("a sentence names the rule and an example")
  func examples() {
    #expect(Violation.range(0...1_440).sentence(.en) == "a whole number from 0 to 1440, such as 12")
    #expect(
      Violation.range(100...200).sentence(.nl) == "een geheel getal van 100 tot 200, zoals 100")
    #expect(
      Violation.part("lon", .decimalRange(-180...180)).sentence(.en)
        == "lon: a number from -180 to 180, such as 1.5")
    #expect(Violation.enterpriseNumber(.checksum).sentence(.nl).contains("0207.451.227"))
    #expect(
      Violation.unknownCode(list: "colour", codes: ["red", "blue"]).sentence(.en)
        == "choose a code of the list: red, blue")
    #expect(
      Violation.length(1...120).sentence(.en)
        == "the text has 1 to 120 characters, such as \"Wintercircus\"")
  }

  @Test("a required field may not be cleared, another may")
  func required() throws {
    #expect(try field("name").violation(of: .null, model: Self.model) == .missing)
    #expect(try field("name").violation(of: "gent", model: Self.model) == nil)
    #expect(try field("note").violation(of: .null, model: Self.model) == nil)
  }

  @Test("a set takes elements, never null, never a whole value")
  func elements() throws {
    let tags = try field("tags")
    #expect(tags.violation(ofElement: "ai", model: Self.model) == nil)
    #expect(tags.violation(ofElement: "too long", model: Self.model) == .length(1...5))
    #expect(tags.violation(ofElement: .null, model: Self.model) == .missing)
    #expect(tags.violation(of: "ai", model: Self.model) == .wrongWrite(.set(growOnly: false)))
    let name = try field("name")
    #expect(
      name.violation(ofElement: "ai", model: Self.model) == .wrongWrite(.register(asks: true)))
  }

  @Test("a counter takes differences within a bound, a growing one none below zero")
  func counters() throws {
    #expect(try field("taps").violation(ofDifference: -5, model: Self.model) == nil)
    #expect(try field("grows").violation(ofDifference: 5, model: Self.model) == nil)
    #expect(try field("grows").violation(ofDifference: -5, model: Self.model) == .countsDown)
    #expect(try field("taps").violation(ofDifference: .min, model: Self.model) != nil)
    #expect(try field("taps").violation(of: 5, model: Self.model) != nil)
    #expect(try field("name").violation(ofDifference: 5, model: Self.model) != nil)
  }

  @Test("a map takes legal keys and values by its own kind")
  func maps() throws {
    let perYear = try field("perYear")
    #expect(perYear.violation(ofKey: 2026, value: 3, model: Self.model) == nil)
    #expect(perYear.violation(ofKey: 2026, value: .null, model: Self.model) == nil)
    #expect(perYear.violation(ofKey: 2026, value: 10, model: Self.model) == .range(0...9))
    #expect(
      perYear.violation(ofKey: 99, value: 3, model: Self.model) == .key(.range(1_800...2_199)))
    #expect(perYear.violation(ofKey: .null, value: 3, model: Self.model) == .key(.missing))
    #expect(perYear.violation(ofKey: 2026, difference: 3, model: Self.model) != nil)
    let perDay = try field("perDay")
    #expect(perDay.violation(ofKey: "2026-10-20", difference: 3, model: Self.model) == nil)
    #expect(perDay.violation(ofKey: "2026-10-20", difference: -3, model: Self.model) == .countsDown)
    #expect(perDay.violation(ofKey: "x", difference: 3, model: Self.model) == .key(.date(.form)))
    #expect(perDay.violation(ofKey: "2026-10-20", value: 3, model: Self.model) != nil)
  }

  @Test("a computed field is never written")
  func derived() throws {
    #expect(try field("computed").violation(of: 3, model: Self.model) == .wrongWrite(.derived))
    #expect(try field("computed").violation(of: .null, model: Self.model) == .wrongWrite(.derived))
  }
}
