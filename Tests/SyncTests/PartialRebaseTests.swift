import ClientCore
import Protocol
import Storage
import Testing

@Suite struct PartialRebaseTests {
  @Test("own edits that nobody else touched are confirmed where they stand, and the digest holds")
  func confirmed() throws {
    let world = try World()
    let an = try world.device("an")
    let rows = try (0..<5).map {
      try an.create(SmallModel.company, [(SmallModel.name, .text("r\($0)"))])
    }
    try an.write(rows[0], SmallModel.note, "first")
    try an.write(rows[0], SmallModel.note, "second")
    try an.write(rows[1], SmallModel.name, .null)
    let summary = try an.sync()
    #expect(summary.merged == 8)
    #expect(summary.agrees == true)
    #expect(try an.replica.verify() == [])
    #expect(try an.dump() == world.dump())
  }

  @Test("a page that touches some pending rows leaves the others' before-images usable")
  func mixed() throws {
    let world = try World()
    let an = try world.device("an")
    let bo = try world.device("bo")
    let rows = try (0..<4).map {
      try an.create(SmallModel.company, [(SmallModel.name, .text("r\($0)"))])
    }
    try an.sync()
    try bo.sync()
    // One transaction of an's writes to two rows, of which bo changes one.
    try an.apply(
      .write(SmallModel.company, rows[0], [(SmallModel.note, .text("an 0"))]),
      .write(SmallModel.company, rows[1], [(SmallModel.note, .text("an 1"))]))
    try an.apply(.increment(SmallModel.company, rows[2], SmallModel.visitors, 3))
    try an.write(rows[1], SmallModel.name, "an's name")
    world.advance(5, bo)
    try bo.write(rows[1], SmallModel.name, "bo's name")
    try bo.write(rows[1], SmallModel.note, "bo 1")
    try bo.write(rows[3], SmallModel.note, "bo 3")
    try bo.sync()
    // The page of bo's comes while an's are pending, before they are offered.
    var session = try SyncSession(an.replica)
    while let answer = try an.exchange(&session) {
      try session.receive(answer)
      #expect(try an.replica.verify() == [])
    }
    #expect(session.summary.agrees == true)
    try bo.sync()
    #expect(try an.dump() == world.dump())
    #expect(try bo.dump() == world.dump())
    #expect(try an.conflicts().count == 1)
  }

  @Test("many pending edits and many pages end in the state of the server")
  func manyPages() throws {
    var limits = SyncLimits.standard
    limits.transactionsPerPage = 3
    let world = try World(limits: limits)
    let an = try world.device("an")
    let bo = try world.device("bo")
    let rows = try (0..<6).map {
      try an.create(SmallModel.company, [(SmallModel.name, .text("r\($0)"))])
    }
    try an.sync()
    try bo.sync()
    for round in 0..<10 {
      try an.write(rows[round % 6], SmallModel.name, .text("an \(round)"))
      try bo.write(rows[(round * 5) % 6], SmallModel.name, .text("bo \(round)"))
      try an.apply(
        .add(SmallModel.company, rows[round % 3], SmallModel.sectors, .text("s\(round)")))
    }
    try bo.sync()
    try an.sync()
    try bo.sync()
    #expect(try an.replica.verify() == [])
    #expect(try an.dump() == world.dump())
    #expect(try bo.dump() == world.dump())
  }

  @Test("accepted edits of rows that others changed too are settled by the page that holds them")
  func acceptedBeforeTheirPage() throws {
    var limits = SyncLimits.standard
    limits.transactionsPerPage = 4
    let world = try World(limits: limits)
    let an = try world.device("an")
    let bo = try world.device("bo")
    let rows = try (0..<5).map {
      try an.create(SmallModel.company, [(SmallModel.name, .text("r\($0)"))])
    }
    try an.sync()
    try bo.sync()
    for round in 0..<10 { try bo.write(rows[round % 5], SmallModel.name, .text("bo \(round)")) }
    try bo.sync()
    for round in 0..<10 {
      try an.write(rows[round % 5], SmallModel.name, .text("an \(round)"))
      try an.write(rows[(round + 1) % 5], SmallModel.note, .text("note \(round)"))
    }
    // Outcomes come at once; the pages with bo's edits come first, an's own four by four after them.
    var session = try SyncSession(an.replica)
    var pending = [try an.replica.status().pending]
    while let answer = try an.exchange(&session) {
      try session.receive(answer)
      #expect(try an.replica.verify() == [])
      pending.append(try an.replica.status().pending)
    }
    #expect(session.summary.agrees == true)
    #expect(session.summary.merged == 20)
    #expect(Set(pending).count > 3)
    #expect(pending.last == 0)
    try bo.sync()
    #expect(try an.dump() == world.dump())
    #expect(try bo.dump() == world.dump())
  }

  @Test("a deletion saved between two pages is found, though the outbox was looked through before")
  func deletionBetweenPages() throws {
    var limits = SyncLimits.standard
    limits.transactionsPerPage = 2
    let world = try World(limits: limits)
    let an = try world.device("an")
    let bo = try world.device("bo")
    let rows = try (0..<4).map {
      try an.create(SmallModel.company, [(SmallModel.name, .text("r\($0)"))])
    }
    try an.sync()
    try bo.sync()
    for round in 0..<8 { try bo.write(rows[round % 4], SmallModel.name, .text("bo \(round)")) }
    try bo.sync()
    for round in 0..<4 { try an.write(rows[round], SmallModel.note, .text("an \(round)")) }
    var session = try SyncSession(an.replica)
    var rounds = 0
    while let answer = try an.exchange(&session) {
      try session.receive(answer)
      rounds += 1
      if rounds == 2 { try an.apply(.delete(SmallModel.company, rows[3])) }
      #expect(try an.replica.verify() == [])
    }
    #expect(rounds > 3)
    #expect(session.summary.agrees == true)
    try bo.sync()
    try an.sync()
    #expect(try an.dump() == world.dump())
    #expect(try bo.dump() == world.dump())
  }
}
