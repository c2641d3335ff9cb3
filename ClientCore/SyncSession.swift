import Protocol
import Storage

/// One synchronisation as a state machine without I/O: ask `nextRequest()`, carry the bytes, hand the
/// answer to `receive(_:)`, until there is no next request.
///
/// Each answer is applied in one SQLite transaction together with its cursor. A session may be
/// dropped at any point: whatever was received stands, whatever was not is asked again.
public struct SyncSession {
  /// What happened, to tell the user and to choose the exit code.
  public struct Summary: Sendable, Equatable {
    public var rounds = 0
    public var offered = 0
    public var merged = 0
    public var refused = 0
    public var received = 0
    /// Own transactions whose stamp the server moved.
    public var moved = 0
    /// Server minus the device's own clock, ms.
    public var clockOffsetMilliseconds: Int64 = 0
    /// Whether both sides' digests agreed at the end; nil before the end.
    public var agrees: Bool?
  }

  public private(set) var summary = Summary()
  private let replica: Replica
  private var wantsReload: Bool
  private var isDone = false
  private var sentAt: Int64 = 0
  /// The last own transaction that has its outcome once the answer is here.
  private var judgedThrough: UInt32 = 0
  private var askedSequence: UInt32 = 0
  private var askedAt: Int64 = 0
  private var askedByteCount = 0
  private var pace: LinkPace
  private var isReloading = false
  private var askedFrom: [UInt8] = []

  /// - Parameter full: loads everything anew; the outbox stays.
  public init(_ replica: Replica, full: Bool = false) throws {
    self.replica = replica
    wantsReload = full
    let limits = replica.limits
    let (byteCount, patience) = try replica.database.read {
      (try $0.fact("pageBytes").intValue, try $0.fact("linkPatience").intValue)
    }
    pace = LinkPace(
      byteCount: byteCount.map { Int($0) }, patience: patience.map { Int($0) },
      bounds: limits.smallestPageBytes...limits.pageBytes)
  }

  /// The link broke while a request was under way: smaller pieces from now on.
  public mutating func linkBroke() throws {
    pace.noteBreak()
    try keepPace()
  }

  /// The other end does not take as much as the last request held: smaller pieces from now on. False
  /// where they are the smallest already.
  public mutating func tooMuchAsked() throws -> Bool {
    guard pace.noteTooMuch(sent: askedByteCount) else { return false }
    try keepPace()
    return true
  }

  private func keepPace() throws {
    let (bytes, patience) = (Int64(pace.byteCount), Int64(pace.patience))
    try replica.database.write { engine in
      try engine.setFact("pageBytes", .int(bytes))
      try engine.setFact("linkPatience", .int(patience))
    }
  }

  /// The body of the next request; nil when the replica has all there is.
  public mutating func nextRequest() throws -> [UInt8]? {
    if isDone { return nil }
    let limits = replica.limits
    let request = try replica.database.write { engine -> SyncRequest in
      let own = try OwnState.load(engine)
      let clock = DeviceClock(system: replica.system, jumpLimit: replica.limits.jumpsPerRequest)
      sentAt = try clock.noticeJump(engine, nextSequence: own.nextSequence)
      if wantsReload {
        wantsReload = false
        try engine.beginReload()
      }
      isReloading = try engine.fact("reloading").intValue == 1
      let offer = try offer(engine, limits)
      judgedThrough = offer.through
      askedSequence = own.nextSequence - 1
      let cursor = try presentCursor(engine)
      askedFrom = cursor
      return SyncRequest(
        modelName: replica.model.name, modelVersion: replica.model.version, cursor: cursor,
        clockMilliseconds: sentAt, lastSequence: own.nextSequence - 1, lastChain: own.lastChain,
        jumps: try engine.jumps(), confirmedSequence: offer.from - 1,
        pageBytes: UInt32(pace.byteCount), wantsAll: isReloading,
        grantVersion: UInt32(truncatingIfNeeded: try engine.fact("grantVersion").intValue ?? 0),
        batch: offer.batch)
    }
    summary.rounds += 1
    let body = request.encoded
    askedByteCount = body.count
    askedAt = replica.system.bootMilliseconds()
    CrashPoint.reach(.syncAsked)
    return body
  }

  private func presentCursor(_ engine: Engine) throws -> [UInt8] {
    guard
      case .bytes(let bytes) = try engine.fact(isReloading ? "stagedCursor" : "sealedCursor")
    else { return [] }
    return bytes
  }

