import Protocol

/// The server's log: accepted transactions by position, refused ones in quarantine.
extension Engine {
  /// Puts an accepted transaction at its position, with the running facts of the log.
  ///
  /// - Parameter isRest: operations of a transaction of which others have an earlier position.
  public func accept(
    _ transaction: StoredTransaction, audiences: Set<Int64>, isRest: Bool = false
  ) throws {
    try insert(transaction, isRest: isRest)
    let previous = try connection.statement(
      "SELECT history, greatest FROM _transaction WHERE id = ?")
    previous.bind(1, transaction.number - 1)
    var history = Hash16.zero
    var greatest = HLC.zero
    if try previous.step() {
      history = Hash16(bytes: previous.blob(0)) ?? .zero
      greatest = HLC(raw: UInt64(bitPattern: previous.int(1)))
    }
    previous.reset()
    let update = try connection.statement(
      "UPDATE _transaction SET history = ?, greatest = ? WHERE id = ?")
    update.bind(1, Self.history(after: history, transaction).bytes)
    update.bind(2, Int64(bitPattern: max(greatest, transaction.stamp).raw))
    update.bind(3, transaction.number)
    try update.run()
    if !transaction.hidden.isEmpty {
      let hidden = try connection.statement("UPDATE _transaction SET hidden = ? WHERE id = ?")
      hidden.bind(1, transaction.hidden)
      hidden.bind(2, transaction.number)
      try hidden.run()
    }
    let feed = try connection.statement("INSERT OR IGNORE INTO _feed VALUES (?, ?)")
    for audience in audiences.sorted() {
      feed.bind(1, audience)
      feed.bind(2, transaction.number)
      try feed.run()
    }
  }

  /// The running hash of the log after a transaction. It covers all that makes the state: of two logs
  /// with the same transactions one may have moved a stamp differently, hold a transaction in part, or
  /// have judged a write otherwise. Up to the position `hashOfChains` of a file that was of format 3 or
  /// less it covers the chains alone.
  public static func history(after previous: Hash16, _ transaction: StoredTransaction) -> Hash16 {
    var hasher = SHA256()
    hasher.update(previous)
    hasher.update(transaction.chain)
    hasher.update(transaction.stamp.raw)
    hasher.update(UInt64(transaction.extra.count))
    hasher.update(transaction.extra)
    hasher.update(transaction.hidden)
    return hasher.finish16()
  }

  /// The greatest stamp of all transactions up to a position.
  public func greatestStamp(at position: Int64) throws(StorageError) -> HLC {
    HLC(
      raw: UInt64(
        bitPattern: try connection.scalar(
          "SELECT greatest FROM _transaction WHERE id = ?", position) ?? 0))
  }

  /// The stamp that counts for a site's last transaction.
  public func lastStamp(of site: UInt32) throws(StorageError) -> HLC {
    let accepted = try connection.scalar(
      """
      SELECT hlc FROM _transaction WHERE site = ? AND position IS NOT NULL AND rest IS NULL
      ORDER BY sequence DESC LIMIT 1
      """, Int64(site))
    return HLC(raw: UInt64(bitPattern: accepted ?? 0))
  }

  /// The chain after a transaction, accepted or refused; zero where there is none.
  public func chain(of id: TransactionID) throws -> Hash16 {
    for sql in [
      """
      SELECT chain FROM _transaction
      WHERE site = ? AND sequence = ? AND position IS NOT NULL AND rest IS NULL
      """,
      "SELECT chain FROM _quarantine WHERE site = ? AND sequence = ?",
    ] {
      let statement = try connection.statement(sql)
      defer { statement.reset() }
      statement.bind(1, Int64(id.site))
      statement.bind(2, Int64(id.sequence))
      if try statement.step() { return Hash16(bytes: statement.blob(0)) ?? .zero }
    }
    return .zero
  }

