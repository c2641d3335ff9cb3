import Protocol
import Storage

/// Applies a page while pending writes stay where nothing touches them (DESIGN 5).
///
/// Only rows that somebody else wrote to, and own writes that are more than plain registers, are
/// made bare: their pending writes are undone, the page is applied, and what is still pending is
/// put back. Own transactions that the page echoes are confirmed where they stand. So a sync costs what
/// the page holds, and memory for it, however much is pending.
///
/// Whole records that were deleted, refusals and moved stamps are not for it: `init` gives nil, and
/// everything is undone and replayed.
struct PartialRebase {
  private let engine: Engine
  private let response: SyncResponse
  private let page: [UInt8]
  private let own: OwnState
  private let limits: SyncLimits
  private var bareRows: Set<Int64> = []
  /// With the stamps that count.
  private var echoed: [UInt32: HLC] = [:]
  /// The own transactions that stand in the page with all that they did, by sequence.
  private var confirmed: Set<UInt32> = []
  private var hasPending = false
  /// How far the outbox was looked through.
  private(set) var plain: PlainOutbox
  /// The before-images of the pending transactions that write to bare rows, oldest first.
  private var images: [[UInt8]] = []
  /// Those of them that the page does not confirm: they are put back.
  private var lifted: [StoredTransaction] = []

  init?(
    _ engine: Engine, _ response: SyncResponse, _ pages: [[UInt8]]?, _ own: OwnState,
    _ limits: SyncLimits, plain: PlainOutbox
  ) throws {
    guard let pages, pages.count <= 1, try engine.fact("reloading").intValue != 1 else {
      return nil
    }
    self.engine = engine
    self.response = response
    page = pages.first ?? []
    self.own = own
    self.limits = limits
    self.plain = plain
    hasPending = try engine.pendingCount() > 0
    guard try allStand(response.outcomes) else { return nil }
    guard hasPending else { return }
    try readPage()
    let areAllHere = try !engine.hasUnseen(
      through: response.cursor.position, besides: confirmed)
    guard areAllHere, try judgePending() else { return nil }
    try lift()
  }

  /// Whether every outcome says that the transaction was merged with the stamp it has.
  private func allStand(_ outcomes: [Outcome]) throws -> Bool {
    for outcome in outcomes {
      let stamp = try engine.connection.scalar(
        "SELECT hlc FROM _transaction WHERE id = ? AND position IS NULL AND state IS NOT 2",
        LocalNumber.own(outcome.sequence))
      guard let stamp else { continue }
      guard case .merged(_, let decided) = outcome.verdict,
        decided.raw == UInt64(bitPattern: stamp)
      else { return false }
    }
    return true
  }

  /// Which rows the page's operations touch, and which own transactions it holds.
  private mutating func readPage() throws {
    guard !page.isEmpty else { return }
    (bareRows, echoed, confirmed) = try page.decode { [own, limits] reader throws(DecodeError) in
      var rows: Set<Int64> = []
      var echoed: [UInt32: HLC] = [:]
      var confirmed: Set<UInt32> = []
      var views: [ValueView] = []
      var batch = try BatchReader(&reader, limits: limits)
      for transaction in batch.transactions where own.isOwn(transaction.id) {
        if transaction.mode == .echo {
          echoed[transaction.id.sequence] = transaction.stamp
        }
        if transaction.mode == .echo || transaction.mode == .full {
          confirmed.insert(transaction.id.sequence)
        }
      }
      while batch.operationsLeft > 0 {
        let head = try batch.nextOperation()
        rows.insert(head.row.raw)
        try batch.read(head, into: &views)
      }
      return (rows, echoed, confirmed)
    }
  }

