import Protocol

extension Engine {
  public func insertTombstone(_ row: Int64, _ transaction: Int64, audience: Int64?)
    throws(StorageError)
  {
    let statement = try connection.statement(
      "INSERT OR REPLACE INTO _tombstone (row, txn, audience) VALUES (?, ?, ?)")
    statement.bind(1, row)
    statement.bind(2, transaction)
    statement.bind(3, audience)
    try statement.run()
  }

  /// The deletion whose tombstone stands for a row.
  public func deletion(of row: Int64) throws -> Writer? {
    try connection.scalar("SELECT txn FROM _tombstone WHERE row = ?", row).map(writer)
  }

  public func forgetTombstone(_ row: Int64) throws(StorageError) {
    let statement = try connection.statement("DELETE FROM _tombstone WHERE row = ?")
    statement.bind(1, row)
    try statement.run()
  }

  /// Forgets the tombstones of deletions at or below a position that every replica has passed.
  public func collectTombstones(through position: Int64) throws(StorageError) {
    let statement = try connection.statement(
      """
      DELETE FROM _tombstone WHERE txn IN
        (SELECT txn FROM _tombstone JOIN _transaction ON _transaction.id = txn WHERE position <= ?)
      """)
    statement.bind(1, position)
    try statement.run()
  }

  /// The deletions that stand beside a living record.
  public func lifeHeads(_ row: Int64) throws -> [Head] { try furtherHeads(row, Field.lifeTag) }
}
