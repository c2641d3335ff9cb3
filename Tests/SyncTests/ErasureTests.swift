import ClientCore
import Foundation
import Protocol
import ServerApp
import Storage
import Testing

private typealias M = SmallModel

@Suite("Words that are taken out of a text for good")
struct ErasureTests {
  private static let number = "+32 477 12 34 56"
  private let laptops: TwoLaptops
  private var world: World { laptops.world }
  private var a: Device { laptops.a }
  private var b: Device { laptops.b }
  private var row: RowID { laptops.row }

  init() throws {
    laptops = try TwoLaptops(
      [(M.name, "x"), (M.story, .text("Call Mia at \(Self.number). Quay 3."))])
  }

  private func write(_ device: Device, _ text: String) throws {
    try laptops.write(device, text)
  }

  @discardableResult
  private func erase(_ words: String) throws -> ErasureReport {
    let entity = try #require(M.model.entity(tag: M.company))
    let field = try #require(entity.field(tag: M.story))
    return try world.store.erase(words, from: field, of: entity, row)
  }

  /// The files in which some words are, without backups.
  private func files(with words: String) throws -> [String] {
    let names = try FileManager.default.contentsOfDirectory(atPath: world.folder.path)
    return try names.sorted().filter { name in
      guard !name.contains("backup"), !name.hasPrefix("old") else { return false }
      let url = world.folder.appendingPathComponent(name)
      guard try url.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true else {
        return false
      }
      return try Data(contentsOf: url).range(of: Data(words.utf8)) != nil
    }
  }

  @Test("no byte of them is left in any file, and the replicas agree on the rest")
  func gone() throws {
    try write(b, "Call Mia at \(Self.number) before noon. Quay 3.")
    try world.syncAll(b, a)
    #expect(try files(with: Self.number).count >= 3)
    let report = try erase(" at \(Self.number)")
    #expect(report.places == 1)
    #expect(report.transactions == 2)
    try world.syncAll(a, b)
    #expect(try files(with: Self.number) == [])
    for device in [a, b] {
      #expect(try device.shown(row, M.story) == .scalar("Call Mia before noon. Quay 3."))
    }
    try world.expectAgreement(a, b)
    // What the rest of the record was is still known.
    let history = try a.replica.history(HistoryQuery(row: row, limit: 10))
    #expect(history.count == 3)
    #expect(history.last?.operations.first?.values.contains("x") == true)
  }

