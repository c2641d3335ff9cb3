import Protocol
import Storage

/// Merging what devices offer, and telling them what is new.
extension SQLiteServerStore {
  public func exchange(_ requests: [ExchangeRequest]) -> [Result<SyncResponse, ExchangeError>] {
    do {
      // All of them in one transaction: the sync to disk is paid once.
      let (merged, holdsErased) = try database.write { engine in
        let merged = try requests.map { try mergeAll($0, engine) }
        CrashPoint.reach(.mergeDone)
        return (merged, try engine.holdsErased)
      }
      CrashPoint.reach(.mergeCommitted)
      // Where the file cannot be written anew now, the next exchange tries again.
      if holdsErased { try? database.tidy() }
      return zip(requests, merged).map { answer($0, $1) }
    } catch {
      // Nobody was told anything. One bad request must not spoil the others: one by one.
      return requests.map { request in
        do {
          let merged = try database.write { try mergeAll(request, $0) }
          return answer(request, merged)
        } catch {
          return .failure(Self.exchangeError(error))
        }
      }
    }
  }

  static func exchangeError(_ error: any Error) -> ExchangeError {
    switch error {
    case let error as ExchangeError: error
    case StorageError.busy: .busy
    case StorageError.diskFull: .full
    default: .damaged("\(error)")
    }
  }

  /// What a request came to, kept until after the commit.
  private enum Merged {
    case clone(lastSequence: UInt32, grant: SiteGrant?, outcomes: [Outcome])
    /// The log is another one at the device's cursor. `shared` is nil while it is not known up to
    /// where both are the same.
    case restored(shared: Int64?, outcomes: [Outcome], lastSequence: UInt32)
    case failed(ExchangeError)
    case done(
      from: Int64, isReload: Bool, grantVersion: UInt32, outcomes: [Outcome], lastSequence: UInt32)
  }

  /// Where a reader goes on.
  private struct Start {
    /// The position after which its page begins.
    let position: Int64
    let isReload: Bool
    /// No honest author has seen more than this.
    let seenLimit: Int64
  }

  private func mergeAll(_ exchange: ExchangeRequest, _ engine: Engine) throws -> Merged {
    let request = exchange.request
    guard request.modelName == model.name else {
      return .failed(.otherModel(request.modelName))
    }
    // Read again under the lock: revoked meanwhile is revoked.
    guard let device = try engine.device(site: exchange.device.site), device.isActive,
      let account = try engine.account(id: device.account), account.isActive
    else { return .failed(.revoked) }

    if let claim = request.claim { return try grantSite(claim, request, device, engine) }
    if request.modelVersion > model.version, account.role != .reader {
      try engine.declare(
        request.declared, request.declaredEntities, version: request.modelVersion)
    }
    let start: Start
    switch try openCursor(request, device, account, engine) {
    case .good(let found): start = found
    case .stale:
      return .done(
        from: 0, isReload: true, grantVersion: account.grantVersion, outcomes: [],
        lastSequence: device.lastSequence)
    case .lost(let opened):
      return try takeBack(request, device, account, opened, engine)
    case .lostAgain:
      return .restored(shared: nil, outcomes: [], lastSequence: device.lastSequence)
    }
    let ownSites =
      try [Forebear(site: device.site, lastShared: UInt32.max)] + engine.forebears(of: device.site)
    let batch: OfferedBatch
    do {
      batch = try OfferedBatch(request.batch, sites: ownSites, limits: limits)
    } catch {
      return .failed(.malformed("\(error)"))
    }
    let states = SeenJudge(engine: engine, site: device.site, limit: start.seenLimit)
    var intake = Intake(
      engine: engine, model: model, limits: limits, device: device, account: account,
      request: request, states: states, nowMilliseconds: system.wallMilliseconds())
    switch try intake.takeAll(batch) {
    case .clone: return try clone(device, engine)
    case .gap, .taken: break
    }
    try intake.finish(acknowledged: start.position, offered: batch)
    return .done(
      from: start.position, isReload: start.isReload, grantVersion: account.grantVersion,
      outcomes: intake.outcomes, lastSequence: intake.lastSequence)
  }

  /// What a cursor turns out to be.
  private enum Opened {
    case good(Start)
    /// Its seal is broken, which is the device's own trouble, or it is older than what can be told from
    /// there: the device loads anew, and offers again when it has.
    case stale
    /// This server sealed it, and its log is another one there: it was put back from a backup.
    case lost(CursorSeal.Opened)
    /// It was put back once more, since the device returned something or began to load anew.
    case lostAgain
  }

