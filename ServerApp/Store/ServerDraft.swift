import Protocol
import Storage

/// The operations of one transaction of the server itself.
public struct ServerDraft {
  let engine: Engine
  let site: UInt32
  private(set) var operations: [Operation] = []
  private(set) var lastRow: UInt32
  public let createdAt: Int64
  /// An id was taken that stands for more than a row: the counter moves even without operations.
  var keepsRowCounter = false

  init(engine: Engine, site: UInt32, lastRow: UInt32, createdAt: Int64) {
    self.engine = engine
    self.site = site
    self.lastRow = lastRow
    self.createdAt = createdAt
  }

  public mutating func newRow() -> RowID {
    lastRow += 1
    return RowID(site: site, counter: lastRow)
  }

  public mutating func apply(_ operation: Operation) throws {
    operations.append(try engine.spelledAsShown(operation))
  }

  public func read<Result>(_ body: (Engine) throws -> Result) rethrows -> Result {
    try body(engine)
  }
}

extension SQLiteServerStore {
  public func commit(label: String, _ build: (inout ServerDraft) throws -> Void) throws {
    try database.write { try commit($0, label: label, build) }
  }

  /// The server is a replica too: its transactions have a site, a sequence, a chain and a position.
  func commit(_ engine: Engine, label: String, _ build: (inout ServerDraft) throws -> Void) throws {
    guard let siteNumber = try engine.fact("site").intValue else {
      throw StorageError.corrupt("a server without a site")
    }
    let site = UInt32(truncatingIfNeeded: siteNumber)
    let now = system.wallMilliseconds()
    var draft = ServerDraft(
      engine: engine, site: site,
      lastRow: UInt32(truncatingIfNeeded: try engine.fact("siteRow").intValue ?? 0),
      createdAt: now)
    try build(&draft)
    if draft.keepsRowCounter || !draft.operations.isEmpty {
      try engine.setFact("siteRow", .int(Int64(draft.lastRow)))
    }
    guard !draft.operations.isEmpty else { return }

    let sequence = UInt32(
      truncatingIfNeeded: (try engine.fact("siteSequence").intValue ?? 0) + 1)
    let head = try engine.head()
    let id = TransactionID(site: site, sequence: sequence)
    let stamp = max(try engine.greatestStamp(at: head), try engine.lastStamp(of: site))
      .advanced(to: now)
    let nonce = system.randomHash16()
    var body = OperationBody(key: Chain.transactionKey(nonce: nonce, sequence: sequence))
    for operation in draft.operations { body.append(operation) }
    let writer = Writer(number: head + 1, id: id, hlc: stamp, user: 0, position: head + 1)
    engine.rememberPending(writer)
    var merger = TransactionMerger(
      engine: engine, writer: writer, knows: Knowledge(site: site, sequence: sequence, seen: head),
      account: nil, knownRefused: 0, authoredAt: stamp,
      states: SeenJudge(engine: engine, site: site, limit: head))
    let effects: Effects
    do {
      effects = try merger.merge(draft.operations)
    } catch let refusal as MergeRefusal {
      throw AdminError.refused(refusal.reason, refusal.detail)
    }
    try engine.flushDigest()
    let header = Chain.Header(
      id: id, stamp: stamp, user: 0, seen: Cursor(epoch: try engine.presentEpoch(), position: head),
      modelVersion: model.version, knownRefused: 0, label: label)
    var previous = Hash16.zero
    if case .bytes(let bytes) = try engine.fact("siteChain") {
      previous = Hash16(bytes: bytes) ?? .zero
    }
    var chain = Chain(link: previous)
    chain.append(header, operations: body.hashes)
    try engine.accept(
      StoredTransaction(
        number: head + 1, header: header, stamp: stamp, position: head + 1,
        operationCount: body.count, nonce: nonce, chain: chain.link, body: body.bytes,
        extra: effects.encoded),
      audiences: effects.touchedAudiences)
    try engine.erase(draft.operations, before: head + 1)
    CrashPoint.reach(.adminAccepted)
    try engine.setFact("siteSequence", .int(Int64(sequence)))
    try engine.setFact("siteChain", .bytes(chain.link.bytes))
  }
}
