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
  /// Whether the answer to come only settles what was sent: its page is of a base that is to go.
  private var dropsPage = false
  private var isDone = false
  private var sentAt: Int64 = 0
  private var offeredThrough: UInt32 = 0
  private var uploadBytes: Int
  private var pageBytes: Int
  private var isReloading = false
  private var askedFrom: [UInt8] = []

  /// - Parameter full: loads everything anew; the outbox stays.
  public init(_ replica: Replica, full: Bool = false) throws {
    self.replica = replica
    wantsReload = full
    let limits = replica.limits
    let known = try replica.database.read { try $0.fact("pageBytes").intValue }
    pageBytes = max(limits.smallestPageBytes, min(limits.pageBytes, Int(known ?? 256 << 10)))
    uploadBytes = pageBytes
  }

  /// The link broke while a request was under way: smaller pieces from now on.
  public mutating func linkBroke() throws {
    pageBytes = max(replica.limits.smallestPageBytes, pageBytes / 4)
    uploadBytes = pageBytes
    try keepPageBytes()
  }

  private func keepPageBytes() throws {
    let bytes = Int64(pageBytes)
    try replica.database.write { try $0.setFact("pageBytes", .int(bytes)) }
  }

  /// The body of the next request; nil when the replica has all there is.
  public mutating func nextRequest() throws -> [UInt8]? {
    if isDone { return nil }
    let limits = replica.limits
    let request = try replica.database.write { engine -> SyncRequest in
      let own = try OwnState.load(engine)
      let clock = DeviceClock(system: replica.system)
      sentAt = try clock.noticeJump(engine, nextSequence: own.nextSequence)
      isReloading = try engine.fact("reloading").intValue == 1
      // What is pending goes first, with the cursor of the base its authors looked at: the cursor of
      // a base that is being loaded anew would say that they had seen nothing.
      dropsPage = try wantsReload && !isReloading && !presentCursor(engine).isEmpty
      if wantsReload, !dropsPage {
        wantsReload = false
        try engine.beginReload()
        isReloading = true
      }
      let offer = try offer(engine, limits)
      offeredThrough = offer.through
      let cursor = try presentCursor(engine)
      askedFrom = cursor
      return SyncRequest(
        modelName: replica.model.name, modelVersion: replica.model.version, cursor: cursor,
        clockMilliseconds: sentAt, lastSequence: own.nextSequence - 1, lastChain: own.lastChain,
        jumps: try engine.jumps(), confirmedSequence: offer.from - 1, pageBytes: UInt32(pageBytes),
        wantsAll: isReloading,
        grantVersion: UInt32(truncatingIfNeeded: try engine.fact("grantVersion").intValue ?? 0),
        batch: offer.batch)
    }
    summary.rounds += 1
    return request.encoded
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
    guard let first else { return ([], try OwnState.load(engine).nextSequence, 0) }
    let from = UInt32(first - LocalNumber.own)
    var builder = BatchBuilder()
    var through: UInt32 = 0
    // In small portions, so that memory is bounded by the upload.
    var next = first
    portions: while true {
      let portion = try engine.transactions(
        where: "id >= ? AND position IS NULL AND state IS NULL ORDER BY id LIMIT 256", [next])
      for transaction in portion {
        let isFull =
          builder.byteCount + transaction.body.count > uploadBytes
          || builder.operationCount + transaction.operationCount > limits.operationsPerBatch
          || builder.transactionCount >= limits.transactionsPerBatch
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
    let response = try SyncResponse(encoded: answer, limits: replica.limits)
    switch response.status {
    case .clone: throw SyncFailure.clone
    case .restored: throw SyncFailure.serverRestored
    case .reload where isReloading: throw SyncFailure.serverContradicts("a reload of a reload")
    case .ok, .reload: break
    }
    var merged = summary
    try replica.database.write { engine in
      let own = try OwnState.load(engine)
      var response = response
      // Another process has synced this replica meanwhile: the page is of a state that is past.
      let isOvertaken = try dropsPage || askedFrom != presentCursor(engine)
      if isOvertaken { response.dropPage() }
      guard response.lastSequence < own.nextSequence else { throw SyncFailure.clone }
      try take(response, isOvertaken: isOvertaken, engine, own, &merged)
      if dropsPage { try engine.beginReload() }
    }
    if dropsPage { wantsReload = false }
    summary = merged
    pageBytes = min(replica.limits.pageBytes, pageBytes * 2)
    uploadBytes = pageBytes
    if isDone {
      try keepPageBytes()
      try replica.database.checkpoint()
    }
  }

  private mutating func take(
    _ response: SyncResponse, isOvertaken: Bool, _ engine: Engine, _ own: OwnState,
    _ summary: inout Summary
  ) throws {
    if response.status == .reload { try engine.beginReload() }
    let clock = DeviceClock(system: replica.system)
    try clock.correct(
      engine, serverMilliseconds: response.clockMilliseconds, deviceMilliseconds: sentAt,
      nextSequence: own.nextSequence, isJump: true)
    summary.clockOffsetMilliseconds = try engine.fact("clockCorrection").intValue ?? 0
    try engine.setFact("userName", .text(response.userName))
    try engine.setUserName(response.userID, response.userName)
    try engine.setFact("grantVersion", .int(Int64(response.grantVersion)))

    let pages = try pages(response, engine)
    try rebase(response, pages, engine, own, &summary)

    let reloading = try engine.fact("reloading").intValue == 1
    if !reloading, !isOvertaken {
      try engine.setFact("epoch", .int(Int64(bitPattern: response.cursor.epoch)))
      try engine.setFact("position", .int(response.cursor.position))
      try engine.setFact("sealedCursor", .bytes(response.sealedCursor))
      try engine.collectTombstones(through: response.stablePosition)
    }
    if offeredThrough > 0 || own.nextSequence > 1 {
      try engine.forgetJumps(
        through: offeredThrough > 0 ? offeredThrough : own.nextSequence - 1)
    }
    let hasPending = try engine.connection.scalar(
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
    if response.status == .reload || response.isPageDropped { return nil }
    let insert = try engine.connection.statement("INSERT INTO _staged (body) VALUES (?)")
    insert.bind(1, response.page)
    try insert.run()
    try engine.setFact("stagedCursor", .bytes(response.sealedCursor))
    return response.hasMore ? nil : []
  }

  /// Undo the pending writes, apply to the base, replay.
  private func rebase(
    _ response: SyncResponse, _ pages: [[UInt8]]?, _ engine: Engine, _ own: OwnState,
    _ summary: inout Summary
  ) throws {
    let endsReload = try pages != nil && engine.fact("reloading").intValue == 1
    let isNeeded = pages?.isEmpty == false || endsReload || !response.outcomes.isEmpty
    guard isNeeded else { return }
    var pending = try engine.pending()
    try engine.takeOff(pending)
    try takeOutcomes(response, engine, &pending, &summary)
    if endsReload { try engine.emptyBase() }
    var applier = PageApplier(engine: engine, ownSite: own.site, pending: pending)
    if endsReload {
      try engine.forEachStaged { page in
        if !page.isEmpty { try applier.apply(page, limits: replica.limits) }
        try keep(page, engine)
      }
      try engine.endReload()
    }
    for page in pages ?? [] {
      try applier.apply(page, limits: replica.limits)
      try keep(page, engine)
      summary.received += 1
    }
    try engine.flushDigest()
    let rest = pending.filter { applier.pending[$0.id.sequence] != nil }
    for transaction in rest { try engine.putBack(transaction) }
    let settled = rest.first.map { $0.id.sequence - 1 } ?? own.nextSequence - 1
    try engine.setFact("settled", .int(Int64(settled)))
    let greatest = max(own.greatestMerged, applier.greatest)
    try engine.setFact("greatestStamp", .int(Int64(bitPattern: greatest.raw)))
    engine.forget()
  }

  private func keep(_ page: [UInt8], _ engine: Engine) throws {
    guard !page.isEmpty else { return }
    let positions = try page.decode { reader throws(DecodeError) in
      let batch = try BatchReader(&reader, limits: replica.limits)
      return (batch.transactions.first?.position ?? 0, batch.transactions.last?.position ?? 0)
    }
    let insert = try engine.connection.statement(
      "INSERT OR REPLACE INTO _page (first, last, body) VALUES (?, ?, ?)")
    insert.bind(1, positions.0)
    insert.bind(2, positions.1)
    insert.bind(3, page)
    try insert.run()
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
      case .merged(_, let stamp):
        summary.merged += 1
        if stamp != pending[index].stamp { summary.moved += 1 }
        pending[index].stamp = stamp
        let update = try engine.connection.statement(
          "UPDATE _transaction SET state = 1, hlc = ? WHERE id = ?")
        update.bind(1, Int64(bitPattern: stamp.raw))
        update.bind(2, pending[index].number)
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
