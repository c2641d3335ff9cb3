import Protocol
import Storage

/// Takes one device's offered transactions, in sequence order, and gives each its outcome.
struct Intake {
  let engine: Engine
  let model: Model
  let limits: SyncLimits
  let device: DeviceRecord
  let account: Account
  let request: SyncRequest
  /// No honest author has seen more than the cursor the device comes with.
  let states: SeenJudge
  let nowMilliseconds: Int64

  private(set) var outcomes: [Outcome] = []
  private(set) var lastSequence: UInt32
  private var lastChain: Hash16
  private var previousStamp: HLC = .zero

  init(
    engine: Engine, model: Model, limits: SyncLimits, device: DeviceRecord, account: Account,
    request: SyncRequest, states: SeenJudge, nowMilliseconds: Int64
  ) {
    self.engine = engine
    self.model = model
    self.limits = limits
    self.device = device
    self.account = account
    self.request = request
    self.states = states
    self.nowMilliseconds = nowMilliseconds
    lastSequence = device.lastSequence
    lastChain = device.lastChain
  }

  /// What stops an offer as a whole: nothing of it is taken.
  enum Verdict {
    case taken
    /// The device is another copy of a replica that synced before.
    case clone
    /// A server that was put back lacks what the device made before: it offers from there again.
    case gap
  }

  mutating func takeAll(_ batch: OfferedBatch) throws -> Verdict {
    let known = try engine.lastKnownSequence(of: device)
    let chains: [Hash16]
    switch try judge(batch, known) {
    case .stopped(let verdict): return verdict
    case .fits(let found): chains = found
    }
    previousStamp = try engine.lastStamp(of: device.site)
    for (offered, chain) in zip(batch.offered, chains) {
      let id = offered.transaction.id
      // Offered before; or another device has returned it before its author came.
      if id.sequence <= known, let outcome = try engine.outcome(of: id) {
        try complete(offered, chain)
        outcomes.append(outcome)
      } else if offered.transaction.mode == .refused {
        try quarantine(
          offered, chain, offered.transaction.authorStamp, MergeRefusal(.refusedBefore, ""))
      } else {
        try take(offered, chain: chain)
      }
      if id.sequence > lastSequence {
        lastSequence = id.sequence
        lastChain = chain
      }
    }
    return .taken
  }

  private enum Judged {
    /// The chain after each transaction.
    case fits([Hash16])
    case stopped(Verdict)
  }

  /// Compares chains: what was offered before must be the same, what is new must follow without a
  /// gap, and end in the chain that the device has.
  private mutating func judge(_ batch: OfferedBatch, _ known: UInt32) throws -> Judged {
    if request.lastSequence < known { return .stopped(.clone) }
    let last = TransactionID(site: device.site, sequence: request.lastSequence)
    if request.lastSequence > 0, request.lastSequence == known,
      let chain = try engine.chain(after: last), chain != request.lastChain
    {
      return .stopped(.clone)
    }
    guard let first = batch.offered.first?.transaction.id else { return .fits([]) }
    guard let before = try chain(before: first) else {
      lastSequence = try engine.lastChained(before: first)
      return .stopped(.gap)
    }
    var chain = Chain(link: before)
    var chains: [Hash16] = []
    var expected = first.sequence
    for (index, offered) in batch.offered.enumerated() {
      let id = offered.transaction.id
      guard id.sequence == expected else {
        throw ExchangeError.malformed("transaction \(expected) is missing")
      }
      expected += 1
      chain.append(offered.transaction.header, operations: offered.body.hashes)
      chains.append(chain.link)
      if id.sequence <= known, let present = try engine.chain(after: id), present != chain.link {
        return .stopped(.clone)
      }
      if batch.endsRun(index), batch.runs[offered.transaction.run].lastChain != chain.link {
        throw ExchangeError.malformed("a chain that does not fit its transactions")
      }
    }
    return .fits(chains)
  }

  /// Another device could return no more than a part of it.
  private func complete(_ offered: OfferedBatch.Offered, _ chain: Hash16) throws {
    guard offered.transaction.mode == .full,
      let number = try engine.number(of: offered.transaction.id),
      try engine.missingOperations(of: offered.transaction.id) > 0
    else { return }
    let merger = ReturnMerger(
      engine: engine, limits: limits, device: device, account: account,
      nowMilliseconds: nowMilliseconds)
    if try !merger.complete(offered, number) {
      try merger.keepAside(
        offered, chain, MergeRefusal(.brokenChain, ""), returnedBy: device.site)
    }
  }

