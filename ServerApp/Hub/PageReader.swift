import Protocol
import Storage

/// Builds a page of the log for one reader: the accepted transactions after a position, in order, cut
/// to what the reader may see, as they were at their positions.
struct PageReader {
  let engine: Engine
  let account: Account
  let site: UInt32
  /// The reader has its own transactions and needs no copy of those that show as written.
  let echoes: Bool
  /// Only transactions that touch one of these; nil for all.
  var rows: [Int64]?

  struct Page {
    var bytes: [UInt8]
    /// The position the page ends at.
    var position: Int64
    var hasMore: Bool
    /// The reader's own transactions that the page echoes with the stamps their author gave them.
    var echoed: Set<UInt32> = []
  }

  func page(after position: Int64, head: Int64, byteLimit: Int, limits: SyncLimits) throws -> Page {
    var builder = BatchBuilder()
    var reached = position
    var readable: [Int64: Bool] = [:]
    var isFull = false
    let hasLives = try engine.hasLives()
    var echoed: Set<UInt32> = []
    try forEachPosition(after: position, through: head) { transaction in
      let isOver =
        builder.byteCount + transaction.body.count > byteLimit
        || builder.operationCount + transaction.operationCount > limits.operationsPerBatch / 2
        || builder.transactionCount >= limits.transactionsPerPage
      if isOver, builder.transactionCount > 0 {
        isFull = true
        return false
      }
      let before = builder.transactionCount
      let isEcho = try append(transaction, to: &builder, &readable)
      if hasLives, builder.transactionCount > before, let number = transaction.position {
        for place in try engine.places(of: number) { builder.appendPlace(place.cursor) }
      }
      if isEcho,
        transaction.stamp == transaction.header.stamp
      {
        echoed.insert(transaction.id.sequence)
      }
      reached = transaction.position ?? reached
      return true
    }
    if !isFull { reached = head }
    let names = engine
    var failure: (any Error)?
    let bytes = builder.finish(
      siteName: { site in
        do { return try names.siteName(site) } catch { failure = error }
        return ""
      },
      userName: { user in
        do { return try names.userName(user) } catch { failure = error }
        return ""
      })
    if let failure { throw failure }
    return Page(bytes: bytes, position: reached, hasMore: isFull, echoed: echoed)
  }

  private func forEachPosition(
    after position: Int64, through head: Int64, _ body: (StoredTransaction) throws -> Bool
  ) throws {
    var next = position
    while next < head {
      var last: Int64?
      var goesOn = true
      try forEachOfPortion(after: next) { transaction in
        last = transaction.position
        goesOn = try body(transaction)
        return goesOn
      }
      guard goesOn, let last else { return }
      next = last
    }
  }

  private func forEachOfPortion(
    after position: Int64, _ body: (StoredTransaction) throws -> Bool
  ) throws {
    if let rows {
      for transaction in try engine.transactions(touching: rows, after: position) {
        guard try body(transaction) else { return }
      }
      return
    }
    if case .all = account.spaces {
      return try engine.forEachTransaction(where: "id > ? ORDER BY id", [position], body)
    }
    let audiences = try engine.audiences().filter { account.mayRead($0.1) }.map { String($0.0) }
    try engine.forEachTransaction(
      where: """
        id IN (SELECT DISTINCT position FROM _feed WHERE position > ?
          AND audience IN (\(audiences.joined(separator: ","))) ORDER BY position LIMIT 64)
        ORDER BY id
        """, [position], body)
  }