  /// The transactions without an outcome, oldest first, as many as one upload bears.
  private mutating func offer(_ engine: Engine, _ limits: SyncLimits) throws
    -> (batch: [UInt8], from: UInt32, through: UInt32)
  {
    let settled = try engine.fact("settled").intValue ?? 0
    let first = try engine.connection.scalar(
      """
      SELECT id FROM _transaction WHERE id > ? AND position IS NULL AND state IS NULL
      ORDER BY id LIMIT 1
      """, LocalNumber.own + settled)
    guard let first else {
      let next = try OwnState.load(engine).nextSequence
      return ([], next, next - 1)
    }
    let from = UInt32(first - LocalNumber.own)
    // The outbox waits until a fresh load has ended: its cursor then covers what the authors saw.
    if isReloading { return ([], from, from - 1) }
    var builder = BatchBuilder()
    var through = from - 1
    // In small portions, so that memory is bounded by the upload.
    var next = first
    portions: while true {
      let portion = try engine.transactions(
        where: "id >= ? AND position IS NULL AND state IS NULL ORDER BY id LIMIT 256", [next])
      for transaction in portion {
        let isFull =
          builder.byteCount + transaction.body.count > pace.byteCount
          || builder.operationCount + transaction.operationCount > limits.operationsPerBatch
          || builder.transactionCount >= limits.transactionsPerPage
        if isFull, builder.transactionCount > 0 { break portions }
        builder.append(transaction.offered, nonce: transaction.nonce, chain: transaction.chain)
        try transaction.body.decode { reader throws(DecodeError) in
          while !reader.isAtEnd {
            try builder.append(operationFrom: &reader, audience: 0, results: nil)
          }
        }
        through = transaction.id.sequence
        summary.offered += 1
      }
      guard portion.count == 256, let last = portion.last else { break }
      next = last.number + 1
    }
    return (builder.finish(), from, through)
  }

  /// Takes the answer to the last request.
  ///
  /// - Parameter compressed: the answer as it came over the wire, kept as history in its place.
  public mutating func receive(_ answer: [UInt8]) throws {
    let answeredAt = replica.system.bootMilliseconds()
    let response = try SyncResponse(encoded: answer, limits: replica.limits)
    if response.status == .restored { throw SyncFailure.serverRestored }
    if response.status == .reload, isReloading, askedFrom.isEmpty {
      throw SyncFailure.serverContradicts("a reload of a load that has only begun")
    }
    var merged = summary
    CrashPoint.reach(.syncAnswered)
    try replica.database.write { engine in
      let own = try OwnState.load(engine)
      guard response.lastSequence < own.nextSequence else { throw SyncFailure.clone }
      // Another process has saved and synced meanwhile: what looks like a clone was this one.
      if response.status == .clone, own.nextSequence - 1 == askedSequence {
        throw SyncFailure.clone
      }
      // It has synced this replica: the answer is about a state that is past, and is asked again.
      let isOvertaken =
        try response.status == .clone || askedFrom != presentCursor(engine)
        || isReloading != (engine.fact("reloading").intValue == 1)
      if !isOvertaken { try take(response, engine, own, &merged) }
      CrashPoint.reach(.applyDone)
    }
    CrashPoint.reach(.syncApplied)
    summary = merged
    pace.noteExchange(
      milliseconds: answeredAt - askedAt, carried: max(askedByteCount, answer.count))
    if isDone {
      pace.noteEnd()
      try keepPace()
      try replica.database.checkpoint()
    }
  }

