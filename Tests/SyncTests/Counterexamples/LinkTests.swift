import ClientCore
import Protocol
import ServerApp
import Storage
import Testing

private typealias M = SmallModel

@Suite("Counterexamples: links and damage")
struct LinkTests {
  /// A link of 64 kbit/s that carries so many bytes and then breaks, again and again.
  private struct BreakingLink {
    static let bytesPerMillisecond = 8
    let bytesPerCut: Int
    let clock: ScriptedSystem
    private var left: Int
    private(set) var wasted = 0
    private(set) var cuts = 0

    init(bytesPerCut: Int, clock: ScriptedSystem) {
      self.bytesPerCut = bytesPerCut
      self.clock = clock
      left = bytesPerCut
    }

    /// False when the link breaks before the message is over.
    mutating func carries(_ message: [UInt8]) -> Bool {
      clock.advance(Int64(min(message.count, left) / Self.bytesPerMillisecond))
      if message.count <= left {
        left -= message.count
        return true
      }
      wasted += left
      left = bytesPerCut
      cuts += 1
      return false
    }
  }

  @Test(
    """
    C19: 3 MB to fetch and 400 edits to send over a link that breaks every 320 KB, while others \
    write: it ends, less than a tenth comes twice
    """)
  func breakingLink() throws {
    let world = try World()
    let (a, b) = (try world.device("A"), try world.device("B"))
    try world.syncAll(a, b)
    let line = String(repeating: "abcdefghij", count: 39)
    for _ in 0..<40 {
      try b.replica.commit { draft in
        for _ in 0..<65 {
          try draft.create(
            M.company, [(M.name, .text(line)), (M.note, .text(line)), (M.key, .text(line))])
        }
      }
    }
    try b.sync()
    for number in 0..<400 { try a.create(M.company, [(M.name, .text("edit \(number)"))]) }

    let siteOfB = try #require(try b.replica.identity()).site
    var link = BreakingLink(bytesPerCut: 320 << 10, clock: a.system)
    var session = try SyncSession(a.replica)
    var fetched = 0
    var rounds = 0
    while let request = try session.nextRequest() {
      rounds += 1
      if rounds > 1_000 { break }
      if rounds % 10 == 0 {
        try b.create(M.company, [(M.name, "meanwhile")])
        try b.sync()
      }
      guard link.carries(request) else {
        try session.linkBroke()
        continue
      }
      let answer = try a.answer(to: request)
      guard link.carries(answer) else {
        // Each cut ends the program's session too, every second time.
        try session.linkBroke()
        if link.cuts % 2 == 0 { session = try SyncSession(a.replica) }
        continue
      }
      try session.receive(answer)
      fetched += answer.count
      // What shows is a state that the server was in, plus own edits: whole transactions only.
      let cursor = try a.replica.seen().position
      let theirs = try world.store.database.read {
        try $0.connection.scalar(
          "SELECT sum(operations) FROM _transaction WHERE position <= ? AND site = ?", cursor,
          Int64(siteOfB))
      }
      let shown = try a.look {
        try $0.connection.scalar(
          "SELECT count(*) FROM company WHERE id / (1 << 31) = ?", Int64(siteOfB))
      }
      #expect(shown == theirs ?? 0)
      let own = try a.look { try $0.connection.scalar("SELECT count(*) FROM company") }
      #expect((own ?? 0) - (shown ?? 0) == 400)
    }
    #expect(session.summary.agrees == true)
    #expect(fetched > 2_900_000)
    #expect(link.cuts > 5)
    #expect(link.wasted * 10 < fetched, "\(link.wasted) of \(fetched) twice, \(link.cuts) cuts")
    try world.expectAgreement(a, b)
  }

  /// Damage that leaves every clock right, by what was hit.
  static let damages = [
    "a quiet register": "UPDATE company SET note = 'rotten'",
    "an asking register": "UPDATE company SET name = 'rotten'",
    "a ranked value": "UPDATE company SET level = 'medium'",
    "a value that is gone": "UPDATE company SET note = NULL",
    "a counter": "UPDATE company SET visitors = visitors + 1",
    "a set": "UPDATE company SET sectors = '[\"rotten\"]'",
    "a map": "UPDATE company SET headcount = '{\"2024\":9}'",
    "a group": "UPDATE company SET period_start = period_start + 1",
    "a loser": "UPDATE _head SET value = (SELECT max(value) || x'00' FROM _head)",
    "a loser that is gone": "DELETE FROM _head",
    "a record that is gone": "DELETE FROM company WHERE note IS NOT NULL",
    "the space of a record": "UPDATE company SET _a = _a + 1000",
  ]

  @Test(
    "C21: a cell damaged under a right clock is found within 20 syncs, and a full load heals it",
    arguments: damages.keys.sorted())
  func damagedCell(what: String) throws {
    let world = try World()
    let (a, b) = (try world.device("A"), try world.device("B"))
    let row = try a.create(
      M.company, [(M.name, "x"), (M.note, "whole"), (M.level, "low"), (M.period, .group([1, 2]))])
    try a.apply(
      .add(M.company, row, M.sectors, "digital"), .increment(M.company, row, M.visitors, 3),
      .put(M.company, row, M.headcount, key: "2024", 7))
    try world.syncAll(a, b)
    try b.write(row, M.name, "loses")
    world.advance(1_000, a, b)
    try a.write(row, M.name, "wins")
    try world.syncAll(b, a, b)
    let before = try a.dump()
    let sql = try #require(Self.damages[what])
    try a.look { try $0.connection.execute(sql) }
    #expect(try a.replica.verify() != [])
    var found = false
    for _ in 0..<20 where !found { found = try a.sync().agrees == false }
    #expect(found)
    #expect(try a.replica.status().isInSync == false)
    #expect(try a.sync(full: true).agrees == true)
    #expect(try a.dump() == before)
    #expect(try a.shown(row, M.note) == .scalar("whole"))
    #expect(try a.replica.verify() == [])
    try world.expectAgreement(a, b)
  }
}