  /// True where the transaction is echoed to its author.
  private func append(
    _ transaction: StoredTransaction, to builder: inout BatchBuilder,
    _ readable: inout [Int64: Bool]
  ) throws -> Bool {
    let effects = try Effects(encoded: transaction.extra)
    func mayRead(_ audience: Int64) throws -> Bool {
      if let known = readable[audience] { return known }
      let may = account.mayRead(try engine.audience(audience))
      readable[audience] = may
      return may
    }
    var header = BatchTransaction(
      id: transaction.id, stamp: transaction.stamp, authorStamp: transaction.header.stamp,
      user: transaction.header.user, seen: transaction.header.seen,
      modelVersion: transaction.header.modelVersion,
      knownRefused: transaction.header.knownRefused, label: transaction.header.label,
      position: transaction.position ?? 0)
    if echoes, transaction.id.site == site, transaction.hidden.isEmpty,
      let audience = effects.echoAudience,
      try mayRead(audience)
    {
      header.mode = .echo
      header.operationCount = transaction.operationCount
      header.echoAudience = builder.number(of: try engine.audience(audience))
      builder.append(header, nonce: transaction.nonce, chain: transaction.chain)
      return true
    }
    var visible: [Bool] = []
    for audience in effects.audiences { visible.append(try mayRead(audience)) }
    var extras: [Effects.Extra] = []
    for extra in effects.extras where try mayRead(extra.audience) { extras.append(extra) }
    let shown = visible.count(where: \.self)
    guard shown + extras.count > 0 else { return false }
    header.operationCount = shown + extras.count
    let missing = try MissingOperation.decoded(transaction.hidden)
    // Of what was erased in part nobody can say the hashes.
    let isWhole = shown == visible.count && missing.isEmpty && transaction.nonce != .zero
    header.mode = isWhole ? .full : .partial
    let ordinal = builder.transactionCount
    builder.append(
      header, nonce: header.mode == .full ? transaction.nonce : .zero, chain: transaction.chain)
    try appendOperations(transaction, missing, effects, visible, ordinal, to: &builder)
    for extra in extras { try append(extra, to: &builder) }
    return false
  }

  private func appendOperations(
    _ transaction: StoredTransaction, _ missing: [MissingOperation], _ effects: Effects,
    _ visible: [Bool], _ ordinal: Int, to builder: inout BatchBuilder
  ) throws {
    // What nobody has brought keeps its place among the author's operations.
    let indices = MissingOperation.indices(present: visible.count, missing: missing)
    for operation in missing {
      builder.appendHidden(transaction: ordinal, index: operation.index, hash: operation.hash)
    }
    let key = Chain.transactionKey(
      nonce: transaction.nonce, sequence: transaction.id.sequence)
    try transaction.body.withUnsafeBytes { buffer in
      var reader = ByteReader(buffer)
      var index = 0
      while !reader.isAtEnd {
        guard index < visible.count else {
          throw EngineError.contradiction("a transaction with more operations than effects")
        }
        if visible[index] {
          let audience = builder.number(of: try engine.audience(effects.audiences[index]))
          let results = try effects.results[index]?.map { try translate($0, &builder) }
          try builder.append(operationFrom: &reader, audience: audience, results: results)
        } else {
          let start = reader.index
          _ = try reader.operation()
          // Without the nonce nobody can say the hash.
          let hash =
            transaction.nonce == .zero
            ? .zero
            : Chain.operationHash(
              key: key, index: indices[index], operation: reader.slice(from: start))
          builder.appendHidden(transaction: ordinal, index: indices[index], hash: hash)
        }
        index += 1
      }
    }
  }

  private func append(_ extra: Effects.Extra, to builder: inout BatchBuilder) throws {
    let audience = builder.number(of: try engine.audience(extra.audience))
    var values: [Value] = []
    if extra.kind == .image {
      let image = try RowImage(encoded: extra.image).mapTransactions {
        Int64(builder.number(of: try engine.writer($0).reference))
      }
      values = [.bytes(image.encoded)]
    }
    builder.append(
      Operation(extra.kind, entity: extra.entity, row: extra.row, values: values),
      audience: audience)
  }

  private func translate(_ result: CellResult, _ builder: inout BatchBuilder) throws -> CellResult {
    guard case .heads(let heads) = result else { return result }
    return .heads(
      try heads.map {
        HeadReference(
          reference: builder.number(of: try engine.writer(Int64($0.reference)).reference),
          value: $0.value)
      })
  }
}
