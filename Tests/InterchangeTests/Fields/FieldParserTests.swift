import Protocol
import Testing

@testable import Interchange

@Suite("Assignments on the command line")
struct FieldParserTests {
  /// The value that one assignment writes into a plain field.
  private func value(_ assignment: String) throws -> Value {
    guard case .set(_, let value) = try TestModel.parser().parse(assignment) else {
      Issue.record("\(assignment) is no plain write")
      return .null
    }
    return value
  }

  private func refused(_ assignment: String, _ purpose: FieldParser.Purpose = .editing)
    -> FieldError?
  {
    #expect(throws: FieldError.self) { try TestModel.parser(purpose).parse(assignment) }
  }

  @Test(
    "each type is read into its stored form",
    arguments: [
      ("name=  Zwerver ", "Zwerver"), ("code=NSP-1", "NSP-1"), ("crew=12", 12),
      ("length=12.5", .real(12.5)), ("price=1234.56", 123_456), ("price=1234", 123_400),
      ("price=-0.5", -50), ("sails=true", true), ("sails=false", false), ("built=2026", "2026"),
      ("built=2026-10", "2026-10"), ("built=2026-10-20", "2026-10-20"),
      ("colour=deep_blue", "deep_blue"), ("colour=Diepblauw", "deep_blue"),
      ("home=Ghent", .int(TestModel.home.raw)), ("site=startit.be", "https://startit.be"),
      ("mail=info@stad.gent", "info@stad.gent"), ("phone=09 251 05 50", "+3292510550"),
      ("owner=0207.451.227", "0207451227"), ("flag=be", "BE"), ("full=75", 75), ("full=75 %", 75),
      ("branch=2.123.456.791", "2123456791"), ("vat=BE 0207.451.227", "BE0207451227"),
      ("notes=a=b", "a=b"),
    ] as [(String, Value)])
  func storedForm(assignment: String, expected: Value) throws {
    #expect(try value(assignment) == expected)
  }

  @Test("text is composed, so that one word has one form")
  func composed() throws {
    #expect(try value("name=Cafe\u{301}") == "Café")
    #expect(try value("name=Cafe\u{301}").textValue?.unicodeScalars.count == 4)
  }

  @Test(
    "what does not have the form of its type is refused with the rule and an example",
    arguments: [
      ("crew=twelve", "0 to 500", "12"), ("crew=501", "0 to 500", "12"),
      ("crew=1.0", "0 to 500", "12"), ("length=1.234", "2 decimals", "0.5"),
      ("length=1e2", "2 decimals", "0.5"), ("length=1,5", "point", "0.5"),
      ("price=1.234,56", "two decimals", "1234.56"), ("price=1.999", "two decimals", "1234.56"),
      ("sails=yes", "true or false", "true"), ("built=20/10/2026", "year-month-day", "2026-10-20"),
      ("built=2026-02-30", "no such day", "2026-10-20"),
      ("leaves=tomorrow", "clock of Brussels", "2026-10-20T09:00"),
      ("leaves=2026-10-20T24:00", "clock of Brussels", "2026-10-20T09:00"),
      ("site=javascript:alert(1)", "http", "https://"), ("mail=stad.gent", "@", "info@"),
      ("phone=251 05 50", "area", "+32"), ("owner=0247.833.952", "last two digits", "0207.451.227"),
      ("flag=XX", "countr", "BE"), ("full=101", "0 to 100", "75"),
      ("branch=2123456700", "last two digits", "2.123.456.791"),
      ("name=a\tb", "control character", "Gent"),
      ("code=no spaces", "capitals", "TLG-ARDOYEN"),
      ("name=abcdefghijklmnopqrstu", "1 to 20", "Wintercircus"),
    ])
  func badValue(assignment: String, rule: String, example: String) throws {
    let error = try #require(refused(assignment))
    #expect(error.kind == .badValue)
    #expect(error.sentence.en.contains(rule), "\(error.sentence.en)")
    #expect(error.sentence.en.contains(example), "\(error.sentence.en)")
    #expect(error.sentence.en.hasPrefix(String(assignment.prefix { $0 != "=" }) + ":"))
    #expect(error.sentence.nl != error.sentence.en)
  }

  @Test("a wrong code lists the codes")
  func codes() throws {
    let error = try #require(refused("colour=green"))
    #expect(error.kind == .unknownCode)
    #expect(error.sentence.en.contains("red, deep_blue"))
  }

  @Test("an unknown field names the fields there are")
  func unknownField() throws {
    let error = try #require(refused("colours=red"))
    #expect(error.kind == .unknownField)
    #expect(error.sentence.nl.contains("colour, home"))
  }

  @Test("a computed field and a text without an equals sign are refused")
  func notWritable() {
    #expect(refused("age=3")?.kind == .notWritable)
    #expect(refused("name")?.kind == .noAssignment)
    #expect(refused("=x")?.kind == .noAssignment)
    #expect(refused("people[=1")?.kind == .noAssignment)
    #expect(refused("people[2025]x=1")?.kind == .noAssignment)
  }

