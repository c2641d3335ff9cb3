import ClientCore
import Protocol
import ServerApp
import Storage
import Testing

private typealias M = SmallModel

@Suite("Counterexamples: outcomes")
struct OutcomeTests {
  @Test(
    """
    C13: when a pending write over a value is refused, the value that came meanwhile shows, not \
    the old one
    """)
  func refusedOverNewer() throws {
    let world = try World()
    let (a, b) = (try world.device("A"), try world.device("B"))
    let row = try a.create(M.company, [(M.note, "v0")])
    try world.syncAll(a, b)
    try b.write(row, M.note, "v1")
    world.advance(1_000, a, b)
    try a.apply(
      .set(row, M.note, "pending"), .set(row, M.highest, 5_000))
    try b.sync()
    var session = try SyncSession(a.replica)
    // The delta comes first, as when the upload is cut away.
    let early = try #require(try session.nextRequest())
    #expect(try a.shown(row, M.note) == .scalar("pending"))
    try session.receive(try a.answer(to: early))
    #expect(try a.shown(row, M.note) == .scalar("v1"))
    try world.syncAll(a)
    #expect(try a.shown(row, M.note) == .scalar("v1"))
    try world.expectAgreement(a, b)
  }

  @Test("nobody says that another made a record, nor that it was made after its own transaction")
  func authorship() throws {
    let world = try World()
    let (a, b) = (try world.device("A"), try world.device("B"))
    let other = try #require(try b.replica.identity()).user
    let row = try a.create(M.company, [(M.name, "one")])
    func item(_ more: (Tag, Value)) throws {
      try a.create(M.item, [(M.label, "badge"), (M.owner, .int(row.raw)), more])
    }
    try item((M.madeBy, .int(other)))
    try item((M.madeAt, .int(a.system.wallMilliseconds() + 60_000)))
    try item((M.madeBy, .int(try #require(try a.replica.identity()).user)))
    try a.replica.commit { draft in
      try draft.create(
        M.item,
        [(M.label, "badge"), (M.owner, .int(row.raw)), (M.madeAt, .int(draft.createdAt))])
    }
    let summary = try a.sync()
    #expect((summary.merged, summary.refused) == (3, 2))
    #expect(
      try a.replica.rejected().map(\.detail) == [
        "anothers-name item.made-by", "later-than-author item.made-at",
      ])
    try world.expectAgreement(a, b)
  }

  @Test(
    """
    C13: a value that came under a pending write with a later stamp shows once that write is \
    refused, and the old one never again
    """)
  func refusedAfterPage() throws {
    var limits = SyncLimits.standard
    // One transaction an upload, one a page.
    limits.smallestPageBytes = 1
    limits.pageBytes = 1
    let world = try World(limits: limits)
    let (a, b) = (try world.device("A"), try world.device("B"))
    let row = try a.create(M.company, [(M.note, "v0")])
    try world.syncAll(a, b)
    try b.write(row, M.note, "v1")
    world.advance(1_000, a, b)
    try a.create(M.company, [(M.name, "goes first")])
    try a.apply(.set(row, M.note, "pending"), .set(row, M.highest, 5_000))
    try b.sync()
    var session = try SyncSession(a.replica)
    var shown: [FieldValue?] = []
    while let answer = try a.exchange(&session) {
      try session.receive(answer)
      shown.append(try a.shown(row, M.note))
      #expect(try a.checkInvariants() == [])
    }
    #expect(shown.first == .scalar("pending"), "v1 came while the write was pending")
    #expect(shown.last == .scalar("v1"))
    #expect(shown.drop { $0 == .scalar("pending") }.allSatisfy { $0 == .scalar("v1") })
    #expect(session.summary.refused == 1)
    #expect(session.summary.agrees == true)
    try world.expectAgreement(a, b)
  }

  @Test(
    """
    C15: what builds on a refused record is refused with it, whole; what is made knowing that \
    stands; the queue goes on
    """)
  func dependence() throws {
    let world = try World()
    let (a, b) = (try world.device("A"), try world.device("B"))
    let other = try b.create(M.company, [(M.name, "Q")])
    try world.syncAll(b, a)
    // U makes R and is refused; T edits R and Q; a child hangs below R; X has nothing to do with them.
    let refused = try a.create(M.company, [(M.name, "R"), (M.highest, 5_000)])
    try a.apply(
      .set(refused, M.note, "on R"), .set(other, M.note, "on Q"))
    try a.create(M.item, [(M.label, "below R"), (M.owner, .int(refused.raw))])
    try a.write(other, M.level, "low")
    let summary = try a.sync()
    #expect((summary.refused, summary.merged) == (3, 1))
    #expect(
      try a.replica.rejected().map(\.reason) == [
        .invalidValue, .dependsOnRefused, .dependsOnRefused,
      ])
    #expect(try a.record(refused) == nil)
    #expect(try a.shown(other, M.note) == nil)
    #expect(try a.shown(other, M.level) == .scalar("low"))
    // V is made by somebody who knows.
    try a.write(other, M.note, "V")
    #expect(try a.sync().refused == 0)
    let quarantine = try world.store.quarantine()
    #expect(quarantine.map(\.id.sequence) == [1, 2, 3])
    #expect(quarantine.map(\.operations.count) == [1, 2, 1], "each is there whole")
    try world.expectAgreement(a, b)
    #expect(try b.shown(other, M.note) == .scalar("V"))
  }

  @Test(
    """
    C16: an SQL error in one of a group's 300 transactions refuses that one; the others are \
    merged and told so
    """)
  func errorInAGroup() throws {
    let world = try World()
    let devices = try ["A", "B", "C"].map { try world.device($0) }
    try world.syncAll(devices)
    try world.store.database.write {
      try $0.connection.execute("CREATE UNIQUE INDEX forbids_two ON company (note)")
    }
    for device in devices {
      for number in 0..<100 {
        // The hundred-and-fiftieth has the note of the tenth.
        let note = device.name == "B" && number == 49 ? "A9" : "\(device.name)\(number)"
        try device.create(M.company, [(M.name, "x"), (M.note, .text(note))])
      }
    }
    var sessions = try devices.map { try SyncSession($0.replica) }
    var requests: [(Device, [UInt8])] = []
    for index in devices.indices {
      requests.append((devices[index], try #require(try sessions[index].nextRequest())))
    }
    let answers = try world.answers(to: requests)
    for index in devices.indices { try sessions[index].receive(answers[index]) }
    #expect(sessions.map(\.summary.merged) == [100, 99, 100])
    #expect(sessions.map(\.summary.refused) == [0, 1, 0])
    #expect(try world.store.quarantine().map(\.id.sequence) == [50])
    try world.expectAgreement(devices[0], devices[1], devices[2])
    let records = try world.store.database.read {
      try $0.connection.scalar("SELECT count(*) FROM company")
    }
    #expect(records == 299)
  }

  @Test(
    """
    C16: who needs more room than the disk has gets no outcome; the others of the group are \
    merged and told so
    """)
  func oneIsTooLarge() throws {
    let world = try World()
    let (a, b, c) = (try world.device("A"), try world.device("B"), try world.device("C"))
    try world.syncAll(a, b, c)
    let long = Value.text(String(repeating: "x", count: 400))
    for device in [a, c] { try device.create(M.company, [(M.name, "small")]) }
    for _ in 0..<200 { try b.create(M.company, [(M.name, "large"), (M.note, long)]) }
    let (head, epochs) = (try world.head(), try world.epochCount())
    try world.limitPages(additional: 8)
    var sessions = try [a, b, c].map { try SyncSession($0.replica) }
    var exchanges: [ExchangeRequest] = []
    for (index, device) in [a, b, c].enumerated() {
      let body = try #require(try sessions[index].nextRequest())
      exchanges.append(
        ExchangeRequest(
          device: try device.record(),
          request: try SyncRequest(encoded: body, limits: world.limits)))
    }
    let results = world.store.exchange(exchanges)
    for (index, result) in results.enumerated() {
      switch result {
      case .success(let response): try sessions[index].receive(response.encoded)
      case .failure(let error): #expect(error == .full)
      }
    }
    #expect(sessions.map(\.summary.merged) == [1, 0, 1])
    #expect(try world.head() == head + 2)
    #expect(try world.epochCount() == epochs)
    #expect(try world.checkInvariants() == [])
    #expect(try b.replica.status().pending == 200)
    try world.limitPages(additional: 1_000_000)
    try world.expectAgreement(b, a, c)
  }

  @Test(
    """
    C16: merged is said only after the commit: where that fails, the author is told nothing and \
    sends again
    """)
  func failureAtTheCommit() throws {
    let world = try World()
    let (a, b) = (try world.device("A"), try world.device("B"))
    let row = try a.create(M.company, [(M.name, "held")])
    try world.syncAll(a, b)
    // Looked at by SQLite when the transaction commits, and not before.
    try world.store.database.write {
      try $0.connection.execute(
        """
        CREATE TABLE holds (company REFERENCES company (id) DEFERRABLE INITIALLY DEFERRED);
        INSERT INTO holds SELECT id FROM company;
        """)
    }
    try a.apply(.delete(M.company, row))
    try b.create(M.company, [(M.name, "fine")])
    var sessions = try [a, b].map { try SyncSession($0.replica) }
    var exchanges: [ExchangeRequest] = []
    for (index, device) in [a, b].enumerated() {
      let body = try #require(try sessions[index].nextRequest())
      exchanges.append(
        ExchangeRequest(
          device: try device.record(),
          request: try SyncRequest(encoded: body, limits: world.limits)))
    }
    let head = try world.head()
    let results = world.store.exchange(exchanges)
    #expect(throws: ExchangeError.self) { try results[0].get() }
    try sessions[1].receive(try results[1].get().encoded)
    #expect(sessions[1].summary.merged == 1)
    #expect(try world.head() == head + 1)
    #expect(try a.replica.status().pending == 1)
    #expect(try world.checkInvariants() == [])
    try world.store.database.write { try $0.connection.execute("DROP TABLE holds") }
    #expect(try a.sync().merged == 1)
    try world.expectAgreement(a, b)
  }

  @Test("C16: a full disk gives nobody an outcome, and everything is merged once there is room")
  func fullDisk() throws {
    let world = try World()
    let (a, b) = (try world.device("A"), try world.device("B"))
    for device in [a, b] { try device.sync() }
    for device in [a, b] {
      for number in 0..<200 {
        try device.create(
          M.company,
          [
            (M.name, .text("\(device.name)\(number)")),
            (M.note, .text(String(repeating: "x", count: 300))),
          ])
      }
    }
    try world.limitPages(additional: 4)
    var sessions = try [a, b].map { try SyncSession($0.replica) }
    let first = try #require(try sessions[0].nextRequest())
    let second = try #require(try sessions[1].nextRequest())
    #expect(throws: ExchangeError.full) { try world.answers(to: [(a, first), (b, second)]) }
    #expect(try world.checkInvariants() == [])
    #expect(try a.replica.status().pending == 200)
    try world.limitPages(additional: 1_000_000)
    try world.syncAll(a, b, a)
    try world.expectAgreement(a, b)
    #expect(try a.look { try $0.connection.scalar("SELECT count(*) FROM company") } == 400)
  }

  @Test(
    """
    C20: an answer that is lost after the commit, an edit of the same record, and the request \
    again: once, and no conflict
    """)
  func lostAnswer() throws {
    let world = try World()
    let (a, b) = (try world.device("A"), try world.device("B"))
    let row = try a.create(M.company, [(M.name, "x")])
    try world.syncAll(a, b)
    try a.apply(
      .set(row, M.name, "one"), .increment(M.company, row, M.visitors, 3))
    var lost = try SyncSession(a.replica)
    _ = try a.exchange(&lost)
    try a.apply(
      .set(row, M.name, "two"), .increment(M.company, row, M.visitors, 1))
    try world.syncAll(a, b)
    for device in [a, b] {
      #expect(try device.shown(row, M.name) == .scalar("two"))
      #expect(try device.shown(row, M.visitors) == .counter(4))
      #expect(try device.conflicts() == [])
    }
    try world.expectAgreement(a, b)
  }

  @Test("two programs that sync one replica at once apply a page once and take neither for a clone")
  func twoPrograms() throws {
    let world = try World()
    let (a, b) = (try world.device("A"), try world.device("B"))
    let row = try b.create(M.company, [(M.name, "x")])
    try b.apply(.increment(M.company, row, M.visitors, 3))
    try world.syncAll(b)
    var (first, second) = (try SyncSession(a.replica), try SyncSession(a.replica))
    let request = try #require(try first.nextRequest())
    try a.create(M.company, [(M.name, "made meanwhile")])
    while let answer = try a.exchange(&second) { try second.receive(answer) }
    // The first request is older than what the server has of this site by now.
    try first.receive(try a.answer(to: request))
    while let answer = try a.exchange(&first) { try first.receive(answer) }
    #expect(first.summary.agrees == true)
    #expect(try a.shown(row, M.visitors) == .counter(3))
    try world.expectAgreement(a, b)
  }

  @Test("an answer that another program has overtaken is not applied again")
  func overtakenAnswer() throws {
    let world = try World()
    let (a, b) = (try world.device("A"), try world.device("B"))
    let row = try b.create(M.company, [(M.name, "x")])
    try b.apply(.increment(M.company, row, M.visitors, 3))
    try world.syncAll(b)
    var first = try SyncSession(a.replica)
    let request = try #require(try first.nextRequest())
    let answer = try a.answer(to: request)
    try a.sync()
    try first.receive(answer)
    while let next = try a.exchange(&first) { try first.receive(next) }
    #expect(first.summary.agrees == true)
    #expect(try a.shown(row, M.visitors) == .counter(3))
    try world.expectAgreement(a, b)
  }

  @Test(
    """
    C29: a cursor with a broken seal costs its device a fresh load: the outbox is kept, nobody \
    else notices
    """,
    arguments: [0, 9, 47])
  func brokenSeal(byte: Int) throws {
    let world = try World()
    let (a, b) = (try world.device("A"), try world.device("B"))
    let row = try a.create(M.company, [(M.name, "x")])
    try world.syncAll(a, b)
    try a.write(row, M.note, "pending")
    try a.look { engine in
      guard case .bytes(var bytes) = try engine.fact("sealedCursor") else {
        Issue.record("no cursor")
        return
      }
      bytes[byte] ^= 1
      try engine.setFact("sealedCursor", .bytes(bytes))
    }
    let epochs = try world.epochCount()
    let summary = try a.sync()
    #expect(summary.agrees == true)
    #expect((summary.merged, summary.refused) == (1, 0))
    #expect(try world.epochCount() == epochs)
    #expect(try b.sync().rounds == 1)
    #expect(try b.shown(row, M.note) == .scalar("pending"))
    try world.expectAgreement(a, b)
  }

  enum MadeUp: CaseIterable { case ofAnother, farAhead, short, long, zeros }

  @Test(
    """
    C29: a cursor of a device's own making, or of another device, is none: it alone loads anew, \
    its outbox is kept
    """,
    arguments: MadeUp.allCases)
  func madeUpCursor(kind: MadeUp) throws {
    let world = try World()
    let (a, b) = (try world.device("A"), try world.device("B"))
    let row = try a.create(M.company, [(M.name, "x")])
    try world.syncAll(a, b)
    try a.write(row, M.note, "pending")
    let borrowed = try b.look { try $0.fact("sealedCursor") }
    try a.look { engine in
      guard case .bytes(var bytes) = try engine.fact("sealedCursor") else {
        Issue.record("no cursor")
        return
      }
      switch kind {
      case .ofAnother: if case .bytes(let theirs) = borrowed { bytes = theirs }
      case .farAhead: for index in 8..<14 { bytes[index] = 0x11 }
      case .short: bytes.removeLast()
      case .long: bytes.append(0)
      case .zeros: bytes = [UInt8](repeating: 0, count: 48)
      }
      try engine.setFact("sealedCursor", .bytes(bytes))
    }
    let (epochs, head) = (try world.epochCount(), try world.head())
    let summary = try a.sync()
    #expect(summary.agrees == true)
    #expect((summary.merged, summary.refused) == (1, 0))
    #expect(try world.epochCount() == epochs)
    #expect(try world.head() == head + 1)
    #expect(try b.sync().rounds == 1)
    #expect(try b.shown(row, M.note) == .scalar("pending"))
    try world.expectAgreement(a, b)
  }

  @Test("edits that wait while everything is loaded anew are merged afterwards")
  func fullLoadWithOutbox() throws {
    let world = try World()
    let (a, b) = (try world.device("A"), try world.device("B"))
    let row = try b.create(M.company, [(M.name, "x")])
    try world.syncAll(b, a)
    try a.write(row, M.note, "pending")
    let summary = try a.sync(full: true)
    #expect((summary.merged, summary.refused) == (1, 0))
    try world.expectAgreement(a, b)
    #expect(try b.shown(row, M.note) == .scalar("pending"))
  }
}

extension World {
  func head() throws -> Int64 {
    try store.database.read { try $0.connection.scalar("SELECT max(id) FROM _transaction") ?? 0 }
  }

  func epochCount() throws -> Int64 {
    try store.database.read { try $0.connection.scalar("SELECT count(*) FROM _epoch") ?? 0 }
  }

  /// The disk has room for so many pages more.
  func limitPages(additional: Int64) throws {
    try store.database.write { engine in
      let present = try engine.connection.scalar("PRAGMA page_count") ?? 0
      try engine.connection.execute("PRAGMA max_page_count = \(present + additional)")
    }
  }
}
