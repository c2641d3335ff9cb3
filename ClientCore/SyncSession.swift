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
    /// Transactions that a server which was put back may have lost, and that this replica returned.
    public var returned = 0
    /// Whether another copy of this replica has synced, so that this one goes on under a new site.
    public var isCopy = false
    /// Server minus the device's own clock, ms.
    public var clockOffsetMilliseconds: Int64 = 0
    /// Whether both sides' digests agreed at the end; nil before the end.
    public var agrees: Bool?
  }

  public private(set) var summary = Summary()
  let replica: Replica
  private var wantsReload: Bool
  private var isDone = false
  private var sentAt: Int64 = 0
  /// The last own transaction that has its outcome once the answer is here.
  private var judgedThrough: UInt32 = 0
  private var askedSequence: UInt32 = 0
  private var askedSite: UInt32 = 0
  private var askedAt: Int64 = 0
  private var askedByteCount = 0
  private var pace: LinkPace
  private var isReloading = false
  private var askedFrom: [UInt8] = []
  private var stage = Stage.ordinary
  var plain = PlainOutbox()
  /// What the last request returned.
  private var givenBack: ReturnOffer?
  /// The own transaction from which the next offer starts, where the server lacks older ones.
  private var offerFrom: UInt32?

  /// What the next request is for.
  private enum Stage {
    case ordinary
    /// Looks whether the server still has the log that this replica knows, before everything is
    /// loaded anew: what only this replica has would be lost with its pages.
    case probe
    /// Shows earlier cursors to a server that was put back.
    case waypoints
    /// Asks for a site of its own: another copy of this replica has synced.
    case claim
  }

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
      givenBack = nil
      let own = try OwnState.load(engine)
      let clock = DeviceClock(system: replica.system, jumpLimit: replica.limits.jumpsPerRequest)
      sentAt = try clock.noticeJump(engine, nextSequence: own.nextSequence)
      isReloading = try engine.fact("reloading").intValue == 1
      if wantsReload {
        if stage == .ordinary, !isReloading, try !presentCursor(engine).isEmpty {
          stage = .probe
        } else if stage == .ordinary {
          try beginReload(engine)
        }
      }
      askedSequence = own.nextSequence - 1
      askedSite = own.site
      if !isReloading, stage != .claim, try engine.isReturning() {
        givenBack = try ReturnOffer(engine, own, byteLimit: pace.byteCount, limits: limits)
        // Everything is given back: now the server's log, from its start.
        if givenBack == nil { try beginReload(engine) }
      }
      let isPlain = givenBack == nil && stage == .ordinary
      let offer = isPlain ? try offer(engine, own, limits) : Offer.none(own)
      judgedThrough = offer.through
      let cursor = try presentCursor(engine)
      askedFrom = cursor
      var request = SyncRequest(
        modelName: replica.model.name, modelVersion: replica.model.version, cursor: cursor,
        clockMilliseconds: sentAt, lastSequence: own.nextSequence - 1, lastChain: own.lastChain,
        jumps: try engine.jumps(), confirmedSequence: offer.from - 1,
        pageBytes: UInt32(pace.byteCount), wantsAll: isReloading,
        grantVersion: UInt32(truncatingIfNeeded: try engine.fact("grantVersion").intValue ?? 0),
        batch: offer.batch)
      request.returned = givenBack?.batch ?? []
      let declaring = try declaring(givenBack?.fields ?? offer.fields, engine)
      request.declared = declaring.fields
      request.declaredEntities = declaring.entities
      if isReloading || givenBack != nil { request.witness = try engine.witness() }
      if stage == .waypoints {
        request.waypoints = try engine.waypoints(limit: limits.waypointsPerRequest)
      }
      if stage == .claim {
        request.claim = try engine.claim(system: replica.system, limit: limits.chainsPerClaim)
      }
      return request
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

  private mutating func beginReload(_ engine: Engine) throws {
    wantsReload = false
    stage = .ordinary
    try engine.setFact("returning", .int(0))
    try engine.beginReload()
    isReloading = true
  }

  private struct Offer {
    var batch: [UInt8] = []
    var from: UInt32
    var through: UInt32
    /// What it writes to.
    var fields: [Tag: Set<Tag>] = [:]

    static func none(_ own: OwnState) -> Offer {
      Offer(from: own.nextSequence, through: own.nextSequence - 1)
    }
  }

  /// The transactions without an outcome, oldest first, as many as one upload bears.
  private mutating func offer(_ engine: Engine, _ own: OwnState, _ limits: SyncLimits) throws
    -> Offer
  {
    let settled = try engine.fact("settled").intValue ?? 0
    let firstPending = try engine.connection.scalar(
      """
      SELECT id FROM _transaction WHERE id > ? AND position IS NULL AND state IS NULL
      ORDER BY id LIMIT 1
      """, LocalNumber.own + settled)
    guard let firstPending else { return Offer.none(own) }
    // A server that was put back may lack older ones; refusals that it gave go with them, as such.
    let first = min(firstPending, offerFrom.map { LocalNumber.own($0) } ?? firstPending)
    let from = UInt32(first - LocalNumber.own)
    // The outbox waits until a fresh load has ended: its cursor then covers what the authors saw.
    if isReloading { return Offer(from: from, through: from - 1) }
    var builder = BatchBuilder()
    var through = from - 1
    // Without a gap: a server that was put back may lack what came between, too.
    try engine.forEachTransaction(where: "id >= ? ORDER BY id", [first]) { transaction in
      let isFull =
        builder.byteCount + transaction.body.count > pace.byteCount
        || builder.operationCount + transaction.operationCount > limits.operationsPerBatch
        || builder.transactionCount >= limits.transactionsPerPage
      if isFull, builder.transactionCount > 0 { return false }
      try builder.append(own: transaction)
      through = transaction.id.sequence
      summary.offered += 1
      return true
    }
    let fields = try builder.fields()
    return Offer(batch: builder.finish(), from: from, through: through, fields: fields)
  }

  /// What the written fields are, for a server whose model is older than ours, or that has not said how old
  /// it is.
  private func declaring(_ fields: [Tag: Set<Tag>], _ engine: Engine) throws -> Declaring {
    let known = try engine.fact("serverModel").intValue ?? 0
    return known < Int64(replica.model.version)
      ? Declaring(fields, model: replica.model) : Declaring()
  }

  /// Takes the answer to the last request.
  public mutating func receive(_ answer: [UInt8]) throws {
    let answeredAt = replica.system.bootMilliseconds()
    let response = try SyncResponse(encoded: answer, limits: replica.limits)
    if response.status == .reload, isReloading, askedFrom.isEmpty {
      throw SyncFailure.serverContradicts("a reload of a load that has only begun")
    }
    var merged = summary
    CrashPoint.reach(.syncAnswered)
    do {
      try apply(response, &merged)
    } catch is OtherCopy {
      // Nothing of the answer is applied: first this copy asks for a site of its own.
      merged = summary
      stage = .claim
    }
    CrashPoint.reach(.syncApplied)
    summary = merged
    pace.noteExchange(
      milliseconds: answeredAt - askedAt, carried: max(askedByteCount, answer.count))
    if isDone {
      pace.noteEnd()
      try keepPace()
      try replica.database.tidy()
      try replica.database.checkpoint()
    }
  }

  private mutating func apply(_ response: SyncResponse, _ merged: inout Summary) throws {
    try replica.database.write { engine in
      let own = try OwnState.load(engine)
      let isCopied = response.status == .clone || response.lastSequence >= own.nextSequence
      if isCopied, own.site == askedSite, stage == .claim || own.nextSequence - 1 == askedSequence {
        try takeClone(response, engine, own, &merged)
        return
      }
      // Another process has saved and synced meanwhile: what looks like a clone was this one.
      // It has synced this replica: the answer is about a state that is past, and is asked again.
      let isOvertaken =
        try isCopied || askedFrom != presentCursor(engine)
        || isReloading != (engine.fact("reloading").intValue == 1)
      if !isOvertaken {
        if response.status == .restored {
          try takeRestored(response, engine, &merged)
        } else if stage == .probe {
          stage = .ordinary
          try beginReload(engine)
        } else {
          try take(response, engine, own, &merged)
        }
      }
      CrashPoint.reach(.applyDone)
    }
  }

  /// Another copy of this replica has synced under its site: it gets a site of its own, and makes again
  /// under it what the server has not got from it.
  private mutating func takeClone(
    _ response: SyncResponse, _ engine: Engine, _ own: OwnState, _ summary: inout Summary
  ) throws {
    guard let grant = response.newSite else {
      guard stage != .claim else { throw SyncFailure.clone }
      stage = .claim
      return
    }
    stage = .ordinary
    var pending = try engine.pending()
    try engine.takeOff(pending)
    try takeOutcomes(response, engine, &pending, &summary)
    try Reissue(engine: engine, own: own, grant: grant).run()
    for transaction in try engine.pending() { try engine.putBack(transaction) }
    CrashPoint.reach(.reissueDone)
    summary.isCopy = true
    engine.forget()
  }

  /// The server was put back from a backup: it is shown how far the logs are the same, then given
  /// what it lacks, then loaded from anew.
  private mutating func takeRestored(
    _ response: SyncResponse, _ engine: Engine, _ summary: inout Summary
  ) throws {
    // Its program may have been put back, too.
    try engine.setFact("serverModel", .int(Int64(response.modelVersion)))
    if isReloading {
      // Put back while its log was being loaded: what this replica shows is still the older base.
      try engine.endReload()
      try engine.endReturning()
      stage = .ordinary
      return
    }
    guard let shared = response.sharedPosition else {
      guard stage != .waypoints else {
        throw SyncFailure.serverContradicts("a log that begins nowhere")
      }
      // What was returned already may be lost once more.
      try engine.endReturning()
      stage = .waypoints
      return
    }
    try engine.setWitness(response.sealedCursor)
    stage = .ordinary
    guard let givenBack else {
      try engine.beginReturning(above: shared, serverSequence: response.lastSequence)
      return
    }
    summary.returned += givenBack.count
    for outcome in response.outcomes {
      if try engine.takeReturnOutcome(outcome, at: response.clockMilliseconds) {
        summary.refused += 1
      }
    }
    try engine.noteReturned(givenBack)
  }

  private mutating func take(
    _ response: SyncResponse, _ engine: Engine, _ own: OwnState, _ summary: inout Summary
  ) throws {
    defer { engine.own = nil }
    stage = .ordinary
    if response.status == .reload { try engine.beginReload() }
    if try engine.fact("reloading").intValue != 1 { try engine.endReturning() }
    try noteGap(response, engine)
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
    try engine.setFact("serverModel", .int(Int64(response.modelVersion)))

    let pages = try pages(response, engine)
    try rebase(response, pages, engine, own, &summary)
    CrashPoint.reach(.applyPaged)

    let reloading = try engine.fact("reloading").intValue == 1
    if !reloading {
      try engine.setFact("epoch", .int(Int64(bitPattern: response.cursor.epoch)))
      try engine.setFact("position", .int(response.cursor.position))
      try engine.setFact("sealedCursor", .bytes(response.sealedCursor))
      try engine.collectTombstones(through: response.stablePosition)
      try engine.setFact("safePosition", .int(response.safePosition))
      try engine.dropPages(
        through: response.safePosition,
        before: response.clockMilliseconds - replica.limits.horizonMilliseconds)
      // Only at the end of the log: an edit further on may build on less than all devices know by now.
      if !response.hasMore { try engine.collectTexts(through: response.stablePosition) }
    }
    try engine.forgetJumps(through: judgedThrough)
    let hasPending =
      try engine.connection.scalar(
        """
        SELECT 1 FROM _transaction WHERE id > ? AND position IS NULL AND state IS NOT 2 LIMIT 1
        """, LocalNumber.own + (try engine.fact("settled").intValue ?? 0)) != nil
    if response.hasMore || hasPending || reloading || wantsReload { return }
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

  /// A server that was put back to a state above this replica's cursor may have told it outcomes
  /// that it does not know any more: those transactions are offered again.
  private mutating func noteGap(_ response: SyncResponse, _ engine: Engine) throws {
    offerFrom = nil
    guard response.status == .ok, response.lastSequence < judgedThrough, !isReloading else {
      return
    }
    let last = LocalNumber.own(response.lastSequence)
    try engine.connection.execute(
      """
      UPDATE _transaction SET state = NULL WHERE id > \(last) AND position IS NULL AND state = 1
      """)
    let first = try engine.connection.scalar(
      "SELECT id FROM _transaction WHERE id > ? AND position IS NULL AND state IS NULL LIMIT 1",
      last)
    guard let first else { return }
    offerFrom = response.lastSequence + 1
    let settled = min(first - LocalNumber.own - 1, try engine.fact("settled").intValue ?? 0)
    try engine.setFact("settled", .int(settled))
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
    let insert = try engine.connection.statement(
      "INSERT INTO _staged (body, cursor) VALUES (?, ?)")
    insert.bind(1, response.page)
    insert.bind(2, response.sealedCursor)
    try insert.run()
    CrashPoint.reach(.reloadStaged)
    try engine.setFact("stagedCursor", .bytes(response.sealedCursor))
    return response.hasMore ? nil : []
  }
}

/// Why a sync stopped. The outbox is untouched, what was saved is safe.
public enum SyncFailure: Error, Equatable {
  /// Another copy of this replica has synced under its name, and the server gives it no new one.
  case clone
  case serverContradicts(String)
}
