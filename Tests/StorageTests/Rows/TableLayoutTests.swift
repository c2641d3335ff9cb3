import Protocol
import Testing

@testable import Storage

@Suite("How an entity stands in its table")
struct TableLayoutTests {
  @Test("a field is one column, a group one for each part, a derived field none")
  func columns() throws {
    let entity = try #require(try TestDatabase.model().entity(tag: TestDatabase.thing))
    let layout = TableLayout(entity)
    #expect(
      layout.scan
        == "SELECT id, _t, _x, _a, \"name\", \"labels\", \"count\", \"years\", \"span_from\", "
        + "\"span_to\", \"level\" FROM \"big_thing\"")
    #expect(layout.columnCount == 7)
    #expect(layout.column(TestDatabase.age) == nil)
    #expect(layout.column(TestDatabase.span)?.first == 4)
    #expect(layout.column(TestDatabase.span)?.count == 2)
    #expect(layout.column(TestDatabase.level)?.first == 6)
    #expect(layout.column(99) == nil)
  }

  @Test("rows can be read with any tool: real names, sets and maps as JSON, counters as numbers")
  func readable() throws {
    let test = try TestDatabase()
    let row = RowID(site: 7, counter: 1)
    let (t, thing) = (TestDatabase.self, TestDatabase.thing)
    try test.apply(
      .create(thing, row, [(t.name, .text("Kaai")), (t.span, .group([.null, 9]))]),
      .add(thing, row, t.labels, "b\"c"), .add(thing, row, t.labels, "a"),
      .increment(thing, row, t.count, 3), .put(thing, row, t.years, key: 2026, 4))
    let text: String = try test.database.read { engine in
      let select = try engine.connection.statement(
        """
        SELECT name || labels || count || years || ifnull(span_from, '-') || span_to
        FROM big_thing
        """)
      defer { select.reset() }
      return try select.step() ? select.text(0) : ""
    }
    #expect(text == #"Kaai["a","b\"c"]3{"2026":4}-9"#)
  }
}
