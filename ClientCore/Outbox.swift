import Protocol
import Storage

/// The pending transactions on top of the base: taken off and put back around what arrives.
///
/// The outbox is the end of the transaction table: own transactions after the last one whose fate is
/// settled. Nothing else is kept for it.
extension Engine {
  /// Own transactions without a position that were not refused, oldest first.
  func pending() throws -> [StoredTransaction] {
    try transactions(
      where: "id > ? AND position IS NULL AND state IS NOT 2 ORDER BY id",
      [LocalNumber.own + (try fact("settled").intValue ?? 0)])
  }

  /// Calls `body` with each pending transaction, oldest first, until it returns false. One is in
  /// memory at a time; `body` only reads.
  ///
  /// - Parameter number: only those with a greater one.
  func forEachPending(
    after number: Int64 = 0, _ body: (StoredTransaction) throws -> Bool
  ) throws {
    try forEachTransaction(
      where: "id > ? AND position IS NULL AND state IS NOT 2 ORDER BY id",
      [max(number, LocalNumber.own + (try fact("settled").intValue ?? 0))], body)
  }

  /// The number of the oldest pending transaction.
  func firstPending() throws -> Int64? {
    try connection.scalar(
      """
      SELECT id FROM _transaction WHERE id > ? AND position IS NULL AND state IS NOT 2
      ORDER BY id LIMIT 1
      """, LocalNumber.own + (try fact("settled").intValue ?? 0))
  }

  func pendingCount() throws -> Int {
    Int(
      try connection.scalar(
        """
        SELECT count(*) FROM _transaction WHERE id > ? AND position IS NULL AND state IS NOT 2
        """, LocalNumber.own + (try fact("settled").intValue ?? 0)) ?? 0)
  }

  /// The base shows: every pending write is undone, the last first.
  func takeOff(_ pending: [StoredTransaction]) throws {
    for transaction in pending.reversed() {
      try transaction.extra.withUnsafeBytes { try undo($0) }
    }
  }

  /// Accepted transactions whose position is reached without a page that held them: the grant that
  /// showed them is gone. They leave the outbox, and show no more. Returns their sequences.
  func settleUnseen(through position: Int64) throws -> [UInt32] {
    let settled = try transactions(
      where: Self.unseenCondition,
      [LocalNumber.own + (try fact("settled").intValue ?? 0), position])
    for transaction in settled {
      let update = try connection.statement(
        "UPDATE _transaction SET position = greatest, state = NULL, extra = NULL WHERE id = ?")
      update.bind(1, transaction.number)
      try update.run()
    }
    return settled.map(\.id.sequence)
  }

  /// Whether there are such transactions.
  ///
  /// - Parameter page: the sequences of those that a page holds which is still to be applied.
  func hasUnseen(through position: Int64, besides page: Set<UInt32> = []) throws -> Bool {
    let statement = try connection.statement(
      "SELECT sequence FROM _transaction WHERE \(Self.unseenCondition)")
    defer { statement.reset() }
    statement.bind(1, LocalNumber.own + (try fact("settled").intValue ?? 0))
    statement.bind(2, position)
    while try statement.step() {
      if !page.contains(UInt32(truncatingIfNeeded: statement.int(0))) { return true }
    }
    return false
  }

  private static let unseenCondition =
    "id > ? AND position IS NULL AND state = 1 AND greatest <= ?"

  /// Applies a pending transaction again, as a preview, and keeps its new before-images.
  ///
  /// - Parameter isBare: says to which rows it is applied; those it left are as they were. Where a
  ///   row is not bare, no operation may be a deletion.
  func putBack(
    _ transaction: StoredTransaction, to isBare: (Int64) -> Bool = { _ in true }
  ) throws {
    let undo = UndoLog()
    let context = ApplyContext(
      writer: transaction.writer, knows: transaction.knowledge, audience: nil, undo: undo)
    for operation in try transaction.decodedOperations() where isBare(operation.row.raw) {
      try show(operation, context)
    }
    try undo.keep(transaction.extra, unless: isBare)
    let statement = try connection.statement("UPDATE _transaction SET extra = ? WHERE id = ?")
    statement.bind(1, undo.encoded)
    statement.bind(2, transaction.number)
    try statement.run()
  }

  /// Applies an operation whose outcome the server has not decided yet.
  func show(_ operation: Operation, _ context: ApplyContext) throws {
    // A row that is gone hides what was written to it until the outcome is known.
    if operation.kind == .delete {
      for (entity, row) in try recordRows(operation.entity, operation.row.raw).reversed() {
        try removeRow(entity, row, context)
      }
    } else {
      _ = try apply(operation, operation.editedState.map(context.looking) ?? context)
    }
  }
}

extension StoredTransaction {
  var knowledge: Knowledge {
    Knowledge(site: id.site, sequence: id.sequence, seen: header.seen.position)
  }
}
