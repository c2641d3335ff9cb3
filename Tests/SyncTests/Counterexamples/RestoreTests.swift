import ClientCore
import Protocol
import ServerApp
import Storage
import Testing

private typealias M = SmallModel

@Suite("Counterexamples: a server that was put back")
struct RestoreTests {
  @Test(
    "C2: what only another device still has is given back in its author's name, before anything is taken"
  )
  func lostLaptop() throws {
    let world = try World()
    let (a, b) = (try world.device("A"), try world.device("B"))
    let row = try a.create(M.company, [(M.name, "x"), (M.note, "old")])
    try world.syncAll(a, b)
    try world.backup()
    // B's edit is acknowledged; A has received it. Then B's laptop is lost.
    try b.apply(.set(row, M.note, "from B"), .increment(M.company, row, M.visitors, 3))
    let made = try b.create(M.company, [(M.name, "made by B")])
    try world.syncAll(b, a)
    try world.restore()
    #expect(try world.dump().contains("old"))
    try a.write(row, M.level, "high")
    let summary = try a.sync()
    #expect(summary.agrees == true)
    #expect(summary.returned == 2)
    #expect(summary.refused == 0)
    #expect(try a.shown(row, M.note) == .scalar("from B"))
    #expect(try a.shown(row, M.visitors) == .counter(3))
    #expect(try a.record(made) != nil)
    let returned = try world.store.returned()
    #expect(returned.map(\.userName) == ["B", "B"])
    #expect(returned.map(\.returnedBy) == ["A", "A"])
    let c = try world.device("C")
    try world.expectAgreement(a, c)
    #expect(try c.shown(row, M.note) == .scalar("from B"))
    #expect(try c.shown(row, M.level) == .scalar("high"))
  }

  @Test(
    "C2: a gap in a site's sequence blocks nothing, is listed, and is filled by whoever brings it")
  func gap() throws {
    let world = try World()
    let admin = try world.device("admin")
    let port = try admin.create(M.place, [(M.code, "PORT")])
    let garden = try admin.create(M.place, [(M.code, "GARDEN")])
    try admin.sync()
    try world.user("A", spaces: ["PORT"])
    let (a, b) = (try world.device("A"), try world.device("B"))
    try world.syncAll(admin, a, b)
    try world.backup()
    let hidden = try b.create(M.company, [(M.name, "hidden"), (M.at, .int(garden.raw))])
    let open = try b.create(M.company, [(M.name, "open"), (M.at, .int(port.raw))])
    try world.syncAll(b, a)
    try world.restore()
    // A may see the second of B's transactions only.
    try world.syncAll(a)
    #expect(try a.record(open) != nil)
    #expect(try world.store.holes().map { [$0.first, $0.last] } == [[1, 1]])
    try a.write(open, M.note, "the queue goes on")
    try world.syncAll(a, admin)
    try world.expectAgreement(a, admin)
    // B was not lost after all.
    #expect(try b.sync().isCopy == false)
    #expect(try world.store.holes() == [])
    try world.expectAgreement(a, b, admin)
    #expect(try admin.record(hidden) != nil)
    #expect(try admin.shown(open, M.note) == .scalar("the queue goes on"))
  }

