import ClientCore
import Protocol
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

  @Test("C19: 3 MB to fetch and 400 edits to send over a link that breaks every 320 KB, while others write: it ends, less than a tenth comes twice")
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
      // Whole transactions only: of each of B's all 65 records or none.
      let shown = try a.look { try $0.connection.scalar("SELECT count(*) FROM company WHERE note IS NOT NULL") }
      #expect((shown ?? 0) % 65 == 0)
    }
    #expect(session.summary.agrees == true)
    #expect(fetched > 2_900_000)
    #expect(link.cuts > 5)
    #expect(link.wasted * 10 < fetched, "\(link.wasted) of \(fetched) twice, \(link.cuts) cuts")
    try world.expectAgreement(a, b)
  }

  @Test("C21: a cell damaged under a right clock is found within 20 syncs, and a full load heals it")
  func damagedCell() throws {
    let world = try World()
    let (a, b) = (try world.device("A"), try world.device("B"))
    let row = try a.create(M.company, [(M.name, "x"), (M.note, "whole")])
    try world.syncAll(a, b)
    try a.look { try $0.connection.execute("UPDATE company SET note = 'rotten'") }
    #expect(try a.replica.verify() != [])
    var found = false
    for _ in 0..<20 where !found { found = try a.sync().agrees == false }
    #expect(found)
    #expect(try a.sync(full: true).agrees == true)
    #expect(try a.shown(row, M.note) == .scalar("whole"))
    #expect(try a.replica.verify() == [])
    try world.expectAgreement(a, b)
  }
}
