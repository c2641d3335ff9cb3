import Protocol
import Storage

/// What a device offers, decoded and bound to its site.
struct OfferedBatch {
  struct Offered {
    let transaction: BatchTransaction
    let nonce: Hash16
    let operations: [Operation]
    let body: OperationBody
  }
  let offered: [Offered]
  /// For each run: the chain its device says it has after the run's last transaction.
  let runs: [BatchRun]

  init(_ bytes: [UInt8], site: UInt32, limits: SyncLimits) throws(DecodeError) {
    guard !bytes.isEmpty else {
      offered = []
      runs = []
      return
    }
    (offered, runs) = try bytes.decode { reader throws(DecodeError) in
      var batch = try BatchReader(&reader, limits: limits)
      var offered: [Offered] = []
      for transaction in batch.transactions {
        guard transaction.id.site == site, transaction.mode == .full else {
          throw .invalid(what: "transaction in another's name", offset: 0)
        }
        guard transaction.operationCount <= limits.operationsPerTransaction else {
          throw .outOfBounds(what: "operations of a transaction", offset: 0)
        }
        let nonce = batch.runs[transaction.run].nonce
        var body = OperationBody(
          key: Chain.transactionKey(nonce: nonce, sequence: transaction.id.sequence))
        var operations: [Operation] = []
        for _ in 0..<transaction.operationCount {
          let head = try batch.nextOperation()
          let operation = try batch.operation(head)
          body.append(operation)
          operations.append(operation)
        }
        offered.append(
          Offered(
            transaction: transaction, nonce: nonce, operations: operations, body: body))
      }
      try batch.finish()
      return (offered, batch.runs)
    }
  }
}

/// Takes one device's offered transactions, in sequence order, and gives each its outcome.
struct Intake {
  let engine: Engine
  let model: Model
  let limits: SyncLimits
  let device: DeviceRecord
  let account: Account
  let request: SyncRequest
  /// No honest author has seen more than the cursor the device comes with.
  let seenLimit: Int64
  let nowMilliseconds: Int64

  private(set) var outcomes: [Outcome] = []
  private(set) var lastSequence: UInt32
  private var lastChain: Hash16
  private var previousStamp: HLC = .zero

  init(
    engine: Engine, model: Model, limits: SyncLimits, device: DeviceRecord, account: Account,
    request: SyncRequest, seenLimit: Int64, nowMilliseconds: Int64
  ) {
    self.engine = engine
    self.model = model
    self.limits = limits
    self.device = device
    self.account = account
    self.request = request
    self.seenLimit = seenLimit
    self.nowMilliseconds = nowMilliseconds
    lastSequence = device.lastSequence
    lastChain = device.lastChain
  }

  /// False when the device turns out to be another copy of a replica that synced before: nothing of
  /// what it offers is taken.
  mutating func takeAll(_ batch: OfferedBatch) throws -> Bool {
    guard try isSameReplica(batch) else { return false }
    previousStamp = try engine.lastStamp(of: device.site)
    for offered in batch.offered {
      let sequence = offered.transaction.id.sequence
      if sequence <= device.lastSequence {
        if let outcome = try engine.outcome(of: offered.transaction.id) {
          outcomes.append(outcome)
        }
        continue
      }
      var chain = Chain(link: lastChain)
      chain.append(offered.transaction.header, operations: offered.body.hashes)
      try take(offered, chain: chain.link)
      lastSequence = sequence
      lastChain = chain.link
    }
    return true
  }

  /// Compares chains: what was offered before must be the same, what is new must follow without a
  /// gap, and end in the chain that the device has.
  private func isSameReplica(_ batch: OfferedBatch) throws -> Bool {
    if request.lastSequence < device.lastSequence { return false }
    if request.lastSequence == device.lastSequence, device.lastSequence > 0,
      request.lastChain != device.lastChain
    {
      return false
    }
    guard let first = batch.offered.first?.transaction.id.sequence else { return true }
    guard first <= device.lastSequence + 1 else {
      throw ExchangeError.malformed("transaction \(device.lastSequence + 1) is missing")
    }
    var chain = Chain(
      link: first == 1 ? .zero : try engine.chain(of: TransactionID(site: device.site, sequence: first - 1)))
    var expected = first
    for (index, offered) in batch.offered.enumerated() {
      guard offered.transaction.id.sequence == expected else {
        throw ExchangeError.malformed("transaction \(expected) is missing")
      }
      expected += 1
      chain.append(offered.transaction.header, operations: offered.body.hashes)
      if offered.transaction.id.sequence <= device.lastSequence,
        try engine.chain(of: offered.transaction.id) != chain.link
      {
        return false
      }
      let endsRun =
        index + 1 == batch.offered.count
        || batch.offered[index + 1].transaction.run != offered.transaction.run
      let isLastOfRun =
        endsRun
        && !batch.offered[(index + 1)...].contains {
          $0.transaction.run == offered.transaction.run
        }
      if isLastOfRun, batch.runs[offered.transaction.run].lastChain != chain.link {
        throw ExchangeError.malformed("a chain that does not fit its transactions")
      }
    }
    return true
  }

  private mutating func take(_ offered: OfferedBatch.Offered, chain: Hash16) throws {
    let transaction = offered.transaction
    let position = try engine.head() + 1
    let seen = try judge(transaction.seen)
    let stamp = ClockRule.effective(
      offered: transaction.authorStamp, sequence: transaction.id.sequence, jumps: request.jumps,
      presentOffsetMilliseconds: nowMilliseconds - request.clockMilliseconds,
      serverMilliseconds: nowMilliseconds, greatestSeen: try engine.greatestStamp(at: seen ?? 0),
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
      CrashPoint.reach(.mergeAccepted)
      outcomes.append(
        Outcome(
          sequence: transaction.id.sequence, verdict: .merged(position: position, stamp: stamp)))
    } catch {
      let refusal = try Self.refusal(for: error, engine)
      engine.forget()
      try engine.quarantine(
        transaction, operations: offered.operations, body: offered.body.bytes,
        nonce: offered.nonce, chain: chain, stamp: stamp, reason: refusal.reason,
        detail: refusal.detail, at: nowMilliseconds)
      CrashPoint.reach(.mergeQuarantined)
      outcomes.append(
        Outcome(
          sequence: transaction.id.sequence,
          verdict: .refused(refusal.reason, detail: refusal.detail)))
    }
  }

  /// What failed for a reason of its own goes to quarantine, so that the queue goes on; a full disk or
  /// a lost lock is nobody's fault: the whole batch is tried again.
  private static func refusal(for error: any Error, _ engine: Engine) throws -> MergeRefusal {
    switch error {
    case let refusal as MergeRefusal: return refusal
    case StorageError.sql(_, let message) where engine.connection.isInTransaction:
      return MergeRefusal(InvalidDetail(.notStored, message))
    default: throw error
    }
  }

  /// `seen` as a position; nil for a cursor nobody can have had.
  private func judge(_ seen: Cursor) throws -> Int64? {
    guard let position = try engine.seenPosition(seen) else { return 0 }
    return position <= seenLimit ? position : nil
  }

  private func merge(
    _ offered: OfferedBatch.Offered, position: Int64, stamp: HLC, seen: Int64?
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
      knows: Knowledge(site: transaction.id.site, sequence: transaction.id.sequence, seen: seen),
      account: account, knownRefused: transaction.knownRefused,
      authoredAt: transaction.authorStamp, seenLimit: seenLimit)
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
      acknowledged = min(acknowledged, try judge(transaction.transaction.seen) ?? 0)
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
