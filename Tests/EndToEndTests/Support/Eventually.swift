struct NeverCame: Error {
  let limit: Duration
}

/// Waits until something is so; fails after a bound.
func eventually(
  within limit: Duration = .seconds(30), _ condition: () throws -> Bool
) async throws {
  let deadline = ContinuousClock.now + limit
  while try !condition() {
    guard ContinuousClock.now < deadline else {
      throw NeverCame(limit: limit)
    }
    try await Task.sleep(for: .milliseconds(10))
  }
}
