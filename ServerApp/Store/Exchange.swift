import Protocol
import Storage

/// Merging what devices offer, and telling them what is new.
extension SQLiteServerStore {
  public func exchange(_ requests: [ExchangeRequest]) -> [Result<SyncResponse, ExchangeError>] {
    do {
      // All of them in one transaction: the sync to disk is paid once.
      let merged = try database.write { engine in
        let merged = try requests.map { try mergeAll($0, engine) }
        CrashPoint.reach(.mergeDone)
        return merged
      }
      CrashPoint.reach(.mergeCommitted)
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
    case clone(lastSequence: UInt32)
    case restored
    case failed(ExchangeError)
    case done(
      from: Int64, isReload: Bool, grantVersion: UInt32, outcomes: [Outcome], lastSequence: UInt32)
  }

  /// Where a reader goes on.
  private struct Start {
    /// The position after which its page begins.
    let position: Int64
    let isReload: Bool
    /// No honest author has seen more than this; nil where nothing can be said, and nothing taken.
    let seenLimit: Int64?
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

    guard let start = try openCursor(request, device, account, engine) else { return .restored }
    guard let seenLimit = start.seenLimit else {
      return .done(
        from: 0, isReload: true, grantVersion: account.grantVersion, outcomes: [],
        lastSequence: device.lastSequence)
    }
    let batch: OfferedBatch
    do {
      batch = try OfferedBatch(request.batch, site: device.site, limits: limits)
    } catch {
      return .failed(.malformed("\(error)"))
    }
    var intake = Intake(
      engine: engine, model: model, limits: limits, device: device, account: account,
      request: request, seenLimit: seenLimit, nowMilliseconds: system.wallMilliseconds())
    guard try intake.takeAll(batch) else { return .clone(lastSequence: device.lastSequence) }
    try intake.finish(acknowledged: start.position, offered: batch)
    return .done(
      from: start.position, isReload: start.isReload, grantVersion: account.grantVersion,
      outcomes: intake.outcomes, lastSequence: intake.lastSequence)
  }

  /// Where the reader goes on; nil when its cursor lies past what this server ever said.
  private func openCursor(
    _ request: SyncRequest, _ device: DeviceRecord, _ account: Account, _ engine: Engine
  ) throws -> Start? {
    if request.cursor.isEmpty { return Start(position: 0, isReload: false, seenLimit: 0) }
    // A broken seal is the device's own trouble: it loads anew, and offers again when it has.
    guard case .bytes(let key) = try engine.fact("sealKey"),
      let opened = CursorSeal(key: key).open(request.cursor, site: device.site)
    else { return Start(position: 0, isReload: true, seenLimit: nil) }
    let cursor = opened.cursor
    guard let end = try engine.epochEnd(cursor.epoch), cursor.position <= end else { return nil }
    if cursor.position > 0 {
      guard try engine.history(at: cursor.position) == opened.history else { return nil }
    }
    // What was forgotten meanwhile cannot be told any more: late, and nothing is lost.
    let horizon = system.wallMilliseconds() - limits.horizonMilliseconds
    if !request.wantsAll, let lastSeen = device.lastSeenMilliseconds, lastSeen < horizon,
      try cursor.position < engine.collectedPosition()
    {
      return Start(position: 0, isReload: true, seenLimit: nil)
    }
    // Other grants mean other audiences: what is lost must go, what is gained must come whole. A
    // fresh load that began under other grants begins again.
    let isReload = request.grantVersion != account.grantVersion
    return Start(
      position: isReload ? 0 : cursor.position, isReload: isReload, seenLimit: cursor.position)
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
    case .clone(let lastSequence):
      response.status = .clone
      response.lastSequence = lastSequence
    case .restored: response.status = .restored
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
    guard case .bytes(let key) = try engine.fact("sealKey") else {
      throw StorageError.corrupt("the server's secret is missing")
    }
    response.sealedCursor = CursorSeal(key: key).seal(
      response.cursor, history: try engine.history(at: page.position) ?? .zero,
      site: exchange.device.site)
    response.stablePosition = try engine.collectedPosition()
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
