import Protocol
import Testing

@testable import Storage

@Suite("Digests as rows change")
struct DigestTests {
  private typealias T = TestDatabase

  @Test("the digest that is kept is the one computed from every row, after any change")
  func keptEqualsScratch() throws {
    let test = try TestDatabase()
    let (row, other) = (RowID(site: 7, counter: 1), RowID(site: 7, counter: 2))
    func check(_ what: String) throws {
      let (kept, computed) = try test.database.read { engine in
        (try engine.digests(), try engine.digestsFromScratch())
      }
      #expect(kept == computed, "after \(what)")
    }
    try test.apply(.create(T.thing, row, [(T.name, .text("one")), (T.level, .int(3))]))
    try check("a row was made")
    let first = try test.database.read { try $0.digests() }
    #expect(first.keys.map { $0 } == [.city])
    try test.apply(.create(T.thing, other, [(T.name, .text("two"))]), audience: Audience(space: 99))
    try check("a row of another audience was made")
    try test.apply(.write(T.thing, row, [(T.name, .text("a")), (T.span, .group([1, 2]))]))
    try test.apply(.write(T.thing, row, [(T.name, .text("b"))]), site: 8, seen: 2)
    try check("a second head came")
    try test.apply(.write(T.thing, row, [(T.level, .int(1))]))
    try check("a value lost")
    try test.apply(
      .add(T.thing, row, T.labels, "AI"), .add(T.thing, row, T.labels, "quay"),
      .increment(T.thing, row, T.count, 3), .put(T.thing, row, T.years, key: 2026, 4))
    try test.apply(.add(T.thing, row, T.labels, "ai"), site: 8, seen: 3)
    try check("elements came, two spelled apart")
    try test.apply(
      .remove(T.thing, row, T.labels, "quay"), .increment(T.thing, row, T.count, -1),
      .drop(T.thing, row, T.years, key: 2026), .write(T.thing, row, [(T.span, .null)]))
    try check("elements went and a group was cleared")
    try test.database.write { engine in
      try engine.moveRow(T.thing, row.raw, to: engine.number(of: Audience(space: 99)))
      try engine.flushDigest()
    }
    try check("the row moved")
    #expect(try test.database.read { try $0.digests() }.keys.map { $0 } == [Audience(space: 99)])
    try test.database.write { engine in
      let image = try #require(try engine.image(T.thing, row.raw))
      let writer = try engine.writer(1)
      let context = ApplyContext(
        writer: writer, knows: Knowledge(site: 7, sequence: 0, seen: 0),
        audience: try engine.number(of: .city), undo: nil)
      try engine.putImage(image, T.thing, row.raw, context)
      #expect(try engine.image(T.thing, row.raw) == image)
      try engine.flushDigest()
    }
    try check("an image took the row's place")
    try test.database.write { engine in
      let context = ApplyContext(
        writer: try engine.writer(1), knows: Knowledge(site: 7, sequence: 0, seen: 0),
        audience: nil, undo: nil)
      for id in [row, other] { try engine.removeRow(T.thing, id.raw, context) }
      try engine.flushDigest()
    }
    #expect(try test.database.read { try $0.digests() }.isEmpty)
    try check("all rows went")
  }

  @Test("the same rows have the same digest whatever their local numbers and order")
  func orderCannotMatter() throws {
    let digests = try [false, true].map { (isReversed: Bool) in
      let test = try TestDatabase()
      let rows = (1...3).map { RowID(site: 7, counter: $0) }
      if isReversed { try test.database.write { _ = try $0.number(of: Audience(space: 5)) } }
      try test.apply(
        .create(T.thing, rows[0], [(T.name, .text("one"))]),
        .create(T.thing, rows[1], [(T.name, .text("two"))]),
        .create(T.thing, rows[2], [(T.name, .text("three"))]))
      let labels: [Value] = isReversed ? ["b", "a"] : ["a", "b"]
      try test.apply(
        .add(T.thing, rows[1], T.labels, labels[0]), .add(T.thing, rows[1], T.labels, labels[1]))
      return try test.database.read { try $0.digests() }
    }
    #expect(digests[0] == digests[1])
    #expect(!digests[0].isEmpty)
  }
}
