import Protocol
import Storage

/// A fresh load of everything: pages are laid aside until the last one is there, then take the place
/// of the base in one transaction, so that no half-loaded state ever shows.
extension Engine {
  func beginReload() throws {
    try connection.execute("DELETE FROM _staged")
    try setFact("stagedCursor", .bytes([]))
    try setFact("reloading", .int(1))
    if try witness().isEmpty, case .bytes(let cursor) = try fact("sealedCursor") {
      try setWitness(cursor)
    }
  }

  func endReload() throws {
    try connection.execute("DELETE FROM _staged")
    try setFact("reloading", .int(0))
  }

  func forEachStaged(_ body: (_ page: [UInt8], _ cursor: [UInt8]) throws -> Void) throws {
    var number = try connection.scalar("SELECT min(number) FROM _staged")
    while let present = number {
      let select = try connection.statement("SELECT body, cursor FROM _staged WHERE number = ?")
      select.bind(1, present)
      let isThere = try select.step()
      let (page, cursor) = isThere ? (select.blob(0), select.blob(1)) : ([], [])
      select.reset()
      try body(page, cursor)
      number = try connection.scalar("SELECT min(number) FROM _staged WHERE number > ?", present)
    }
  }

  /// Drops pages that only history still needs, once they are older than the horizon. The newest of
  /// them stays: its cursor shows a server that is put back how far the logs are the same.
  func dropPages(through safe: Int64, before milliseconds: Int64) throws {
    guard safe > 0 else { return }
    let delete = try connection.statement(
      """
      DELETE FROM _page WHERE last <= ?1 AND at < ?2
        AND first < (SELECT max(first) FROM _page WHERE last <= ?1)
      """)
    delete.bind(1, safe)
    delete.bind(2, milliseconds)
    try delete.run()
  }

  /// Nothing is left of the base but the names of transactions.
  func emptyBase() throws {
    try emptyTables()
    for table in ["_head", "_text", "_tombstone", "_digest", "_page"] {
      try connection.execute("DELETE FROM \(table)")
    }
    forget()
  }

  /// An own transaction that the server did not accept leaves the outbox for the tray.
  func reject(
    _ transaction: StoredTransaction, _ reason: RefusalReason, _ detail: String, at: Int64
  ) throws {
    let insert = try connection.statement(
      """
      INSERT OR REPLACE INTO _rejected (sequence, hlc, reason, detail, at, body)
      VALUES (?, ?, ?, ?, ?, ?)
      """)
    insert.bind(1, Int64(transaction.id.sequence))
    insert.bind(2, Int64(bitPattern: transaction.stamp.raw))
    insert.bind(3, Int64(reason.rawValue))
    insert.bind(4, detail)
    insert.bind(5, at)
    insert.bind(6, transaction.body)
    try insert.run()
    let update = try connection.statement(
      "UPDATE _transaction SET state = 2, extra = NULL WHERE id = ?")
    update.bind(1, transaction.number)
    try update.run()
  }
}