  private mutating func take(
    _ response: SyncResponse, _ engine: Engine, _ own: OwnState, _ summary: inout Summary
  ) throws {
    defer { engine.own = nil }
    if response.status == .reload { try engine.beginReload() }
    let clock = DeviceClock(system: replica.system, jumpLimit: replica.limits.jumpsPerRequest)
    // Somebody may have set it while the request was under way; the correction must not hide that.
    _ = try clock.noticeJump(engine, nextSequence: own.nextSequence)
    try clock.correct(
      engine, serverMilliseconds: response.clockMilliseconds, deviceMilliseconds: sentAt,
      nextSequence: own.nextSequence, isJump: true)
    summary.clockOffsetMilliseconds = try engine.fact("clockCorrection").intValue ?? 0
    try engine.setFact("userName", .text(response.userName))
    try engine.setUserName(response.userID, response.userName)
    try engine.setFact("grantVersion", .int(Int64(response.grantVersion)))

    let pages = try pages(response, engine)
    try rebase(response, pages, engine, own, &summary)
    CrashPoint.reach(.applyPaged)

    let reloading = try engine.fact("reloading").intValue == 1
    if !reloading {
      try engine.setFact("epoch", .int(Int64(bitPattern: response.cursor.epoch)))
      try engine.setFact("position", .int(response.cursor.position))
      try engine.setFact("sealedCursor", .bytes(response.sealedCursor))
      try engine.collectTombstones(through: response.stablePosition)
      // Only at the end of the log: an edit further on may build on less than all devices know by now.
      if !response.hasMore { try engine.collectTexts(through: response.stablePosition) }
    }
    try engine.forgetJumps(through: judgedThrough)
    let hasPending =
      try engine.connection.scalar(
        """
        SELECT 1 FROM _transaction WHERE id > ? AND position IS NULL AND state IS NOT 2 LIMIT 1
        """, LocalNumber.own + (try engine.fact("settled").intValue ?? 0)) != nil
    if response.hasMore || hasPending || reloading { return }
    isDone = true
    if let digests = response.digests {
      let theirs = digests.reduce(UInt64(0)) { $0 &+ $1.sum }
      let expected = Dictionary(
        digests.filter { $0.sum != 0 }.map { ($0.audience, $0.sum) },
        uniquingKeysWith: { first, _ in first })
      let agrees = try engine.digests() == expected && isUndamaged(engine, expected)
      summary.agrees = agrees
      try engine.setFact("serverDigest", .int(Int64(bitPattern: theirs)))
      try engine.setFact("agreed", .int(agrees ? 1 : 0))
      try engine.setFact("lastSync", .int(response.clockMilliseconds))
    }
  }

  /// Every so many syncs the digests are computed from every row, so that damage that is no change
  /// is found too. Runs when nothing is pending, so that the rows are the base.
  private func isUndamaged(_ engine: Engine, _ expected: [Audience: UInt64]) throws -> Bool {
    let count = (try engine.fact("syncs").intValue ?? 0) + 1
    try engine.setFact("syncs", .int(count))
    guard count % Self.syncsPerFullCheck == 0 else { return true }
    return try engine.digestsFromScratch() == expected
  }

  static let syncsPerFullCheck: Int64 = 20

  /// The pages that are ready to be applied: one, or all of a reload once the last has come.
  private func pages(_ response: SyncResponse, _ engine: Engine) throws -> [[UInt8]]? {
    guard try engine.fact("reloading").intValue == 1 else {
      return response.page.isEmpty ? [] : [response.page]
    }
    if response.status == .reload { return nil }
    let insert = try engine.connection.statement("INSERT INTO _staged (body) VALUES (?)")
    insert.bind(1, response.page)
    try insert.run()
    CrashPoint.reach(.reloadStaged)
    try engine.setFact("stagedCursor", .bytes(response.sealedCursor))
    return response.hasMore ? nil : []
  }

  /// Undo the pending writes, apply to the base, replay.
  private func rebase(
    _ response: SyncResponse, _ pages: [[UInt8]]?, _ engine: Engine, _ own: OwnState,
    _ summary: inout Summary
  ) throws {
    let endsReload = try pages != nil && engine.fact("reloading").intValue == 1
    let isNeeded =
      try pages?.isEmpty == false || endsReload || !response.outcomes.isEmpty
      || (pages != nil && engine.hasUnseen(through: response.cursor.position))
    guard isNeeded else { return }
    if let partial = try PartialRebase(engine, response, pages, own, replica.limits) {
      let greatest = try partial.run(&summary) { try keep($0, $1, engine) }
      try settle(engine, own, greatest)
      return
    }
    var pending = try engine.pending()
    try engine.takeOff(pending)
    CrashPoint.reach(.applyTakenOff)
    try takeOutcomes(response, engine, &pending, &summary)
    CrashPoint.reach(.applyOutcomes)
    if endsReload {
      try engine.emptyBase()
      CrashPoint.reach(.reloadEmptied)
    }
    var applier = PageApplier(engine: engine, ownSite: own.site)
    if endsReload {
      try engine.forEachStaged { page in
        guard !page.isEmpty else { return }
        try applier.apply(page, limits: replica.limits)
        try keep(page, applier.range, engine)
      }
      try engine.endReload()
    }
    for page in pages ?? [] {
      try applier.apply(page, limits: replica.limits)
      try keep(page, applier.range, engine)
      summary.received += 1
    }
    summary.merged += applier.mergedByEcho
    try engine.flushDigest()
    var gone = applier.confirmed
    if pages != nil {
      gone.formUnion(try engine.settleUnseen(through: response.cursor.position))
    }
    for transaction in pending where !gone.contains(transaction.id.sequence) {
      try engine.putBack(transaction)
    }
    try settle(engine, own, applier.greatest)
  }

