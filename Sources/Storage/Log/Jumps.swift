import Protocol

/// Jumps of a device's clock, until every transaction made before them has its outcome.
extension Engine {
  /// Jumps before the same transaction are one. There are never more than a request may tell: the
  /// two oldest are then taken as one that happened at the later of both.
  public func noteJump(sequence: UInt32, delta: Int64, limit: Int) throws(StorageError) {
    let known = try connection.statement("UPDATE _jump SET delta = delta + ? WHERE sequence = ?")
    known.bind(1, delta)
    known.bind(2, Int64(sequence))
    try known.run()
    if connection.changes > 0 { return }
    if try connection.scalar("SELECT count(*) FROM _jump") ?? 0 >= limit {
      try connection.execute(
        """
        UPDATE _jump SET delta = delta + (SELECT delta FROM _jump ORDER BY sequence LIMIT 1)
        WHERE sequence = (SELECT sequence FROM _jump ORDER BY sequence LIMIT 1 OFFSET 1)
        """)
      try connection.execute(
        "DELETE FROM _jump WHERE sequence = (SELECT min(sequence) FROM _jump)")
    }
    let statement = try connection.statement("INSERT INTO _jump VALUES (?, ?)")
    statement.bind(1, Int64(sequence))
    statement.bind(2, delta)
    try statement.run()
  }

  public func jumps() throws(StorageError) -> [ClockRule.Jump] {
    let statement = try connection.statement("SELECT sequence, delta FROM _jump ORDER BY rowid")
    defer { statement.reset() }
    var result: [ClockRule.Jump] = []
    while try statement.step() {
      result.append(
        ClockRule.Jump(
          sequence: UInt32(truncatingIfNeeded: statement.int(0)),
          deltaMilliseconds: statement.int(1)))
    }
    return result
  }

  /// Forgets jumps that happened before the transaction after `sequence` was made.
  public func forgetJumps(through sequence: UInt32) throws(StorageError) {
    let statement = try connection.statement("DELETE FROM _jump WHERE sequence <= ?")
    statement.bind(1, Int64(sequence) + 1)
    try statement.run()
  }
}