  @Test("a reference that fits nothing or too much says which")
  func references() throws {
    #expect(refused("home=Nowhere")?.kind == .referenceNotFound)
    let ambiguous = try #require(refused("home=Port"))
    #expect(ambiguous.kind == .referenceAmbiguous)
    #expect(ambiguous.sentence.en.contains("2 records of harbour"))
  }

  @Test("an error of the lookup itself passes through")
  func lookupError() {
    struct Broken: Error {}
    let parser = FieldParser(
      model: TestModel.model, entity: TestModel.boat, purpose: .editing
    ) { _, _ in throw Broken() }
    #expect(throws: Broken.self) { try parser.parse("home=Ghent") }
  }

  @Test("an empty value clears, but not what is required")
  func clearing() throws {
    guard case .clear(let field) = try TestModel.parser().parse("crew=  ") else {
      Issue.record("not a clear")
      return
    }
    #expect(field.name == "crew")
    #expect(refused("name=")?.kind == .required)
  }

  @Test("a set takes its first elements in a new record and is refused in an edit")
  func sets() throws {
    guard
      case .elements(_, let tags) = try TestModel.parser(.adding).parse(
        "tags=harbour, Old , harbour,a\\,b,,OLD")
    else {
      Issue.record("no elements")
      return
    }
    #expect(tags == ["harbour", "Old", "a,b"])
    let refusal = try #require(refused("tags=harbour"))
    #expect(refusal.kind == .otherCommand)
    #expect(refusal.sentence.en.contains("set-add"))
    #expect(refused("tags=")?.kind == .otherCommand)
  }

  @Test("set elements are read each by their type")
  func elements() throws {
    let visits = TestModel.boat.declared("visits")
    #expect(
      try TestModel.parser().elements(["Ghent", TestModel.home.text], of: visits)
        == [.int(TestModel.home.raw)])
  }

  @Test("a counter is refused with the name of its command")
  func counters() throws {
    let refusal = try #require(refused("aboard=3", .adding))
    #expect(refusal.kind == .otherCommand)
    #expect(refusal.sentence.en.contains("count ID aboard +1"))
    #expect(refused("visitors[2026-10-20]=3")?.kind == .otherCommand)
  }

  @Test("keys and parts are found by name")
  func paths() throws {
    let parser = TestModel.parser()
    guard case .mapPut(_, let year, let count) = try parser.parse("people[2025]=40"),
      case .mapPut(_, _, let gone) = try parser.parse("people[2025]="),
      case .setPart(_, let end, let instant) = try parser.parse("period.end=2026-10-20T09:00"),
      case .mapPutPart(_, let key, let part, let amount) = try parser.parse(
        "rounds[a=b].amount=2.5")
    else {
      Issue.record("another intent")
      return
    }
    #expect((year, count, gone) == (2025, 40, .null))
    #expect((end, instant) == (1, 1_792_479_600_000))
    #expect(key == "a=b")
    #expect((part, amount) == (1, 250))
  }

  @Test("a map wants a key, a plain field has none, a part must exist")
  func wrongPaths() throws {
    #expect(try #require(refused("people=3")).sentence.en.contains("people[12]=value") == false)
    #expect(refused("people=3")?.kind == .unknownPart)
    #expect(refused("crew[1]=3")?.kind == .unknownPart)
    #expect(refused("crew.part=3")?.kind == .unknownPart)
    #expect(try #require(refused("period.begin=2026")).sentence.en.contains("start, end, allDay"))
    #expect(refused("people[in 2025]=3")?.kind == .badValue)
  }

  @Test("a counter's key is a target for the command that counts")
  func targets() throws {
    let target = try TestModel.parser().target("visitors[2026-10-20]")
    #expect(target.field.name == "visitors")
    #expect(target.key == "2026-10-20")
    #expect(target.type == .counter)
  }

  @Test("a place may be typed whole, latitude first")
  func place() throws {
    #expect(
      try value("position=51.04800, 3.72800") == .group([.real(51.048), .real(3.728)]))
    #expect(refused("position=51.04800")?.kind == .badValue)
    #expect(refused("position=151.0,3.7")?.kind == .badValue)
  }

  @Test("a field is named once in a command")
  func twice() throws {
    #expect(throws: FieldError.self) { try TestModel.parser().parse(["crew=1", "crew=2"]) }
    #expect(try TestModel.parser().parse(["period.start=2026-10-20T09:00", "crew=2"]).count == 2)
  }

  @Test("what was typed is quoted short and safe")
  func quoting() throws {
    let error = try #require(
      refused("crew=\u{1B}[2J" + String(repeating: "9", count: 500)))
    #expect(!error.sentence.en.contains("\u{1B}"))
    #expect(error.sentence.en.count < 300)
  }
}
