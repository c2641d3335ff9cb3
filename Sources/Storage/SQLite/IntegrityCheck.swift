extension Engine {
  /// What SQLite's own check finds; nil when all is well.
  public func integrityProblem() throws(StorageError) -> String? {
    let statement = try connection.statement("PRAGMA integrity_check(1)")
    defer { statement.reset() }
    guard try statement.step() else { return "no answer to the integrity check" }
    let text = statement.text(0)
    return text == "ok" ? nil : text
  }
}