  @Test("what was typed in two goes, corrected or taken out long ago goes too")
  func pieces() throws {
    for text in ["Quay 3. 0477", "Quay 3. 0477 12 34", "Quay 3. 0477 12 35", "Quay 3."] {
      try write(a, text)
      try world.syncAll(a, b)
    }
    try erase("")
    try world.syncAll(a, b)
    for words in ["0477", " 12 34", Self.number, "Mia"] { #expect(try files(with: words) == []) }
    #expect(try b.shown(row, M.story) == .scalar("Quay 3."))
    try world.expectAgreement(a, b)
  }

  @Test("who comes late, loads anew or is new gets a text like everybody's, and none of the words")
  func late() throws {
    let late = try world.device("L")
    try world.syncAll(late)
    try write(b, "Call Mia at \(Self.number), or Eva. Quay 3.")
    try world.syncAll(b)
    try erase(Self.number)
    try write(b, "Call Mia at \(Self.number), or Eva. Quay 4.")
    try world.syncAll(b)
    let new = try world.device("N")
    try world.syncAll(late, new, a, b)
    try a.sync(full: true)
    try world.syncAll(late, new, a, b)
    for device in [a, b, late, new] {
      #expect(try device.shown(row, M.story) == .scalar("Call Mia at , or Eva. Quay 4."))
    }
    try world.expectAgreement(a, b, late, new)
    #expect(try files(with: Self.number) == [])
  }

  @Test("words that somebody wrote offline beside them are merged, and keep their place")
  func pending() throws {
    try write(b, "Call Mia at \(Self.number), or Eva. Quay 3.")
    try write(b, "Call Mia at \(Self.number), or Eva. Quay 3 and 4.")
    try erase(" at \(Self.number)")
    try world.syncAll(a)
    try world.syncAll(b, a)
    for device in [a, b] {
      #expect(try device.shown(row, M.story) == .scalar("Call Mia, or Eva. Quay 3 and 4."))
    }
    try world.expectAgreement(a, b)
  }

  @Test("a server that was put back to before it is told of it, and has the words no more")
  func restored() throws {
    try write(b, "Call Mia at \(Self.number). Quay 4.")
    try world.syncAll(b, a)
    try world.backup()
    try erase(" at \(Self.number)")
    try write(a, "Call Mia. Quay 5.")
    try world.syncAll(a)
    try world.restore()
    #expect(try files(with: Self.number) != [])
    try world.syncAll(a, b)
    try world.expectAgreement(a, b)
    #expect(try a.shown(row, M.story) == .scalar("Call Mia. Quay 5."))
    #expect(try files(with: Self.number) == [])
  }

  @Test("words that were never erased come back to a server that was put back, with what is new")
  func restoredWords() throws {
    try write(a, "x \(Self.number) y")
    try world.syncAll(a, b)
    try world.backup()
    try write(b, "x \(Self.number) y from B")
    try world.syncAll(b, a)
    try erase(" \(Self.number)")
    try world.syncAll(a, b)
    #expect(try a.shown(row, M.story) == .scalar("x y from B"))
    try world.restore()
    try write(a, "x y from B and A")
    try world.syncAll(a, b, a)
    try world.expectAgreement(a, b)
    let shown = try b.shown(row, M.story).text
    #expect(shown == "x y from B and A")
    #expect(try files(with: Self.number) == [])
    // What comes late is still merged at its place.
    try write(b, "x y from B, C and A")
    try world.syncAll(b, a)
    #expect(try a.shown(row, M.story) == .scalar("x y from B, C and A"))
  }

  @Test("who was writing in a text while it became shorter goes on, and their words arrive")
  func writing() throws {
    try write(b, "Call Mia at \(Self.number). Quay 3. And some more at the end.")
    try erase("Call Mia at \(Self.number). ")
    try write(b, "Call Mia at \(Self.number). Quay 3. And some more at the end. Really.")
    var session = try SyncSession(b.replica)
    // The answer to the offer is lost.
    _ = try b.answer(to: try #require(try session.nextRequest()))
    try erase("Quay 3.")
    try world.syncAll(b, a, b)
    for device in [a, b] {
      #expect(try device.shown(row, M.story) == .scalar(" And some more at the end. Really."))
    }
    try world.expectAgreement(a, b)
    #expect(try files(with: Self.number) == [])
  }

  @Test("who writes at the end of a text while an answer makes it shorter keeps their words")
  func underWay() throws {
    try erase("Call Mia at \(Self.number). ")
    var session = try SyncSession(b.replica)
    let request = try #require(try session.nextRequest())
    let answer = try b.answer(to: request)
    // Saved between question and answer: placed in the text that is longer.
    try write(b, "Call Mia at \(Self.number). Quay 3. And more.")
    try session.receive(answer)
    #expect(try b.shown(row, M.story).text.hasSuffix(" And more."))
    try world.syncAll(b, a)
    try world.expectAgreement(a, b)
    #expect(try a.shown(row, M.story) == .scalar("Quay 3. And more."))
  }

  @Test("edits made beside each other, before and after, end in one order everywhere")
  func order() throws {
    let c = try world.device("C")
    try write(a, "begin")
    try world.syncAll(a, b, c)
    try write(a, "begin a")
    try write(c, "begin c")
    try world.syncAll(a)
    try erase("")
    try world.syncAll(b)
    try write(b, "begin a b")
    try world.syncAll(c, a, b, c, a)
    try world.expectAgreement(a, b, c)
    #expect(try world.dump() == a.dump())
  }

  @Test("an undo or a restore of what was erased leaves the text as it is, and says so")
  func undone() throws {
    try write(a, "Quay 3. \(Self.number)")
    try write(a, "Quay 3 and 4. \(Self.number)")
    try world.syncAll(a, b)
    let time = world.serverSystem.wallMilliseconds()
    world.advance(10_000, a, b)
    try erase(" \(Self.number)")
    try world.syncAll(a, b)
    for device in [a, b] {
      let restored = try device.replica.restore(row, at: time, isDry: true)
      #expect(restored.operations.isEmpty)
      #expect(restored.kept.map(\.reason) == [.erased])
    }
    let undo = try a.replica.undo([try #require(try a.replica.lastUndoable())])
    #expect(undo.operations.isEmpty)
    #expect(undo.kept.map(\.reason) == [.erased])
    #expect(try a.shown(row, M.story) == .scalar("Quay 3 and 4."))
    let history = try b.replica.history(HistoryQuery(row: row, limit: 10))
    #expect(history.map { $0.erased.isEmpty } == [true, false, false, false])
  }

  @Test("who deletes the record at the same time has deleted it: nobody worked on it meanwhile")
  func deleted() throws {
    try b.apply(.delete(M.company, row))
    try erase(Self.number)
    try world.syncAll(b, a)
    #expect(try a.record(row) == nil)
    #expect(try a.conflicts() == [])
    try world.expectAgreement(a, b)
  }

  @Test("a server that was put back to before the words is given the record, and not the words")
  func restoredEarlier() throws {
    try world.backup()
    let other = try a.create(M.company, [(M.name, "y"), (M.story, .text(Self.number))])
    try a.apply(.add(M.company, other, M.sectors, "digital"))
    try world.syncAll(a, b)
    let entity = try #require(M.model.entity(tag: M.company))
    let field = try #require(entity.field(tag: M.story))
    _ = try world.store.erase(Self.number, from: field, of: entity, other)
    try world.syncAll(a, b)
    try world.restore()
    try world.syncAll(b, a)
    try world.expectAgreement(a, b)
    let record = try #require(try b.record(other))
    #expect(record.fields[M.name].scalar == "y")
    #expect(record.fields[M.sectors].elements == ["digital"])
    #expect(record.fields[M.story].text == "")
    #expect(try world.store.quarantine().isEmpty)
  }

  @Test("a device that has not heard of it gives nothing of the words back")
  func restoredByOther() throws {
    try write(b, "Call Mia at \(Self.number). Quay 4.")
    try world.syncAll(b, a)
    try erase(" at \(Self.number)")
    try world.syncAll(a)
    try world.backup()
    try write(a, "Call Mia. Quay 5.")
    try world.syncAll(a)
    try world.restore()
    // B still has the words, and what A wrote since is not here.
    try world.syncAll(b, a, b)
    try world.expectAgreement(a, b)
    #expect(try a.shown(row, M.story) == .scalar("Call Mia. Quay 5."))
    #expect(try files(with: Self.number) == [])
  }

  @Test("only the server takes words away: a device that says so is refused, and keeps its own")
  func onlyServer() throws {
    try a.apply(.erase(M.company, row, M.story, shown: "x"))
    try a.sync()
    #expect(try a.replica.rejected().map(\.reason) == [.invalidValue])
    try world.syncAll(b)
    #expect(try b.shown(row, M.story).text.contains(Self.number))
  }

  @Test("only whole characters are taken out, and no part of one that is drawn from several")
  func characters() throws {
    let family = "\u{1F469}\u{200D}\u{1F469}\u{200D}\u{1F467}"
    try write(a, "Ask \(family) or \u{1F469}.")
    try world.syncAll(a)
    #expect(throws: AdminError.notInText("\u{1F469}\u{200D}\u{1F469}")) {
      try erase("\u{1F469}\u{200D}\u{1F469}")
    }
    try erase("\u{1F469}")
    try world.syncAll(a, b)
    #expect(try b.shown(row, M.story) == .scalar(.text("Ask \(family) or .")))
  }

  @Test("an erasure that cannot be takes nothing")
  func unknown() throws {
    let entity = try #require(M.model.entity(tag: M.company))
    let (story, name) = (entity.field(tag: M.story), entity.field(tag: M.name))
    let head = try world.head()
    #expect(throws: AdminError.notText("name")) {
      try world.store.erase("x", from: #require(name), of: entity, row)
    }
    #expect(throws: AdminError.notInText("CALL")) {
      try world.store.erase("CALL", from: #require(story), of: entity, row)
    }
    #expect(throws: AdminError.self) {
      try world.store.erase("x", from: #require(story), of: entity, RowID(77))
    }
    #expect(try world.head() == head)
  }
}
