import Protocol

/// Jumps of a device's clock, until every transaction made before them has its outcome.
extension Engine {
  public func noteJump(sequence: UInt32, delta: Int64) throws(StorageError) {
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
