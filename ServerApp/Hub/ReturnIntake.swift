import Protocol
import Storage

/// Takes back what a server that was put back from a backup has lost, from a device that has it.
///
/// What a device says of others is checked as far as it can be without signatures: only transactions
/// above the border of the life it comes from and at or below the cursor it had there; a chain that
/// goes on from what the server knows, or begins after a gap; one transaction at a place; and all that
/// an offered one is checked for, by its author's rights. What its author did not bring is marked.
struct ReturnIntake {
  let engine: Engine
  let model: Model
  let limits: SyncLimits
  let device: DeviceRecord
  let account: Account
  private(set) var life: Life
  /// The epoch of the device's cursor: how devices name the life.
  let epoch: UInt64
  let nowMilliseconds: Int64

  /// Of the device's own transactions.
  private(set) var outcomes: [Outcome] = []
  private(set) var lastSequence: UInt32
  private var lastChain: Hash16
  private let ownSites: [Forebear]

  init(
    engine: Engine, model: Model, limits: SyncLimits, device: DeviceRecord, account: Account,
    life: Life, epoch: UInt64, nowMilliseconds: Int64
  ) throws {
    self.engine = engine
    self.model = model
    self.limits = limits
    self.device = device
    self.account = account
    self.life = life
    self.epoch = epoch
    self.nowMilliseconds = nowMilliseconds
    lastSequence = device.lastSequence
    lastChain = device.lastChain
    ownSites =
      try [Forebear(site: device.site, lastShared: UInt32.max)] + engine.forebears(of: device.site)
  }

  /// False when the device turns out to be another copy of a replica that synced before.
  mutating func takeAll(_ batch: OfferedBatch) throws -> Bool {
    let links = try links(batch)
    for (index, offered) in batch.offered.enumerated() {
      let transaction = offered.transaction
      let isOwn = ownSites.contains { $0.includes(transaction.id) }
      try checkPlace(transaction, isOwn)
      let fits: Bool
      if let known = try engine.number(of: transaction.id) {
        fits = try complete(offered, known)
        if fits { try raiseShared(transaction, links[index].chain, known) }
        if fits, isOwn { try tellMerged(known, transaction) }
      } else if try isKnownRefused(offered, isOwn, links[index]) {
        fits = true
      } else if transaction.mode == .refused {
        try quarantine(offered, links[index].chain, MergeRefusal(.refusedBefore, ""), isOwn)
        fits = true
      } else {
        fits = try links[index].fits && areFree(placesInLives(offered), transaction.id)
        if fits { try take(offered, links[index].chain, isOwn) }
      }
      if !fits {
        if isOwn { return false }
        try quarantine(offered, links[index].chain, MergeRefusal(.brokenChain, ""), isOwn)
      }
      if transaction.id.site == device.site { advance(transaction, links[index].chain) }
    }
    return true
  }

  /// Where a device returns without a gap what is here at the same position, both logs are the same up
  /// to there.
  private mutating func raiseShared(
    _ transaction: BatchTransaction, _ chain: Hash16, _ known: Int64
  ) throws {
    guard transaction.position == life.shared + 1, known == transaction.position,
      chain != .zero, try engine.chain(of: transaction.id) == chain,
      try engine.writer(known).hlc == transaction.stamp
    else { return }
    life = Life(id: life.id, shared: transaction.position, reached: life.reached)
    try engine.raiseShared(of: life)
  }

  private mutating func advance(_ transaction: BatchTransaction, _ chain: Hash16) {
    // Own transactions come in order; only without a gap does the next offer go on from here.
    guard transaction.id.sequence == lastSequence + 1, chain != .zero else { return }
    lastSequence = transaction.id.sequence
    lastChain = chain
  }

  func finish() throws {
    let update = try engine.connection.statement(
      "UPDATE _device SET last_seen_at = ?, last_sequence = ?, last_chain = ? WHERE site = ?")
    update.bind(1, nowMilliseconds)
    update.bind(2, Int64(lastSequence))
    update.bind(3, lastChain.bytes)
    update.bind(4, Int64(device.site))
    try update.run()
  }

  // MARK: Checks

  private func checkPlace(_ transaction: BatchTransaction, _ isOwn: Bool) throws {
    if transaction.mode == .refused {
      guard isOwn else { throw ExchangeError.malformed("a refusal of another's transaction") }
      return
    }
    // An own one may have been accepted above the device's cursor, when its page was cut. Another
    // device may have shown meanwhile that the logs are the same further on.
    let isPlace =
      try transaction.position > life.shared || engine.number(of: transaction.id) != nil
    guard isPlace, isOwn || transaction.position <= life.reached else {
      throw ExchangeError.malformed("a transaction of position \(transaction.position)")
    }
  }

  private struct Link {
    /// The chain after the transaction; zero where it cannot be said.
    var chain: Hash16
    var fits = true
  }

