import Protocol
import Storage

/// A page holds a transaction under this replica's name that another copy of it has made.
struct OtherCopy: Error {}

/// Watches a page being applied, where that is done to look at the past and not to the replica.
protocol PageWitness: AnyObject {
  /// The own transaction that a page only names.
  func echoed(_ id: TransactionID) throws -> StoredTransaction?
  /// Whether an operation is to be applied.
  func wants(_ operation: Operation) throws -> Bool
  /// All that is wanted of a transaction has been applied.
  func applied(_ transaction: BatchTransaction) throws
}

/// Applies a page of the log to the base: what the server decided, without deciding again.
///
/// Runs inside the one SQLite transaction that also moves the cursor, with all pending writes taken
/// off. A page that contradicts itself or the replica throws, and changes nothing.
struct PageApplier {
  let engine: Engine
  let own: OwnState
  /// The rows whose pending writes are taken off; nil for all rows. Own writes to other rows stand
  /// as they are, and are only confirmed.
  let bareRows: Set<Int64>?
  /// Own transactions whose page has come, by sequence.
  private(set) var confirmed: Set<UInt32> = []
  /// Those of them whose outcome nobody has told before.
  private(set) var mergedByEcho = 0
  /// The positions of the last page's first and last transaction.
  private(set) var range: (first: Int64, last: Int64) = (0, 0)
  /// The time of the last page's last transaction.
  private(set) var lastMilliseconds: Int64 = 0
  private(set) var greatest: HLC = .zero
  /// Texts whose past the last page says to take away, with the positions at which it does.
  private(set) var erasures: [(erasure: Erasure, position: Int64)] = []
  /// Follows what happens, and says what of it; nil for everything, unwatched.
  var witness: (any PageWitness)?
  private var views: [ValueView] = []

  init(engine: Engine, own: OwnState, bareRows: Set<Int64>? = nil) {
    self.engine = engine
    self.own = own
    self.bareRows = bareRows
  }

  mutating func apply(_ page: [UInt8], limits: SyncLimits) throws {
    erasures = []
    // The batch's readers point into these bytes, so all work happens inside the closure.
    try page.withUnsafeBytes { buffer in
      var bytes = ByteReader(buffer)
      var batch = try BatchReader(&bytes, limits: limits)
      try bytes.expectEnd()
      try apply(&batch)
      try batch.finish()
    }
    try engine.flushDigest()
  }

  private mutating func apply(_ batch: inout BatchReader) throws {
    for (site, name) in batch.siteNames where !name.isEmpty {
      try engine.setSiteName(site, name)
    }
    for (user, name) in batch.userNames where !name.isEmpty {
      try engine.setUserName(user, name)
    }
    var audiences: [Int64] = []
    for audience in batch.audiences { audiences.append(try engine.number(of: audience)) }
    for entity in Set(batch.shapes.map(\.entity)) { try engine.makeRoom(for: entity) }
    var next = try engine.nextNumber()
    range = (batch.transactions.first?.position ?? 0, batch.transactions.last?.position ?? 0)
    lastMilliseconds = batch.transactions.last?.stamp.milliseconds ?? 0

    for transaction in batch.transactions {
      if transaction.stamp > greatest { greatest = transaction.stamp }
      if transaction.mode == .full, own.isOwn(transaction.id) {
        try checkOwn(transaction.id, nonce: batch.runs[transaction.run].nonce)
      }
      // Read before it is written down: what it replaced is forgotten then.
      let echoed = transaction.mode == .echo ? try self.echoed(transaction.id) : nil
      let writer = try write(transaction, next: &next)
      switch transaction.mode {
      case .echo:
        guard transaction.echoAudience < audiences.count else {
          throw EngineError.contradiction("an echo without an audience")
        }
        guard let echoed else {
          throw EngineError.contradiction("an echo of \(transaction.id.text), which is not pending")
        }
        if echoed.state == .normal { mergedByEcho += 1 }
        try applyEcho(echoed, writer, audience: audiences[transaction.echoAudience])
      case .refused:
        throw EngineError.contradiction("a refused transaction in the log")
      case .full, .partial:
        for _ in 0..<transaction.operationCount {
          try applyOperation(&batch, writer, audiences, next: &next)
        }
      }
      if own.isOwn(transaction.id) { confirmed.insert(transaction.id.sequence) }
      try witness?.applied(transaction)
    }
  }