  /// A cursor is good where the running hash of the log is what it says: the same transactions, in the
  /// same order, with the same stamps.
  private func openCursor(
    _ request: SyncRequest, _ device: DeviceRecord, _ account: Account, _ engine: Engine
  ) throws -> Opened {
    if !request.witness.isEmpty, let witness = try open(request.witness, device, engine),
      try !engine.isShared(witness)
    {
      try leave(witness.cursor.epoch, engine)
      return .lostAgain
    }
    if request.cursor.isEmpty { return .good(Start(position: 0, isReload: false, seenLimit: 0)) }
    guard let opened = try open(request.cursor, device, engine) else { return .stale }
    let cursor = opened.cursor
    guard try engine.isShared(opened) else { return .lost(opened) }
    if try engine.epochEnd(cursor.epoch).map({ $0 < cursor.position }) ?? true {
      // An epoch that was lost before anything was written in it that is not here.
      try engine.noteLife(
        epochs: [cursor.epoch], shared: cursor.position, site: device.site,
        reached: cursor.position)
    }
    // What was forgotten meanwhile cannot be told any more: late, and nothing is lost.
    let horizon = system.wallMilliseconds() - limits.horizonMilliseconds
    if !request.wantsAll, let lastSeen = device.lastSeenMilliseconds, lastSeen < horizon,
      try cursor.position < engine.collectedPosition()
    {
      return .stale
    }
    // Other grants mean other audiences: what is lost must go, what is gained must come whole. A
    // fresh load that began under other grants begins again.
    let isReload = request.grantVersion != account.grantVersion
    return .good(
      Start(
        position: isReload ? 0 : cursor.position, isReload: isReload, seenLimit: cursor.position))
  }

  /// A replica that got a new site still has cursors of the old one.
  private func open(_ sealed: [UInt8], _ device: DeviceRecord, _ engine: Engine) throws
    -> CursorSeal.Opened?
  {
    let seal = try seal(engine)
    if let opened = seal.open(sealed, site: device.site) { return opened }
    for forebear in try engine.forebears(of: device.site) {
      if let opened = seal.open(sealed, site: forebear.site) { return opened }
    }
    return nil
  }

  private func seal(_ engine: Engine) throws -> CursorSeal {
    guard case .bytes(let key) = try engine.fact("sealKey") else {
      throw StorageError.corrupt("the server's secret is missing")
    }
    return CursorSeal(key: key)
  }

  private func sealed(_ cursor: Cursor, _ exchange: ExchangeRequest, _ engine: Engine) throws
    -> [UInt8]
  {
    try seal(engine).seal(
      cursor, history: try engine.history(at: cursor.position) ?? .zero,
      site: exchange.device.site)
  }

  // MARK: A server that was put back

  /// The device knows a life of the log that was lost: it is asked how far that is the same, then for
  /// all that is not here.
  private func takeBack(
    _ request: SyncRequest, _ device: DeviceRecord, _ account: Account,
    _ opened: CursorSeal.Opened, _ engine: Engine
  ) throws -> Merged {
    try leave(opened.cursor.epoch, engine)
    if !request.waypoints.isEmpty { try noteLife(request, device, opened, engine) }
    guard let life = try engine.life(ofEpoch: opened.cursor.epoch, reachedBy: device.site),
      life.reached >= opened.cursor.position
    else { return .restored(shared: nil, outcomes: [], lastSequence: device.lastSequence) }
    let batch: OfferedBatch
    do {
      batch = try OfferedBatch(request.returned, sites: nil, limits: limits)
    } catch {
      return .failed(.malformed("\(error)"))
    }
    var intake = try ReturnIntake(
      engine: engine, limits: limits, device: device, account: account, life: life,
      epoch: opened.cursor.epoch, nowMilliseconds: system.wallMilliseconds())
    switch try intake.takeAll(batch) {
    case .clone: return try clone(device, engine)
    case .otherLife:
      return .restored(shared: nil, outcomes: [], lastSequence: device.lastSequence)
    case .taken: try intake.finish()
    }
    return .restored(
      shared: intake.life.shared, outcomes: intake.outcomes, lastSequence: intake.lastSequence)
  }

  /// A machine that was resumed goes on in the epoch that others have left: from now on there is
  /// another, so that cursors tell the two apart.
  private func leave(_ epoch: UInt64, _ engine: Engine) throws {
    if try epoch == engine.presentEpoch() { try openEpoch(engine) }
  }

