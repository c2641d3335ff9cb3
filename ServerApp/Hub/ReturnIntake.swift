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
  let device: DeviceRecord
  let nowMilliseconds: Int64
  /// The epoch of the device's cursor: how devices name the life.
  private let epoch: UInt64
  private(set) var life: Life { didSet { merger.origin?.life = life } }
  private var merger: ReturnMerger

  /// Of the device's own transactions.
  private(set) var outcomes: [Outcome] = []
  private(set) var lastSequence: UInt32
  private var lastChain: Hash16
  private let ownSites: [Forebear]

  init(
    engine: Engine, limits: SyncLimits, device: DeviceRecord, account: Account, life: Life,
    epoch: UInt64, nowMilliseconds: Int64
  ) throws {
    self.engine = engine
    self.device = device
    self.nowMilliseconds = nowMilliseconds
    self.life = life
    self.epoch = epoch
    merger = ReturnMerger(
      engine: engine, limits: limits, device: device, account: account,
      nowMilliseconds: nowMilliseconds, origin: (life, epoch))
    lastSequence = device.lastSequence
    lastChain = device.lastChain
    ownSites =
      try [Forebear(site: device.site, lastShared: UInt32.max)] + engine.forebears(of: device.site)
  }

  enum Verdict {
    case taken
    /// The device turns out to be another copy of a replica that synced before.
    case clone
    /// The device was in another life than was known, and returns everything again.
    case otherLife
  }

  mutating func takeAll(_ batch: OfferedBatch) throws -> Verdict {
    if try batch.offered.contains(where: { try !merger.isFree($0) }) {
      guard try engine.split(life, epoch: epoch, site: device.site) else {
        throw ExchangeError.malformed("two transactions of one position")
      }
      return .otherLife
    }
    let links = try links(batch)
    for (index, offered) in batch.offered.enumerated() {
      let transaction = offered.transaction
      let isOwn = ownSites.contains { $0.includes(transaction.id) }
      try checkPlace(transaction, isOwn)
      let fits: Bool
      if let known = try engine.number(of: transaction.id) {
        fits = try merger.complete(offered, known)
        if fits { try raiseShared(transaction, links[index].chain, known) }
        if fits, isOwn { try tellMerged(known, transaction) }
      } else if try isKnownRefused(offered, isOwn, links[index]) {
        fits = true
      } else if transaction.mode == .refused {
        try quarantine(offered, links[index].chain, MergeRefusal(.refusedBefore, ""), isOwn)
        fits = true
      } else {
        fits = links[index].fits
        if fits { try take(offered, links[index].chain, isOwn) }
      }
      if !fits {
        if isOwn { return .clone }
        try quarantine(offered, links[index].chain, MergeRefusal(.brokenChain, ""), isOwn)
      }
      if transaction.id.site == device.site { advance(transaction, links[index].chain) }
    }
    return .taken
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
    try engine.raiseShared(of: life, site: device.site)
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
    let stamp = merger.stamp(offered.transaction)
    do {
      try merger.accept(
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
    try merger.keepAside(offered, chain, refusal, returnedBy: isOwn ? nil : device.site)
  }
}