  private func echoed(_ id: TransactionID) throws -> StoredTransaction? {
    if let witness { return try witness.echoed(id) }
    return try pending(id)
  }

  /// Writes the transaction down, or confirms the own one that is there.
  private func write(_ transaction: BatchTransaction, next: inout Int64) throws -> Writer {
    if own.isOwn(transaction.id) {
      let number = LocalNumber.own(transaction.id.sequence)
      let update = try engine.connection.statement(
        """
        UPDATE _transaction SET position = ?, hlc = ?, state = NULL, extra = NULL WHERE id = ?
        """)
      update.bind(1, transaction.position)
      update.bind(2, Int64(bitPattern: transaction.stamp.raw))
      update.bind(3, number)
      try update.run()
      if engine.connection.changes == 1 {
        let writer = Writer(
          number: number, id: transaction.id, hlc: transaction.stamp, user: transaction.user,
          position: transaction.position)
        engine.rememberPending(writer)
        return writer
      }
    }
    let insert = try engine.connection.statement(
      """
      INSERT INTO _transaction (id, site, sequence, hlc, user, position) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT DO NOTHING
      """)
    insert.bind(1, next)
    insert.bind(2, Int64(transaction.id.site))
    insert.bind(3, Int64(transaction.id.sequence))
    insert.bind(4, Int64(bitPattern: transaction.stamp.raw))
    insert.bind(5, transaction.user)
    insert.bind(6, transaction.position)
    try insert.run()
    var number = next
    if engine.connection.changes == 1 {
      next += 1
    } else {
      guard let known = try engine.number(of: transaction.id) else {
        throw EngineError.contradiction("transaction \(transaction.id.text) has no place")
      }
      number = known
      // A server that was put back has given it another position.
      try engine.movePosition(known, to: transaction.position)
    }
    let writer = Writer(
      number: number, id: transaction.id, hlc: transaction.stamp, user: transaction.user,
      position: transaction.position)
    engine.rememberPending(writer)
    return writer
  }

  /// An own transaction that this replica did not make was made by another copy of it.
  private func checkOwn(_ id: TransactionID, nonce: Hash16) throws {
    let statement = try engine.connection.statement("SELECT nonce FROM _transaction WHERE id = ?")
    defer { statement.reset() }
    statement.bind(1, LocalNumber.own(id.sequence))
    guard try statement.step(), Hash16(bytes: statement.blob(0)) == nonce else { throw OtherCopy() }
  }

  private func pending(_ id: TransactionID) throws -> StoredTransaction? {
    guard own.isOwn(id) else { return nil }
    return try engine.transactions(
      where: "id = ? AND position IS NULL AND state IS NOT 2", [LocalNumber.own(id.sequence)]
    ).first
  }

  private func applyEcho(
    _ own: StoredTransaction, _ writer: Writer, audience: Int64
  ) throws {
    let context = ApplyContext(
      writer: writer, knows: own.knowledge, audience: audience, undo: nil)
    // What is not simple was made bare before the page came here.
    if let bareRows, let confirmations = try engine.confirmable(own) {
      for confirmation in confirmations {
        let row = RowID(confirmation.row)
        if row.isDerived { try engine.forgetTombstone(row.raw) }
        if bareRows.contains(confirmation.row) {
          try applyDecided(confirmation.operation, context, results: nil)
        } else {
          try engine.confirm(confirmation, by: writer, audience: audience)
        }
      }
      return
    }
    for operation in try own.decodedOperations() where try witness?.wants(operation) ?? true {
      // What its content names may be made again where it was deleted.
      if operation.kind == .create, operation.row.isDerived {
        try engine.forgetTombstone(operation.row.raw)
      }
      try applyDecided(operation, context, results: nil)
    }
  }

