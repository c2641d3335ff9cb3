import ClientCore
import Protocol
import Testing

@testable import ServerApp
@testable import Storage

private typealias M = SmallModel

/// Writes of whole texts, by programs to which a text was a register.
@Suite("Whole texts of older programs")
struct WholeTextTests {
  private let world: World
  private let a: Device
  private let b: Device
  private let row: RowID

  init() throws {
    world = try World()
    (a, b) = (try world.device("A"), try world.device("B"))
    row = try a.create(M.company, [(M.name, "one"), (M.story, "The quay floods.")])
    try world.syncAll(a, b)
  }

  /// The file says that it was of format 2 when it was opened.
  private func update(_ device: Device) throws {
    try device.replica.database.write { try $0.setFact("wholeTexts", .int(1)) }
    try device.reopen()
    #expect(try device.checkInvariants() == [])
  }

  @Test("a whole text that waits becomes the edit that its author made")
  func becomesEdit() throws {
    try a.apply(.set(row, M.note, "before"))
    try a.apply(
      .write(
        M.company, row,
        [(M.note, .text("with it")), (M.story, .text("The long quay floods."))]))
    try a.apply(.set(row, M.story, "The long quay floods often."))
    try update(a)
    try b.apply(
      .edit(M.company, row, M.story, try change("The quay floods.", "The wet quay floods.")))
    try b.sync()
    #expect(try a.sync().refused == 0)
    // Both words stand at one place, in the order that all replicas agree on.
    let shown = try a.shown(row, M.story)
    #expect(
      [.scalar("The long wet quay floods often."), .scalar("The wet long quay floods often.")]
        .contains(shown))
    #expect(try a.shown(row, M.note) == .scalar("with it"))
    try world.expectAgreement(a, b)
  }

  @Test("a whole text that waits is put below what others have written since, and nothing is lost")
  func putBelow() throws {
    try a.apply(.set(row, M.story, "The quay is dry."))
    try b.apply(
      .edit(M.company, row, M.story, try change("The quay floods.", "The wet quay floods.")))
    try b.sync()
    // The outbox waits while everything is loaded anew, so that the base goes on without it.
    var session = try SyncSession(a.replica, full: true)
    var wasLoading = false
    while let answer = try a.exchange(&session) {
      try session.receive(answer)
      let isLoading = try a.replica.database.read { try $0.fact("reloading").intValue == 1 }
      if wasLoading, !isLoading { break }
      wasLoading = isLoading
    }
    try update(a)
    #expect(try a.sync().refused == 0)
    #expect(try a.shown(row, M.story) == .scalar("The wet quay floods.\nThe quay is dry."))
    try world.expectAgreement(a, b)
  }

  @Test("the server refuses an edit of a text that was written whole meanwhile, and a whole text")
  func unseenWhole() throws {
    struct Undone: Error {}
    try a.apply(.set(row, M.story, "whole"))
    #expect(try a.sync().refused == 1)
    let edit = Operation.edit(M.company, row, M.story, try change("The quay floods.", "x"))
    #expect(throws: Undone.self) {
      try world.store.database.write { engine in
        let head = try engine.head()
        let writers = (1...2).map { index in
          Writer(
            number: head + Int64(index), id: TransactionID(site: UInt32(index), sequence: 1),
            hlc: HLC(milliseconds: 1_900_000_000_000 + Int64(index)), user: 1,
            position: head + Int64(index))
        }
        let write = Operation.set(row, M.story, "from long ago")
        var body = ByteWriter()
        OperationCodec.append(write, to: &body)
        let header = Chain.Header(
          id: writers[0].id, stamp: writers[0].hlc, user: 1, seen: .none, modelVersion: 1,
          knownRefused: 0, label: "")
        try engine.insert(
          StoredTransaction(
            number: writers[0].number, header: header, stamp: writers[0].hlc,
            position: writers[0].position, operationCount: 1, nonce: .zero, chain: .zero,
            body: body.bytes, extra: []))
        func apply(_ operation: Operation, _ writer: Writer, seen: Int64) throws {
          engine.rememberPending(writer)
          _ = try engine.apply(
            operation,
            ApplyContext(
              writer: writer, knows: Knowledge(site: writer.id.site, sequence: 1, seen: seen),
              audience: 1, undo: nil))
        }
        try apply(write, writers[0], seen: head)
        #expect(throws: TextError.beforeHistory) { try apply(edit, writers[1], seen: head) }
        let known = Operation.edit(M.company, row, M.story, try change("from long ago", "now"))
        try apply(known, writers[1], seen: head + 1)
        throw Undone()
      }
    }
  }

  private func change(_ old: String, _ new: String) throws -> TextChange {
    try #require(TextChange(TextDiff.edits(from: old, to: new)))
  }
}