  /// Follows each run from the chain that the server knows, or from nothing after a gap.
  private func links(_ batch: OfferedBatch) throws -> [Link] {
    var result: [Link] = []
    var last: [Int: (sequence: UInt32, chain: Hash16)] = [:]
    var members: [Int: [Int]] = [:]
    for (index, offered) in batch.offered.enumerated() {
      let (id, run) = (offered.transaction.id, offered.transaction.run)
      var before = last[run].flatMap { $0.sequence + 1 == id.sequence ? $0.chain : nil }
      if before == nil { before = try engine.chain(before: id) }
      var after = Hash16.zero
      if offered.transaction.mode != .partial, let before {
        var chain = Chain(link: before)
        chain.append(offered.transaction.header, operations: offered.body.hashes)
        after = chain.link
      }
      members[run, default: []].append(index)
      let said = batch.runs[run].lastChain
      result.append(Link(chain: after))
      if batch.endsRun(index), said != .zero {
        if after == .zero {
          after = said
          result[index].chain = said
        } else if after != said {
          for member in members[run] ?? [] { result[member].fits = false }
        }
      }
      last[run] = after == .zero ? nil : (id.sequence, after)
    }
    return result
  }

  /// Whether the transaction is in quarantine and stays there. What another device brought before is
  /// tried again: what it lacked may be here by now.
  private mutating func isKnownRefused(
    _ offered: OfferedBatch.Offered, _ isOwn: Bool, _ link: Link
  ) throws -> Bool {
    let id = offered.transaction.id
    guard let outcome = try engine.outcome(of: id) else { return false }
    if try engine.returner(ofQuarantined: id) != nil, offered.transaction.mode != .refused {
      try engine.forgetQuarantined(id)
      return false
    }
    if isOwn { outcomes.append(outcome) }
    return true
  }

  // MARK: Merging

  private mutating func take(
    _ offered: OfferedBatch.Offered, _ chain: Hash16, _ isOwn: Bool
  ) throws {
    let position = try engine.head() + 1
    let stamp = stamp(offered.transaction)
    do {
      try mergeAndAccept(
        offered, offered.operations, offered.body.bytes, at: position, stamp, chain,
        missing: offered.missing)
      if !isOwn {
        try engine.noteReturned(position, by: device.site, at: nowMilliseconds)
      }
      CrashPoint.reach(.returnAccepted)
      if isOwn {
        outcomes.append(
          Outcome(
            sequence: offered.transaction.id.sequence,
            verdict: .merged(position: position, stamp: stamp)))
      }
    } catch {
      let refusal = try MergeRefusal(of: error, engine)
      engine.forget()
      try quarantine(offered, chain, refusal, isOwn)
    }
  }

  /// The rest of a transaction of which another device could only bring a part. False where what both
  /// brought is not the same.
  private func complete(_ offered: OfferedBatch.Offered, _ known: Int64) throws -> Bool {
    let pieces = try engine.pieces(of: offered.transaction.id)
    guard let first = pieces.first, first.header == offered.transaction.header else { return false }
    var held: [Int: Operation] = [:]
    for piece in pieces {
      let operations = try piece.decodedOperations()
      let indices = MissingOperation.indices(
        present: operations.count, missing: try MissingOperation.decoded(piece.hidden))
      for (index, operation) in zip(indices, operations) { held[index] = operation }
    }
    let indices = MissingOperation.indices(
      present: offered.operations.count, missing: offered.missing)
    var rest: [(index: Int, operation: Operation)] = []
    for (index, operation) in zip(indices, offered.operations) {
      if let present = held[index] {
        guard present == operation else { return false }
      } else if first.hidden.isEmpty {
        return false  // It is whole here, and has no such operation.
      } else {
        rest.append((index, operation))
      }
    }
    guard try notePlaces(offered, known) else { return false }
    if !rest.isEmpty { try takeRest(offered, rest, first) }
    return true
  }

  private func takeRest(
    _ offered: OfferedBatch.Offered, _ rest: [(index: Int, operation: Operation)],
    _ first: StoredTransaction
  ) throws {
    let position = try engine.head() + 1
    let brought = Set(rest.map(\.index))
    var missing = offered.missing
    for (place, index) in MissingOperation.indices(
      present: offered.operations.count, missing: offered.missing
    ).enumerated()
    where !brought.contains(index) {
      missing.append(MissingOperation(index: index, hash: offered.body.hashes[place]))
    }
    missing.sort { $0.index < $1.index }
    var body = ByteWriter()
    for (_, operation) in rest { OperationCodec.append(operation, to: &body) }
    do {
      try mergeAndAccept(
        offered, rest.map(\.operation), body.bytes, at: position, first.stamp, first.chain,
        missing: missing, isRest: true)
      try engine.noteReturned(position, by: device.site, at: nowMilliseconds)
    } catch {
      // What is there of it stays; the rest is with the admin.
      let refusal = try MergeRefusal(of: error, engine)
      engine.forget()
      try keepAside(offered, first.chain, refusal, returnedBy: device.site)
    }
  }