  /// By the device's earlier cursors: the greatest that is good here, and the epochs of those that
  /// are not. They were all given to one replica, one after the other, so they are of one life.
  private func noteLife(
    _ request: SyncRequest, _ device: DeviceRecord, _ lost: CursorSeal.Opened, _ engine: Engine
  ) throws {
    var shared: Int64 = 0
    var epochs: Set<UInt64> = [lost.cursor.epoch]
    for waypoint in request.waypoints {
      guard let opened = try open(waypoint, device, engine) else { continue }
      if try engine.isShared(opened) {
        shared = max(shared, opened.cursor.position)
      } else if opened.cursor.position < lost.cursor.position {
        epochs.insert(opened.cursor.epoch)
      }
    }
    try engine.noteLife(
      epochs: epochs, shared: shared, site: device.site, reached: lost.cursor.position)
  }

  private func clone(_ device: DeviceRecord, _ engine: Engine) throws -> Merged {
    .clone(lastSequence: try engine.lastKnownSequence(of: device), grant: nil, outcomes: [])
  }

  /// Gives a copy of a replica a site of its own, and the outcomes of what it shares with the other.
  private func grantSite(
    _ claim: SiteClaim, _ request: SyncRequest, _ device: DeviceRecord, _ engine: Engine
  ) throws -> Merged {
    guard let grant = try grantSite(claim, to: device, engine) else {
      return try clone(device, engine)
    }
    var outcomes: [Outcome] = []
    let first = max(request.confirmedSequence, 0) &+ 1
    if first <= grant.lastShared {
      for sequence in first...grant.lastShared where outcomes.count < limits.transactionsPerBatch {
        let site = try engine.site(of: device.site, at: sequence)
        if let outcome = try engine.outcome(of: TransactionID(site: site, sequence: sequence)) {
          outcomes.append(outcome)
        }
      }
    }
    return .clone(
      lastSequence: try engine.lastKnownSequence(of: device), grant: grant, outcomes: outcomes)
  }

  private func answer(_ exchange: ExchangeRequest, _ merged: Merged)
    -> Result<SyncResponse, ExchangeError>
  {
    do {
      return .success(try database.read { try answer(exchange, merged, $0) })
    } catch {
      return .failure(Self.exchangeError(error))
    }
  }

  private func answer(_ exchange: ExchangeRequest, _ merged: Merged, _ engine: Engine) throws
    -> SyncResponse
  {
    let now = system.wallMilliseconds()
    guard let account = try engine.account(id: exchange.device.account) else {
      throw ExchangeError.revoked
    }
    var response = SyncResponse(
      status: .ok, modelVersion: model.version, clockMilliseconds: now, userName: account.name,
      userID: account.id.raw, grantVersion: account.grantVersion)
    switch account.spaces {
    case .all: response.editsAll = true
    case .some(let spaces): response.editableSpaces = spaces.sorted()
    }
    switch merged {
    case .failed(let error): throw error
    case .clone(let lastSequence, let grant, let outcomes):
      response.status = .clone
      response.lastSequence = lastSequence
      response.newSite = grant
      response.outcomes = outcomes
    case .restored(let shared, let outcomes, let lastSequence):
      response.status = .restored
      response.sharedPosition = shared
      if shared != nil {
        // What was returned is in the log up to here.
        response.cursor = Cursor(epoch: try engine.presentEpoch(), position: try engine.head())
        response.sealedCursor = try sealed(response.cursor, exchange, engine)
      }
      response.outcomes = outcomes
      response.lastSequence = lastSequence
    case .done(let from, let isReload, let grantVersion, let outcomes, let lastSequence):
      response.outcomes = outcomes
      response.lastSequence = lastSequence
      // The grants may have changed since the merge; a page is cut by those it was asked under.
      if isReload || grantVersion != account.grantVersion {
        response.status = .reload
        response.hasMore = true
        return response
      }
      try addPage(from: from, account, exchange, engine, &response)
    }
    return response
  }

  private func addPage(
    from position: Int64, _ account: Account, _ exchange: ExchangeRequest, _ engine: Engine,
    _ response: inout SyncResponse
  ) throws {
    let head = try engine.head()
    let asked = Int(exchange.request.pageBytes)
    let reader = PageReader(
      engine: engine, account: account, site: exchange.device.site,
      echoes: !exchange.request.wantsAll)
    let page = try reader.page(
      after: position, head: head,
      byteLimit: max(limits.smallestPageBytes, min(limits.pageBytes, asked)), limits: limits)
    let epoch = try engine.presentEpoch()
    response.page = page.bytes
    response.outcomes.removeAll { outcome in
      guard case .merged = outcome.verdict else { return false }
      return page.echoed.contains(outcome.sequence)
    }
    response.hasMore = page.hasMore
    response.cursor = Cursor(epoch: epoch, position: page.position)
    response.sealedCursor = try sealed(response.cursor, exchange, engine)
    response.stablePosition = try engine.collectedPosition()
    response.safePosition = try engine.fact("safePosition").intValue ?? 0
    if !page.hasMore {
      response.digests = try engine.digests().filter { account.mayRead($0.key) }
        .map { SyncResponse.AudienceDigest(audience: $0.key, sum: $0.value) }
        .sorted {
          ($0.audience.space, $0.audience.level) < ($1.audience.space, $1.audience.level)
        }
    }
  }
}