  /// Notes where the outbox begins now, and the greatest stamp that was merged.
  private func settle(_ engine: Engine, _ own: OwnState, _ greatest: HLC) throws {
    let settled = try engine.firstPending().map { $0 - LocalNumber.own - 1 }
    if settled == nil { try engine.forgetRestored() }
    try engine.setFact("settled", .int(settled ?? Int64(own.nextSequence) - 1))
    let merged = max(own.greatestMerged, greatest)
    try engine.setFact("greatestStamp", .int(Int64(bitPattern: merged.raw)))
    engine.forget()
  }

  private func keep(
    _ page: [UInt8], _ range: (first: Int64, last: Int64), _ engine: Engine
  ) throws {
    let insert = try engine.connection.statement(
      "INSERT OR REPLACE INTO _page (first, last, body) VALUES (?, ?, ?)")
    insert.bind(1, range.first)
    insert.bind(2, range.last)
    try page.withUnsafeBytes {
      insert.bindBlob(3, static: $0)
      try insert.run()
    }
  }

  private func takeOutcomes(
    _ response: SyncResponse, _ engine: Engine, _ pending: inout [StoredTransaction],
    _ summary: inout Summary
  ) throws {
    var byName = Dictionary(
      pending.enumerated().map { ($1.id.sequence, $0) }, uniquingKeysWith: { first, _ in first })
    var refused: Set<UInt32> = []
    for outcome in response.outcomes {
      // An outcome that came before, or of a page that was applied, says nothing new.
      guard let index = byName.removeValue(forKey: outcome.sequence) else { continue }
      switch outcome.verdict {
      case .merged(let position, let stamp):
        summary.merged += 1
        if stamp != pending[index].stamp { summary.moved += 1 }
        pending[index].stamp = stamp
        let update = try engine.connection.statement(
          "UPDATE _transaction SET state = 1, hlc = ?, greatest = ? WHERE id = ?")
        update.bind(1, Int64(bitPattern: stamp.raw))
        update.bind(2, position)
        update.bind(3, pending[index].number)
        try update.run()
        engine.rememberPending(pending[index].writer)
      case .refused(let reason, let detail):
        summary.refused += 1
        refused.insert(outcome.sequence)
        try engine.reject(pending[index], reason, detail, at: response.clockMilliseconds)
        try engine.setFact("knownRefused", .int(Int64(outcome.sequence)))
      }
    }
    pending.removeAll { refused.contains($0.id.sequence) }
    try keepInOrder(&pending, engine)
  }

  /// A transaction that the server moved stays below those its author made after it.
  private func keepInOrder(_ pending: inout [StoredTransaction], _ engine: Engine) throws {
    for index in pending.indices.dropFirst() {
      let previous = pending[index - 1].stamp
      guard pending[index].stamp <= previous else { continue }
      pending[index].stamp = previous.next
      let update = try engine.connection.statement("UPDATE _transaction SET hlc = ? WHERE id = ?")
      update.bind(1, Int64(bitPattern: pending[index].stamp.raw))
      update.bind(2, pending[index].number)
      try update.run()
      engine.rememberPending(pending[index].writer)
    }
  }
}

/// Why a sync stopped. The outbox is untouched, what was saved is safe.
public enum SyncFailure: Error, Equatable {
  /// Another copy of this replica has synced under its name.
  case clone
  /// The server was put back from a backup and knows less than this replica.
  case serverRestored
  case serverContradicts(String)
}

extension StoredTransaction {
  /// This transaction as a device offers it.
  var offered: BatchTransaction {
    BatchTransaction(
      id: id, stamp: header.stamp, authorStamp: header.stamp, user: header.user, seen: header.seen,
      modelVersion: header.modelVersion, knownRefused: header.knownRefused, label: header.label,
      operationCount: operationCount)
  }
}