  /// Makes bare what cannot be confirmed where it stands. False where a whole record was deleted or
  /// a deletion was judged: those reach beyond one row.
  private mutating func judgePending() throws -> Bool {
    guard try plain.extend(engine, own) else { return false }
    for (sequence, stamp) in echoed {
      let number = LocalNumber.own(sequence)
      let pending = try engine.transactions(
        where: "id = ? AND position IS NULL AND state IS NOT 2", [number])
      guard let transaction = pending.first else { continue }
      guard transaction.stamp == stamp else { return false }
      if try engine.confirmable(transaction) == nil {
        try transaction.forEachRow { _, row in bareRows.insert(row) }
      }
    }
    return true
  }

  private mutating func lift() throws {
    guard !bareRows.isEmpty else { return }
    var images: [[UInt8]] = []
    var lifted: [StoredTransaction] = []
    try engine.forEachPending { transaction in
      var touches = false
      try transaction.forEachRow { _, row in
        if bareRows.contains(row) { touches = true }
      }
      if touches {
        images.append(transaction.extra)
        if !confirmed.contains(transaction.id.sequence) { lifted.append(transaction) }
      }
      return true
    }
    self.images = images
    self.lifted = lifted
  }

  /// Returns the greatest stamp of the page.
  ///
  /// - Parameter keep: stores a page with what the applier says of its first and last transaction.
  func run(
    _ summary: inout SyncSession.Summary,
    keep: ([UInt8], PageApplier) throws -> Void
  ) throws -> HLC {
    for image in images.reversed() {
      try image.withUnsafeBytes { try engine.undo($0) { bareRows.contains($0) } }
    }
    CrashPoint.reach(.applyTakenOff)
    try takeOutcomes(&summary)
    CrashPoint.reach(.applyOutcomes)
    var applier = PageApplier(
      engine: engine, own: own, bareRows: hasPending ? bareRows : nil)
    if !page.isEmpty {
      try applier.apply(page, limits: limits)
      try keep(page, applier)
      summary.received += 1
      summary.merged += applier.mergedByEcho
    }
    try engine.flushDigest()
    for transaction in lifted where !applier.confirmed.contains(transaction.id.sequence) {
      try engine.putBack(transaction) { bareRows.contains($0) }
    }
    return applier.greatest
  }

  private func takeOutcomes(_ summary: inout SyncSession.Summary) throws {
    let update = try engine.connection.statement(
      """
      UPDATE _transaction SET state = 1, greatest = ?
      WHERE id = ? AND position IS NULL AND state IS NOT 2
      """)
    for outcome in response.outcomes {
      guard case .merged(let position, _) = outcome.verdict else { continue }
      update.bind(1, position)
      update.bind(2, LocalNumber.own(outcome.sequence))
      try update.run()
      summary.merged += engine.connection.changes
    }
  }
}

/// Up to which pending transaction nothing deletes or brings back a whole record. What was saved
/// never changes, so a sync of many pages looks at each transaction once.
struct PlainOutbox {
  private var site: UInt32 = 0
  private var through: Int64 = 0

  /// Looks at what came since. False where something is not plain.
  fileprivate mutating func extend(_ engine: Engine, _ own: OwnState) throws -> Bool {
    if site != own.site { self = PlainOutbox(site: own.site, through: LocalNumber.own) }
    var isPlain = true
    try engine.forEachPending(after: through) { transaction in
      try transaction.forEachRow { kind, _ in
        if kind == .delete || kind == .keep { isPlain = false }
      }
      if isPlain { through = transaction.number }
      return isPlain
    }
    return isPlain
  }
}

extension StoredTransaction {
  /// Calls `body` with the kind and the row of each operation, without making values.
  func forEachRow(_ body: (OperationKind, Int64) throws -> Void) throws {
    try self.body.withUnsafeBytes { buffer in
      var reader = ByteReader(buffer)
      while !reader.isAtEnd {
        let shape = try reader.shape()
        try body(shape.kind, try reader.rowID().raw)
        for _ in 0..<shape.slots { _ = try reader.valueView() }
      }
    }
  }
}