  private func mergeAndAccept(
    _ offered: OfferedBatch.Offered, _ operations: [Operation], _ body: [UInt8], at position: Int64,
    _ stamp: HLC, _ chain: Hash16, missing: [MissingOperation], isRest: Bool = false
  ) throws {
    let transaction = offered.transaction
    let states = SeenJudge(engine: engine, site: device.site, limit: Int64.max)
    guard let seen = try states.judge(transaction.seen) else {
      throw MergeRefusal(.unseenCursor, "")
    }
    let effects = try engine.connection.savepoint {
      guard body.count <= limits.transactionBytes else {
        throw MergeRefusal(.tooLarge, "\(body.count)")
      }
      let writer = Writer(
        number: position, id: transaction.id, hlc: stamp, user: transaction.user,
        position: position)
      engine.rememberPending(writer)
      var merger = TransactionMerger(
        engine: engine, writer: writer, knows: try engine.knowledge(transaction.id, seen),
        account: try author(transaction.user), knownRefused: transaction.knownRefused,
        authoredAt: transaction.authorStamp, states: states, isServer: transaction.user == 0,
        late: LateJudge(
          engine: engine, id: transaction.id, places: try placesInLives(offered)))
      let effects = try merger.merge(operations)
      try engine.flushDigest()
      return effects
    }
    var stored = StoredTransaction(
      number: position, header: transaction.header, stamp: stamp, position: position,
      operationCount: operations.count, nonce: offered.nonce, chain: chain, body: body,
      extra: effects.encoded)
    stored.hidden = MissingOperation.encoded(missing)
    try engine.accept(stored, audiences: effects.touchedAudiences, isRest: isRest)
    try engine.keepJudged(seen, of: position, said: transaction.seen)
    _ = try notePlaces(offered, position)
  }

  /// By whose rights it is judged: its author's. What the server itself had written is taken from who
  /// may write it: a device cannot make up what only the server may say.
  private func author(_ user: Int64) throws -> Account {
    if user == 0 { return account }
    guard let author = try engine.account(id: RowID(user)) else {
      throw MergeRefusal(.noRight, "unknown user")
    }
    return author
  }

  /// A stamp that was acknowledged once stays, but for one that no server can have given.
  private func stamp(_ transaction: BatchTransaction) -> HLC {
    let latest = HLC(milliseconds: nowMilliseconds + ClockRule.toleranceMilliseconds)
    return min(transaction.stamp, latest)
  }

  // MARK: Places

  private func placesInLives(_ offered: OfferedBatch.Offered) throws
    -> [(life: Int64, cursor: Cursor)]
  {
    var result = [
      (life: life.id, cursor: Cursor(epoch: epoch, position: offered.transaction.position))
    ]
    for place in offered.places.prefix(Self.placeLimit) {
      let end = try engine.epochEnd(place.epoch) ?? 0
      if place.position <= end { continue }
      let older: Int64
      if let known = try engine.life(ofEpoch: place.epoch) {
        older = known.id
      } else {
        // Nobody who was there has come yet: what is the same is not known, so as little as can be.
        older = try engine.noteLife(epochs: [place.epoch], shared: min(end, life.shared)).id
      }
      result.append((older, place))
    }
    return result
  }

  /// How often one transaction can have been lost: a bound.
  private static let placeLimit = 64

  /// Whether nobody else is said to have stood there: then one of the two is made up.
  private func areFree(_ places: [(life: Int64, cursor: Cursor)], _ id: TransactionID) throws
    -> Bool
  {
    try places.allSatisfy { life, cursor in
      try engine.transaction(at: cursor.position, in: life).map { $0 == id } ?? true
    }
  }

  private func notePlaces(_ offered: OfferedBatch.Offered, _ number: Int64) throws -> Bool {
    for (life, cursor) in try placesInLives(offered) {
      guard try engine.notePlace(life, cursor, of: number, offered.transaction.id) else {
        return false
      }
    }
    return true
  }

  // MARK: Outcomes

  private mutating func tellMerged(_ known: Int64, _ transaction: BatchTransaction) throws {
    let writer = try engine.writer(known)
    outcomes.append(
      Outcome(
        sequence: transaction.id.sequence,
        verdict: .merged(position: writer.position, stamp: writer.hlc)))
  }

  private mutating func quarantine(
    _ offered: OfferedBatch.Offered, _ chain: Hash16, _ refusal: MergeRefusal, _ isOwn: Bool
  ) throws {
    if isOwn {
      outcomes.append(
        Outcome(
          sequence: offered.transaction.id.sequence,
          verdict: .refused(refusal.reason, detail: refusal.detail)))
    }
    try keepAside(offered, chain, refusal, returnedBy: isOwn ? nil : device.site)
  }

  private func keepAside(
    _ offered: OfferedBatch.Offered, _ chain: Hash16, _ refusal: MergeRefusal, returnedBy: UInt32?
  ) throws {
    if try engine.isQuarantined(offered.transaction.id) { return }
    try engine.quarantine(
      offered.transaction, operations: offered.operations, body: offered.body.bytes,
      nonce: offered.nonce, chain: chain, stamp: stamp(offered.transaction),
      reason: refusal.reason, detail: refusal.detail, at: nowMilliseconds,
      returnedBy: returnedBy)
    CrashPoint.reach(.mergeQuarantined)
  }
}