  @Test(
    "C3: an old disk put back in silence is noticed by a cursor whose position exists again, and everybody heals",
    arguments: [true, false])
  func unannounced(opensEpoch: Bool) throws {
    let world = try World()
    let (a, b) = (try world.device("A"), try world.device("B"))
    let c = try world.device("C")
    let row = try a.create(M.company, [(M.name, "x")])
    try world.syncAll(a, b, c)
    try world.backup()
    for number in 0..<5 { try b.create(M.company, [(M.name, .text("lost \(number)"))]) }
    try b.write(row, M.note, "acknowledged")
    try world.syncAll(b, a)
    try world.restore(opensEpoch: opensEpoch)
    // C was away. It pushes the head past A's cursor.
    for number in 0..<12 { try c.create(M.company, [(M.name, .text("new \(number)"))]) }
    try world.syncAll(c)
    let epochs = try world.epochCount()
    let summary = try a.sync()
    #expect(summary.agrees == true)
    #expect(summary.returned >= 6)
    // A machine that was resumed with its memory notices at the first other hash.
    #expect(try world.epochCount() == epochs + (opensEpoch ? 0 : 1))
    try world.syncAll(b, c)
    try world.expectAgreement(a, b, c)
    for device in [a, b, c] {
      #expect(try device.shown(row, M.note) == .scalar("acknowledged"))
      let dump = try device.dump()
      for number in 0..<5 { #expect(dump.contains("lost \(number)")) }
      for number in 0..<12 { #expect(dump.contains("new \(number)")) }
    }
    #expect(try a.conflicts() == [])
  }

  @Test(
    "C4: a seen from before counts by the places of then: what it did not cover is a conflict, what it deleted stays deleted"
  )
  func oldSeen() throws {
    let world = try World()
    let (a, c, d) = (try world.device("A"), try world.device("C"), try world.device("D"))
    let row = try a.create(M.company, [(M.name, "x")])
    let other = try a.create(M.company, [(M.name, "to be deleted")])
    try world.syncAll(a, c, d)
    try world.backup()
    // X: an element, and a write to the other record; A sees both and takes them away.
    try d.apply(.add(M.company, row, M.sectors, "digital"), .set(other, M.note, "X"))
    try d.sync()
    let placeOfX = try world.head()
    try world.syncAll(a)
    try a.write(row, M.name, "T")
    try a.apply(.remove(M.company, row, M.sectors, "digital"), .delete(M.company, other))
    // Y is acknowledged and unseen by A.
    world.advance(1_000, c)
    try c.write(row, M.name, "Y")
    try c.sync()
    try world.restore()
    // X comes last: the others have lost their copy of it.
    for device in [a, c] { try device.forgetPages(holding: placeOfX) }
    #expect(try c.sync().agrees == true)
    #expect(try a.sync().agrees == true)
    #expect(try d.sync().agrees == true)
    try world.expectAgreement(a, c, d)
    for device in [a, c, d] {
      let entry = try #require(try device.conflicts().first)
      #expect(
        Set([entry.winner?.value] + entry.losers.map(\.value)) == [
          Value.text("T"), Value.text("Y"),
        ])
      #expect(try device.conflicts().count == 1)
      #expect(try device.shown(row, M.sectors) == nil)
      #expect(try device.record(other) == nil)
    }
  }

  @Test(
    "C4: a record that was deleted knowing a late write has that write in it when it is revived")
  func lateWriteInGrave() throws {
    let world = try World()
    let (a, b, d) = (try world.device("A"), try world.device("B"), try world.device("D"))
    let row = try a.create(M.company, [(M.name, "x")])
    try world.syncAll(a, b, d)
    try world.backup()
    try d.apply(.set(row, M.note, "X"), .increment(M.company, row, M.visitors, 2))
    try d.sync()
    let placeOfX = try world.head()
    try a.sync()
    try a.apply(.delete(M.company, row))
    try world.restore()
    try a.forgetPages(holding: placeOfX)
    try world.syncAll(a, d)
    #expect(try world.store.database.read { try $0.record(M.company, row) } == nil)
    // B, who had not seen the deletion, brings it back.
    try b.write(row, M.level, "high")
    try world.syncAll(b)
    try world.expectAgreement(a, b, d)
    #expect(try a.shown(row, M.note) == .scalar("X"))
    #expect(try a.shown(row, M.visitors) == .counter(2))
    #expect(try a.shown(row, M.level) == .scalar("high"))
  }

  @Test("C25: after two restores each seen is judged in its own epoch")
  func twoRestores() throws {
    let world = try World()
    let names = ["A", "B", "C", "D", "E", "F"]
    let devices = try names.map { try world.device($0) }
    let (a, b, c) = (devices[0], devices[1], devices[2])
    let (d, e, f) = (devices[3], devices[4], devices[5])
    // A row of its own for each writer: T wrote the first, U the second.
    var rows: [String: (RowID, RowID)] = [:]
    for writer in ["D", "E", "F"] {
      rows[writer] = (
        try a.create(M.company, [(M.name, .text("t of \(writer)"))]),
        try a.create(M.company, [(M.name, .text("u of \(writer)"))])
      )
    }
    try world.syncAll(devices)
    try world.backup("first")
    try a.create(M.company, [(M.name, "in the second backup only")])
    try world.syncAll(devices)
    try world.backup("second")
    // T, in the first life; D has seen it and goes away.
    try b.replica.commit { draft in
      for (row, _) in rows.values { try draft.apply(.set(row, M.name, "T")) }
    }
    try world.syncAll(b, a, d)
    let writers = ["D": d, "E": e, "F": f]
    func write(_ name: String) throws {
      let (t, u) = try #require(rows[name])
      let writer = try #require(writers[name])
      world.advance(1_000, writer)
      try writer.apply(.set(t, M.name, .text("\(name) over T")))
      try writer.apply(.set(u, M.name, .text("\(name) over U")))
    }
    try write("D")
    // The second life: T comes back at another place, and U is written. E has seen both.
    try world.restore("second")
    try world.syncAll(a, c)
    try c.replica.commit { draft in
      for (_, row) in rows.values { try draft.apply(.set(row, M.name, "U")) }
    }
    try world.syncAll(c, e, a)
    try write("E")
    // The third life, from before both.
    try world.restore("first")
    try world.syncAll(a, f)
    try write("F")
    try world.syncAll(f, e, d)
    try world.syncAll(devices)
    try world.expectAgreement(a, b, c, d, e, f)
    func values(_ row: RowID) throws -> Set<Value> {
      let entry = try a.conflicts().first { $0.record == row }
      guard let entry else {
        guard case .scalar(let value) = try a.shown(row, M.name) else { return [] }
        return [value]
      }
      return Set([entry.winner?.value].compactMap(\.self) + entry.losers.map(\.value))
    }
    for name in ["D", "E", "F"] {
      let (t, u) = try #require(rows[name])
      #expect(try values(t) == [Value.text("\(name) over T")])
      let expected: Set<Value> =
        name == "D" ? [.text("U"), .text("D over U")] : [.text("\(name) over U")]
      #expect(try values(u) == expected)
    }
  }

  @Test(
    "C26: what comes back after a write that had seen it, and after one that had seen that, is history"
  )
  func lateIsHistory() throws {
    let world = try World()
    let (a, b, c) = (try world.device("A"), try world.device("B"), try world.device("C"))
    let row = try a.create(M.company, [(M.name, "x"), (M.level, "medium")])
    try world.syncAll(a, b, c)
    try world.backup()
    // Y
    try c.apply(
      .set(row, M.name, "Y"), .set(row, M.level, "high"),
      .add(M.company, row, M.sectors, "digital"),
      .put(M.company, row, M.headcount, key: "2026", 5),
      .increment(M.company, row, M.visitors, 4))
    try c.sync()
    let placeOfY = try world.head()
    try a.sync()
    // T, which had seen Y.
    try a.apply(
      .set(row, M.name, "T"), .set(row, M.level, "low"),
      .remove(M.company, row, M.sectors, "digital"),
      .drop(M.company, row, M.headcount, key: "2026"))
    try world.syncAll(a, b)
    // W, which had seen T.
    try b.apply(.set(row, M.name, "W"))
    try world.syncAll(b, a)
    try world.restore()
    for device in [a, b] { try device.forgetPages(holding: placeOfY) }
    try world.syncAll(b, a, c)
    try world.expectAgreement(a, b, c)
    for device in [a, b, c] {
      #expect(try device.conflicts() == [])
      #expect(try device.shown(row, M.name) == .scalar("W"))
      #expect(try device.shown(row, M.level) == .scalar("low"))
      #expect(try device.shown(row, M.sectors) == nil)
      #expect(try device.shown(row, M.headcount) == nil)
      #expect(try device.shown(row, M.visitors) == .counter(4))
    }
  }

  @Test(
    "C28: a part that one reader returns is completed by who brings the rest, each operation once")
  func partialReturn() throws {
    let world = try World()
    let admin = try world.device("admin")
    let port = try admin.create(M.place, [(M.code, "PORT")])
    let garden = try admin.create(M.place, [(M.code, "GARDEN")])
    let here = try admin.create(M.company, [(M.name, "here"), (M.at, .int(port.raw))])
    let there = try admin.create(M.company, [(M.name, "there"), (M.at, .int(garden.raw))])
    try admin.sync()
    try world.user("A", spaces: ["PORT"])
    let (a, b, d) = (try world.device("A"), try world.device("B"), try world.device("D"))
    try world.syncAll(admin, a, b, d)
    try world.backup()
    try b.apply(
      .increment(M.company, there, M.visitors, 1), .increment(M.company, here, M.visitors, 2),
      .set(there, M.note, "n"), .increment(M.company, here, M.visitors, 4))
    try b.write(here, M.level, "high")
    try world.syncAll(b, a, d)
    try world.restore()
    // A may see one record of the two.
    try world.syncAll(a)
    #expect(try a.shown(here, M.visitors) == .counter(6))
    #expect(try world.store.returned().map(\.missing) == [2, 0])
    try world.expectAgreement(a)
    // D brings all of it.
    try world.syncAll(d)
    #expect(try world.store.returned().map(\.missing).contains(2) == false)
    try world.expectAgreement(a, d, admin)
    // Its author has it too.
    try world.expectAgreement(a, b, d, admin)
    for device in [b, d, admin] {
      #expect(try device.shown(here, M.visitors) == .counter(6))
      #expect(try device.shown(there, M.visitors) == .counter(1))
      #expect(try device.shown(there, M.note) == .scalar("n"))
    }
    // Lost once more: a piece is given back as a piece.
    try world.restore()
    try world.syncAll(a, d, b, admin)
    try world.expectAgreement(a, b, d, admin)
    #expect(try d.shown(here, M.visitors) == .counter(6))
    #expect(try d.shown(there, M.visitors) == .counter(1))
  }

  @Test("a refusal that a restored server forgot is told it again, and what came after it stands")
  func forgottenRefusal() throws {
    let world = try World()
    let (a, b) = (try world.device("A"), try world.device("B"))
    let row = try b.create(M.company, [(M.name, "x")])
    try world.syncAll(b, a)
    try world.backup()
    try a.write(row, M.highest, 5_000)
    try a.write(row, M.note, "after it")
    try a.sync()
    try a.write(row, M.highest, 6_000)
    try a.write(row, M.level, "high")
    #expect(try a.sync().refused == 1)
    try world.restore()
    try a.write(row, M.name, "new")
    let summary = try a.sync()
    #expect(summary.agrees == true)
    #expect((summary.refused, summary.merged) == (0, 1))
    #expect(try world.store.quarantine().map(\.reason) == [.refusedBefore, .refusedBefore])
    #expect(try world.store.holes() == [])
    try world.expectAgreement(a, b)
    #expect(try b.shown(row, M.note) == .scalar("after it"))
    #expect(try b.shown(row, M.level) == .scalar("high"))
  }

  @Test("outcomes that a restored server forgot while the cursor is good are asked for again")
  func forgottenOutcomes() throws {
    var limits = SyncLimits.standard
    limits.smallestPageBytes = 200
    limits.pageBytes = 300
    let world = try World(limits: limits)
    let (a, b) = (try world.device("A"), try world.device("B"))
    let row = try b.create(M.company, [(M.name, "x")])
    try world.syncAll(b, a)
    for number in 0..<20 { try b.create(M.company, [(M.name, .text("many \(number)"))]) }
    try b.sync()
    try world.backup()
    try a.write(row, M.highest, 5_000)
    try a.write(row, M.note, "kept")
    var session = try SyncSession(a.replica)
    // Outcomes and a first page; the cut comes before the page that holds A's own.
    try session.receive(try #require(try a.exchange(&session)))
    #expect(session.summary.refused == 1)
    #expect(session.summary.merged == 1)
    try world.restore()
    try a.write(row, M.level, "high")
    #expect(try a.sync().agrees == true)
    try world.expectAgreement(a, b)
    #expect(try b.shown(row, M.note) == .scalar("kept"))
    #expect(try b.shown(row, M.level) == .scalar("high"))
    #expect(try a.replica.rejected().count == 1)
  }

  @Test("a restore while a device loads anew costs it that load and nothing else")
  func restoredWhileLoading() throws {
    var limits = SyncLimits.standard
    limits.smallestPageBytes = 200
    limits.pageBytes = 300
    let world = try World(limits: limits)
    let (a, b) = (try world.device("A"), try world.device("B"))
    for number in 0..<10 { try b.create(M.company, [(M.name, .text("old \(number)"))]) }
    try world.syncAll(b, a)
    try world.backup()
    let row = try b.create(M.company, [(M.name, "acknowledged")])
    try world.syncAll(b, a)
    var session = try SyncSession(a.replica, full: true)
    for _ in 0..<3 { try session.receive(try #require(try a.exchange(&session))) }
    try world.restore()
    while let answer = try a.exchange(&session) { try session.receive(answer) }
    #expect(session.summary.agrees == true)
    #expect(try a.record(row) != nil)
    try world.expectAgreement(a, b)
    #expect(try b.record(row) != nil)
  }

  @Test("loading anew from a server that was put back gives back first what it lacks")
  func fullLoad() throws {
    let world = try World()
    let (a, b) = (try world.device("A"), try world.device("B"))
    let row = try b.create(M.company, [(M.name, "x")])
    try world.syncAll(b, a)
    try world.backup()
    try b.write(row, M.note, "acknowledged")
    try world.syncAll(b, a)
    try world.restore()
    #expect(try a.sync(full: true).returned == 1)
    try world.expectAgreement(a)
    #expect(try a.shown(row, M.note) == .scalar("acknowledged"))
  }

  @Test("the server's own transactions come back under the site it had, and a new one goes on")
  func serversOwn() throws {
    let world = try World()
    let a = try world.device("A")
    try world.syncAll(a)
    try world.backup()
    var row = RowID(0)
    try world.store.commit(label: "import") { draft in
      row = draft.newRow()
      try draft.apply(.create(M.company, row, [(M.name, .text("imported"))]))
    }
    try world.syncAll(a)
    try world.restore()
    try world.store.commit(label: "import") { draft in
      try draft.apply(.create(M.company, draft.newRow(), [(M.name, .text("later"))]))
    }
    try world.syncAll(a)
    #expect(try a.shown(row, M.name) == .scalar("imported"))
    #expect(try a.dump().contains("later"))
    try world.expectAgreement(a)
  }

  @Test(
    "a copied replica and a server that was put back at once: nothing is lost, nothing counts twice"
  )
  func copyAndRestore() throws {
    let world = try World()
    let first = try world.device("A")
    let row = try first.create(M.company, [(M.name, "x")])
    try world.syncAll(first)
    try world.backup()
    let second = try first.copy("A2")
    try second.apply(.increment(M.company, row, M.visitors, 1))
    let made = try second.create(M.company, [(M.name, "by the second")])
    try world.syncAll(second)
    try world.restore()
    // The first comes first, and has the sequence that the second was acknowledged.
    try first.apply(.increment(M.company, row, M.visitors, 10))
    try first.create(M.company, [(M.name, "by the first")])
    try world.syncAll(first)
    #expect(try second.sync().agrees == true)
    try world.expectAgreement(first, second)
    #expect(try first.shown(row, M.visitors) == .counter(11))
    #expect(try first.dump().contains("by the first"))
    #expect(try first.dump().contains("by the second"))
    #expect(try first.shown(made, M.name) == .scalar("by the first"))
  }
}

extension Device {
  /// This device's copy of a page is gone: the disk is damaged there.
  func forgetPages(holding position: Int64) throws {
    try replica.database.write {
      try $0.connection.execute(
        "DELETE FROM _page WHERE first <= \(position) AND last >= \(position)")
    }
  }
}
