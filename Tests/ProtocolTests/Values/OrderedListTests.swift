import Protocol
import Testing

@Suite("An ordered list")
struct OrderedListTests {
  private func row(_ number: UInt32) -> RowID { RowID(site: 1, counter: number) }

  private func list(_ places: [String?]) -> OrderedList {
    OrderedList(
      places.enumerated().map { number, place in
        OrderedList.Item(row(UInt32(number)), place.flatMap(FractionalIndex.init))
      })
  }

  /// The order after a record was put somewhere, and how many records were written for it.
  private func check(
    _ places: [String?], _ moved: UInt32, _ spot: OrderedList.Spot, is order: [UInt32],
    writes: Int, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let before = list(places)
    let changes = try #require(
      before.placing(row(moved), spot, site: 4), sourceLocation: sourceLocation)
    #expect(changes.count == writes, sourceLocation: sourceLocation)
    let changed = Set(changes.map(\.row))
    let after = OrderedList(before.items.filter { !changed.contains($0.row) } + changes)
    #expect(after.items.map(\.row) == order.map(row), sourceLocation: sourceLocation)
  }

  @Test("one that is put somewhere is all that changes")
  func placing() throws {
    let places = ["a", "b", "c"]
    try check(places, 0, .last, is: [1, 2, 0], writes: 1)
    try check(places, 2, .first, is: [2, 0, 1], writes: 1)
    try check(places, 0, .after(row(1)), is: [1, 0, 2], writes: 1)
    try check(places, 2, .before(row(1)), is: [0, 2, 1], writes: 1)
    try check(places, 9, .after(row(0)), is: [0, 9, 1, 2], writes: 1)
    try check([], 9, .last, is: [9], writes: 1)
  }

  @Test("one that lies there already changes nothing")
  func there() throws {
    let places = ["a", "b", "c"]
    try check(places, 0, .first, is: [0, 1, 2], writes: 0)
    try check(places, 1, .after(row(0)), is: [0, 1, 2], writes: 0)
    try check(places, 1, .before(row(2)), is: [0, 1, 2], writes: 0)
    try check(places, 2, .last, is: [0, 1, 2], writes: 0)
  }

  @Test("where two have one place, the list is numbered anew, in the order it had")
  func equalPlaces() throws {
    try check(["a", "b", "b", "c"], 0, .after(row(1)), is: [1, 0, 2, 3], writes: 4)
    try check(["a", "a0"], 9, .after(row(0)), is: [0, 9, 1], writes: 3)
  }

  @Test("those without a place come last by id, and get one only where something comes after them")
  func withoutPlace() throws {
    #expect(list(["b", nil, "a", nil]).items.map(\.row) == [2, 0, 1, 3].map(row))
    try check(["a", nil, nil], 9, .after(row(0)), is: [0, 9, 1, 2], writes: 1)
    try check(["a", nil, nil], 2, .before(row(1)), is: [0, 2, 1], writes: 1)
    try check(["a", nil, nil], 9, .last, is: [0, 1, 2, 9], writes: 3)
    try check([nil, nil, nil], 2, .first, is: [2, 0, 1], writes: 1)
  }

  @Test("a record of another list is no spot")
  func elsewhere() {
    #expect(list(["a"]).placing(row(0), .after(row(7)), site: 4) == nil)
    #expect(list(["a"]).placing(row(7), .before(row(8)), site: 4) == nil)
    // Nor is a record before or after itself.
    #expect(list(["a"]).placing(row(0), .after(row(0)), site: 4) == nil)
  }
}
