import Protocol
import Storage

/// One accepted transaction to give back, from the outbox's table or from a page.
enum ReturnItem {
  /// The replica's own; `position` is nil for one that was refused.
  case own(StoredTransaction, position: Int64?)
  case received(ReceivedTransaction)

  var position: Int64? {
    switch self {
    case .own(_, let position): position
    case .received(let received): received.transaction.position
    }
  }
  var ownSequence: UInt32? {
    if case .own(let stored, _) = self { return stored.id.sequence }
    return nil
  }
  var byteCount: Int {
    switch self {
    case .own(let stored, _): stored.body.count
    case .received(let received): received.byteCount
    }
  }
  var operationCount: Int {
    switch self {
    case .own(let stored, _): stored.operationCount
    case .received(let received): received.operations.count
    }
  }

  func append(to builder: inout BatchBuilder) throws {
    switch self {
    case .own(let stored, let position):
      var header = stored.offered
      header.stamp = stored.stamp
      header.position = position ?? 0
      if position == nil { header.mode = .refused }
      // Of what was erased in part nobody can say the hashes any more, but its chain goes on.
      if stored.nonce == .zero { header.mode = .partial }
      builder.append(header, nonce: stored.nonce, chain: stored.chain)
      try builder.append(operationsOf: stored)
    case .received(let received): received.append(to: &builder)
    }
  }
}

/// A transaction of somebody else, as a page brought it: without what only the server says.
struct ReceivedTransaction {
  var transaction: BatchTransaction
  let nonce: Hash16
  /// The chain after it; zero where the page does not say it.
  let chain: Hash16
  var operations: [Operation] = []
  var hidden: [(index: Int, hash: Hash16)] = []
  var places: [Cursor] = []
  var byteCount = 0

  func append(to builder: inout BatchBuilder) {
    var header = transaction
    header.operationCount = operations.count
    header.mode = hidden.isEmpty && nonce != .zero ? .full : .partial
    let ordinal = builder.transactionCount
    builder.append(header, nonce: nonce, chain: chain)
    for place in places { builder.appendPlace(place) }
    for operation in operations { builder.append(operation, audience: 0) }
    for operation in hidden {
      builder.appendHidden(transaction: ordinal, index: operation.index, hash: operation.hash)
    }
  }
}

/// Own and received transactions in the order of their old positions, one page in memory at a time.
struct ReturnSources {
  private let engine: Engine
  private let own: OwnState
  private let limits: SyncLimits
  private let after: Int64
  private var ownNumbers: [(number: Int64, position: Int64?)]
  private var nextOwn = 0
  private var received: [ReceivedTransaction] = []
  private var nextReceived = 0
  private var lastPage: Int64

  init(
    _ engine: Engine, _ own: OwnState, after: Int64, afterOwn: UInt32, _ limits: SyncLimits
  ) throws {
    self.engine = engine
    self.own = own
    self.limits = limits
    self.after = after
    lastPage = -1
    let shared = try engine.fact("sharedPosition").intValue ?? 0
    let serverSequence = try engine.fact("serverSequence").intValue ?? 0
    // Accepted ones above the border, and refusals that the server may not know any more.
    let statement = try engine.connection.statement(
      """
      SELECT id, CASE WHEN state = 2 THEN NULL ELSE coalesce(position, greatest) END AS old
      FROM _transaction WHERE id > ?1
        AND ((state IS NOT 2 AND coalesce(position, CASE state WHEN 1 THEN greatest END) > ?2)
          OR (state = 2 AND id > ?3))
      ORDER BY id
      """)
    statement.bind(1, LocalNumber.own(afterOwn))
    statement.bind(2, shared)
    statement.bind(3, LocalNumber.own + serverSequence)
    var found: [(number: Int64, position: Int64?)] = []
    do {
      defer { statement.reset() }
      while try statement.step() { found.append((statement.int(0), statement.optionalInt(1))) }
    }
    ownNumbers = found
  }

  mutating func next() throws -> ReturnItem? {
    try loadPage()
    let theirs = nextReceived < received.count ? received[nextReceived] : nil
    if nextOwn < ownNumbers.count {
      let (number, _) = ownNumbers[nextOwn]
      // A refusal goes right before the next own one that was accepted.
      let key = ownNumbers[nextOwn...].first { $0.position != nil }?.position ?? Int64.max
      if theirs.map({ key <= $0.transaction.position }) ?? true {
        guard let stored = try engine.transactions(where: "id = ?", [number]).first else {
          throw EngineError.danglingTransaction(number)
        }
        let position = ownNumbers[nextOwn].position
        nextOwn += 1
        return .own(stored, position: position)
      }
    }
    nextReceived += 1
    return theirs.map { .received($0) }
  }

  /// Fills `received` from the next page that has something, once all before it is given out.
  private mutating func loadPage() throws {
    while nextReceived >= received.count {
      let statement = try engine.connection.statement(
        "SELECT first, body FROM _page WHERE first > ? AND last > ? ORDER BY first LIMIT 1")
      statement.bind(1, lastPage)
      statement.bind(2, after)
      guard try statement.step() else {
        statement.reset()
        return
      }
      lastPage = statement.int(0)
      let body = statement.blob(1)
      statement.reset()
      received = try Self.read(body, limits).filter {
        $0.transaction.position > after && !own.isOwn($0.transaction.id)
      }
      nextReceived = 0
    }
  }

  /// The transactions of a page with their authors' operations.
  private static func read(_ page: [UInt8], _ limits: SyncLimits) throws -> [ReceivedTransaction] {
    try page.decode { reader throws(DecodeError) in
      var batch = try BatchReader(&reader, limits: limits)
      var lastOfRun: [Int: Int] = [:]
      for (index, transaction) in batch.transactions.enumerated() {
        lastOfRun[transaction.run] = index
      }
      var result: [ReceivedTransaction] = []
      for (index, transaction) in batch.transactions.enumerated() {
        let run = batch.runs[transaction.run]
        var received = ReceivedTransaction(
          transaction: transaction, nonce: run.nonce,
          chain: lastOfRun[transaction.run] == index ? run.lastChain : .zero)
        if transaction.mode != .echo {
          let before = batch.operationsLeft
          for _ in 0..<transaction.operationCount {
            let operation = try batch.operation(try batch.nextOperation())
            if !operation.kind.isEffect { received.operations.append(operation) }
          }
          received.byteCount = 32 * (before - batch.operationsLeft)
        }
        result.append(received)
      }
      try batch.finish()
      for hidden in batch.hidden {
        result[hidden.transaction].hidden.append((hidden.index, hidden.hash))
      }
      for place in batch.places { result[place.transaction].places.append(place.cursor) }
      // Of what only touched the reader by its effects, and of an echo, there is nothing to give.
      return result.filter { !$0.operations.isEmpty }
    }
  }
}