  /// What became of a transaction that was offered before.
  public func outcome(of id: TransactionID) throws -> Outcome? {
    if let number = try number(of: id) {
      let writer = try writer(number)
      return Outcome(
        sequence: id.sequence, verdict: .merged(position: writer.position, stamp: writer.hlc))
    }
    let statement = try connection.statement(
      "SELECT reason, detail FROM _quarantine WHERE site = ? AND sequence = ?")
    defer { statement.reset() }
    statement.bind(1, Int64(id.site))
    statement.bind(2, Int64(id.sequence))
    guard try statement.step() else { return nil }
    let reason =
      RefusalReason(rawValue: UInt8(truncatingIfNeeded: statement.int(0))) ?? .invalidValue
    return Outcome(sequence: id.sequence, verdict: .refused(reason, detail: statement.text(1)))
  }

  public func quarantine(
    _ transaction: BatchTransaction, operations: [Operation], body: [UInt8], nonce: Hash16,
    chain: Hash16, stamp: HLC, reason: RefusalReason, detail: String, at: Int64,
    returnedBy: UInt32? = nil
  ) throws(StorageError) {
    let insert = try connection.statement(
      """
      INSERT INTO _quarantine (site, sequence, hlc, user, seen_epoch, seen_position, model,
        known_refused, label, operations, nonce, chain, reason, detail, at, body, returned_by)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """)
    insert.bind(1, Int64(transaction.id.site))
    insert.bind(2, Int64(transaction.id.sequence))
    insert.bind(3, Int64(bitPattern: stamp.raw))
    insert.bind(4, transaction.user)
    insert.bind(5, Int64(bitPattern: transaction.seen.epoch))
    insert.bind(6, transaction.seen.position)
    insert.bind(7, Int64(transaction.modelVersion))
    insert.bind(8, Int64(transaction.knownRefused))
    insert.bind(9, transaction.label)
    insert.bind(10, Int64(operations.count))
    insert.bind(11, nonce.bytes)
    insert.bind(12, chain.bytes)
    insert.bind(13, Int64(reason.rawValue))
    insert.bind(14, detail)
    insert.bind(15, at)
    insert.bind(16, body)
    insert.bind(17, returnedBy.map { Int64($0) })
    try insert.run()
    let row = try connection.statement("INSERT OR IGNORE INTO _quarantined_row VALUES (?, ?, ?)")
    for operation in operations where operation.kind == .create {
      row.bind(1, operation.row.raw)
      row.bind(2, Int64(transaction.id.site))
      row.bind(3, Int64(transaction.id.sequence))
      try row.run()
    }
  }

  /// Some of the accepted transactions after a position that touch one of the rows, or did something to
  /// it, in order; a few others may be among them. None: there are no more.
  ///
  /// - Parameter rows: at least one.
  public func transactions(touching rows: [Int64], after position: Int64) throws
    -> [StoredTransaction]
  {
    // A row's id stands in operations and effects as it is: eight bytes, which SQLite finds fast.
    let condition = (0..<Self.slots(rows.count)).map {
      "instr(body, ?\($0 + 2)) OR instr(extra, ?\($0 + 2))"
    }.joined(separator: " OR ")
    let statement = try connection.statement(
      """
      SELECT \(Self.storedColumns) FROM _transaction
      WHERE id > ?1 AND position IS NOT NULL AND (\(condition)) ORDER BY id LIMIT 64
      """)
    defer { statement.reset() }
    statement.bind(1, position)
    for slot in 0..<Self.slots(rows.count) {
      statement.bind(slot + 2, RowID(rows[min(slot, rows.count - 1)]).bytes)
    }
    var result: [StoredTransaction] = []
    while try statement.step() { result.append(stored(statement)) }
    return result
  }

  /// So many rows are looked for at once, the last more than once: few statements serve all records.
  private static func slots(_ count: Int) -> Int {
    var slots = 1
    while slots < count { slots *= 2 }
    return slots
  }
}