  private func chain(before first: TransactionID) throws -> Hash16? {
    if let chain = try engine.chain(before: first) { return chain }
    return first.sequence == device.lastSequence + 1 ? device.lastChain : nil
  }

  private mutating func take(_ offered: OfferedBatch.Offered, chain: Hash16) throws {
    let transaction = offered.transaction
    let position = try engine.head() + 1
    let seen = try states.judge(transaction.seen)
    let stamp = ClockRule.effective(
      offered: transaction.authorStamp, sequence: transaction.id.sequence, jumps: request.jumps,
      presentOffsetMilliseconds: nowMilliseconds - request.clockMilliseconds,
      serverMilliseconds: nowMilliseconds,
      greatestSeen: try seen.map(engine.greatestStamp) ?? .zero,
      previous: previousStamp)
    previousStamp = stamp
    do {
      let effects = try engine.connection.savepoint {
        try merge(offered, position: position, stamp: stamp, seen: seen)
      }
      try engine.accept(
        StoredTransaction(
          number: position, header: transaction.header, stamp: stamp, position: position,
          operationCount: offered.operations.count, nonce: offered.nonce, chain: chain,
          body: offered.body.bytes, extra: effects.encoded),
        audiences: effects.touchedAudiences)
      if let seen { try engine.keepJudged(seen, of: position, said: transaction.seen) }
      CrashPoint.reach(.mergeAccepted)
      outcomes.append(
        Outcome(
          sequence: transaction.id.sequence, verdict: .merged(position: position, stamp: stamp)))
    } catch {
      let refusal = try MergeRefusal(of: error, engine)
      engine.forget()
      try quarantine(offered, chain, stamp, refusal)
    }
  }

  private mutating func quarantine(
    _ offered: OfferedBatch.Offered, _ chain: Hash16, _ stamp: HLC, _ refusal: MergeRefusal
  ) throws {
    try engine.quarantine(
      offered.transaction, operations: offered.operations, body: offered.body.bytes,
      nonce: offered.nonce, chain: chain, stamp: stamp, reason: refusal.reason,
      detail: refusal.detail, at: nowMilliseconds)
    CrashPoint.reach(.mergeQuarantined)
    outcomes.append(
      Outcome(
        sequence: offered.transaction.id.sequence,
        verdict: .refused(refusal.reason, detail: refusal.detail)))
  }

  private func merge(
    _ offered: OfferedBatch.Offered, position: Int64, stamp: HLC, seen: JudgedSeen?
  ) throws -> Effects {
    guard let seen else { throw MergeRefusal(.unseenCursor, "") }
    let transaction = offered.transaction
    guard transaction.user == account.id.raw else {
      throw MergeRefusal(InvalidDetail(.anothersName))
    }
    guard offered.body.bytes.count <= limits.transactionBytes else {
      throw MergeRefusal(.tooLarge, "\(offered.body.bytes.count)")
    }
    let writer = Writer(
      number: position, id: transaction.id, hlc: stamp, user: transaction.user,
      position: position)
    engine.rememberPending(writer)
    var merger = TransactionMerger(
      engine: engine, writer: writer,
      knows: try engine.knowledge(transaction.id, seen),
      account: account, knownRefused: transaction.knownRefused,
      authoredAt: transaction.authorStamp, states: states)
    merger.isNewer = transaction.modelVersion > model.version
    let effects = try merger.merge(offered.operations)
    // Inside the savepoint: what a refusal undoes must not be in the digest.
    try engine.flushDigest()
    return effects
  }

  /// Notes what the device has, for the admin and for what can be forgotten.
  ///
  /// What it offers was made in earlier states than it is in now; the rest of its outbox in later
  /// ones than that.
  func finish(acknowledged cursor: Int64, offered: OfferedBatch) throws {
    var acknowledged = cursor
    for transaction in offered.offered {
      acknowledged = min(
        acknowledged, try states.judge(transaction.transaction.seen)?.position ?? 0)
    }
    let update = try engine.connection.statement(
      """
      UPDATE _device SET last_seen_at = ?, clock_offset = ?, acknowledged = max(acknowledged, ?),
        last_sequence = ?, last_chain = ? WHERE site = ?
      """)
    update.bind(1, nowMilliseconds)
    update.bind(2, nowMilliseconds - request.clockMilliseconds)
    update.bind(3, acknowledged)
    update.bind(4, Int64(lastSequence))
    update.bind(5, lastChain.bytes)
    update.bind(6, Int64(device.site))
    try update.run()
    try engine.collectTombstones(
      liveSince: nowMilliseconds - limits.horizonMilliseconds)
  }
}
