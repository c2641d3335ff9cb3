import Protocol
import Storage

/// Merges what comes back late: transactions, whole or in part, that stood in a life of the log that was
/// lost, and the rest of those that are here in part.
struct ReturnMerger {
  let engine: Engine
  let limits: SyncLimits
  /// The device that brings them, and its owner.
  let device: DeviceRecord
  let account: Account
  let nowMilliseconds: Int64
  /// The life that the device comes from, and the epoch by which it names it; nil where it is in this
  /// one, and offers what another has returned in part.
  var origin: (life: Life, epoch: UInt64)?

  /// The rest of a transaction of which another device could only bring a part. False where what both
  /// brought is not the same.
  func complete(_ offered: OfferedBatch.Offered, _ known: Int64) throws -> Bool {
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
        guard present.isSame(as: operation) else { return false }
      } else if first.hidden.isEmpty {
        return false  // It is whole here, and has no such operation.
      } else {
        rest.append((index, operation))
      }
    }
    try notePlaces(offered, known)
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
      try accept(
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

  func accept(
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
          engine: engine, id: transaction.id,
          places: try placesInLives(offered) + knownPlaces(of: transaction.id)))
      merger.isNewer = transaction.modelVersion > engine.model.version
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
    try engine.erase(operations, before: position)
    try engine.keepJudged(seen, of: position, said: transaction.seen)
    try notePlaces(offered, position)
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
  func stamp(_ transaction: BatchTransaction) -> HLC {
    let latest = HLC(milliseconds: nowMilliseconds + ClockRule.toleranceMilliseconds)
    return min(transaction.stamp, latest)
  }

  // MARK: Places

  private func placesInLives(_ offered: OfferedBatch.Offered) throws
    -> [(life: Int64, cursor: Cursor)]
  {
    guard let (life, epoch) = origin else { return [] }
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

  /// The places of what another device has brought of it.
  private func knownPlaces(of id: TransactionID) throws -> [(life: Int64, cursor: Cursor)] {
    try engine.number(of: id).map { try engine.places(of: $0) } ?? []
  }

  /// How often one transaction can have been lost: a bound.
  private static let placeLimit = 64

  /// Whether nobody else is said to have stood where this one did.
  func isFree(_ offered: OfferedBatch.Offered) throws -> Bool {
    guard let life = origin?.life, offered.transaction.mode != .refused else { return true }
    let other = try engine.transaction(at: offered.transaction.position, in: life.id)
    return other.map { $0 == offered.transaction.id } ?? true
  }

  private func notePlaces(_ offered: OfferedBatch.Offered, _ number: Int64) throws {
    for (life, cursor) in try placesInLives(offered) {
      try engine.notePlace(life, cursor, of: number)
    }
  }

  func keepAside(
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