extension Engine {
  func presentEpoch() throws -> UInt64 {
    guard let id = try connection.scalar("SELECT id FROM _epoch ORDER BY number DESC LIMIT 1")
    else { throw StorageError.corrupt("a server without an epoch") }
    return UInt64(bitPattern: id)
  }

  /// The last position that belongs to an epoch; nil for one this server never opened.
  func epochEnd(_ epoch: UInt64) throws -> Int64? {
    guard
      let number = try connection.scalar(
        "SELECT number FROM _epoch WHERE id = ?", Int64(bitPattern: epoch))
    else { return nil }
    if let next = try connection.scalar(
      "SELECT first FROM _epoch WHERE number > ? ORDER BY number LIMIT 1", number)
    {
      return next - 1
    }
    return try head()
  }

  /// The running hash over all accepted transactions up to a position.
  func history(at position: Int64) throws -> Hash16? {
    let statement = try connection.statement("SELECT history FROM _transaction WHERE id = ?")
    defer { statement.reset() }
    statement.bind(1, position)
    guard try statement.step() else { return nil }
    return Hash16(bytes: statement.blob(0))
  }

  /// Whether the log up to a cursor is the one that the cursor was given for.
  func isShared(_ opened: CursorSeal.Opened) throws -> Bool {
    try opened.cursor.position == 0 || history(at: opened.cursor.position) == opened.history
  }

  /// The greatest position up to which tombstones were ever forgotten.
  func collectedPosition() throws -> Int64 { try fact("collected").intValue ?? 0 }

  /// Forgets the tombstones that every live device has passed: a device that was not heard of since
  /// `liveSince`, ms, holds nothing up, and loads anew when it comes back.
  func collectTombstones(liveSince: Int64) throws {
    let stable = try connection.scalar(
      """
      SELECT min(acknowledged) FROM _device
      WHERE state = 'active' AND coalesce(last_seen_at, enrolled_at) >= ?
      """, liveSince)
    guard let stable, try stable > collectedPosition() else { return }
    try collectTombstones(through: stable)
    try setFact("collected", .int(stable))
  }

  func device(site: UInt32) throws -> DeviceRecord? {
    try devices("site = ?", Int64(site)).first
  }

  func devices(_ condition: String, _ argument: Int64) throws -> [DeviceRecord] {
    let statement = try connection.statement(
      """
      SELECT site, account, name, state, last_seen_at, clock_offset, acknowledged, last_sequence,
        last_chain FROM _device WHERE \(condition)
      """)
    defer { statement.reset() }
    statement.bind(1, argument)
    var result: [DeviceRecord] = []
    while try statement.step() { result.append(DeviceRecord(statement)) }
    return result
  }

  func account(id: RowID) throws -> Account? {
    let statement = try connection.statement(
      "SELECT id, name, role, spaces, active, grant_version FROM _account WHERE id = ?")
    defer { statement.reset() }
    statement.bind(1, id.raw)
    return try statement.step() ? Account(statement) : nil
  }
}

extension DeviceRecord {
  init(_ statement: Statement) {
    self.init(
      site: UInt32(truncatingIfNeeded: statement.int(0)), account: RowID(statement.int(1)),
      name: statement.text(2), state: statement.text(3),
      lastSeenMilliseconds: statement.optionalInt(4),
      clockOffsetMilliseconds: statement.optionalInt(5), acknowledged: statement.int(6),
      lastSequence: UInt32(truncatingIfNeeded: statement.int(7)),
      lastChain: Hash16(bytes: statement.blob(8)) ?? .zero)
  }
}

extension Account {
  init(_ statement: Statement) {
    self.init(
      id: RowID(statement.int(0)), name: statement.text(1),
      role: Role(rawValue: statement.text(2)) ?? .reader,
      spaces: Spaces(stored: statement.text(3)), isActive: statement.int(4) != 0,
      grantVersion: UInt32(truncatingIfNeeded: statement.int(5)))
  }
}