  private mutating func applyOperation(
    _ batch: inout BatchReader, _ writer: Writer, _ audiences: [Int64], next: inout Int64
  ) throws {
    let head = try batch.nextOperation()
    guard head.audience < audiences.count else {
      throw EngineError.contradiction("an operation without an audience")
    }
    let context = ApplyContext(
      writer: writer, knows: Knowledge(site: writer.id.site, sequence: 0, seen: 0),
      audience: audiences[head.audience], undo: nil)
    try batch.read(head, into: &views)
    if let witness, try !witness.wants(batch.operation(head, views)) { return }
    var results = head.results
    if let given = results {
      results = try given.map { result in
        guard case .heads(let heads) = result else { return result }
        return .heads(
          try heads.map {
            HeadReference(
              reference: Int(try local(batch.references[$0.reference], next: &next)),
              value: $0.value)
          })
      }
    }
    // What its content names may be made again where it was deleted.
    if head.row.isDerived, batch.shapes[head.shape].kind == .create {
      try engine.forgetTombstone(head.row.raw)
    }
    if batch.shapes[head.shape].kind == .create, results == nil,
      try engine.insertPlain(batch.shapes[head.shape], row: head.row, context, views)
    {
      return
    }
    let operation = try batch.operation(head, views)
    if let erasure = Erasure(operation) { erasures.append((erasure, writer.position)) }
    if operation.kind == .image {
      let image = try RowImage(encoded: bytes(operation.values[0])).mapTransactions { number in
        guard number >= 0, number < batch.references.count else {
          throw EngineError.contradiction("an image of an unknown transaction")
        }
        return try local(batch.references[Int(number)], next: &next)
      }
      try engine.putImage(image, operation.entity, operation.row.raw, context)
      try engine.forgetTombstone(operation.row.raw)
      return
    }
    try applyDecided(operation, context, results: results)
  }

  private func applyDecided(
    _ operation: Operation, _ context: ApplyContext, results: [CellResult]?
  ) throws {
    let row = operation.row.raw
    switch operation.kind {
    case .delete:
      switch results?.first ?? .shown {
      case .shown: try bury(operation.entity, row, context)
      case .hidden: break
      case .heads(let heads):
        guard try engine.rowExists(operation.entity, row) else { return }
        let new = try heads.map {
          Head(writer: try engine.writer(Int64($0.reference)), value: .null)
        }
        try engine.setLifeHeads(
          operation.entity, row, old: try engine.lifeHeads(row), new: new, context)
      }
    case .removed: try bury(operation.entity, row, context)
    case .purge: try engine.removeRow(operation.entity, row, context)
    default:
      do {
        _ = try engine.apply(operation, context, given: .some(results))
      } catch let error as TextError {
        throw EngineError.contradiction("an edit that its text does not take: \(error)")
      }
    }
  }

  private func bury(_ entity: Tag, _ row: Int64, _ context: ApplyContext) throws {
    guard try engine.removeRow(entity, row, context) else { return }
    try engine.insertTombstone(row, context.writer.number, audience: context.audience)
  }

  private func local(_ reference: TransactionReference, next: inout Int64) throws -> Int64 {
    if own.isOwn(reference.id) {
      let number = LocalNumber.own(reference.id.sequence)
      if try engine.connection.scalar("SELECT 1 FROM _transaction WHERE id = ?", number) != nil {
        return number
      }
    }
    let number = try engine.intern(reference)
    if number >= next, number < LocalNumber.own { next = number + 1 }
    return number
  }

  private func bytes(_ value: Value) throws -> [UInt8] {
    guard case .bytes(let bytes) = value else {
      throw EngineError.contradiction("an image that is no image")
    }
    return bytes
  }
}
