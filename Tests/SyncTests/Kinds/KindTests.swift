import Protocol
import Testing

@Suite("Every merge kind of the city")
struct KindTests {
  private static let city = Result { try KindCity() }
  private static let pairRun = Result {
    let city = try Self.city.get()
    return try KindRun(city, try city.pairs())
  }
  private static let tripleRun = Result {
    let city = try Self.city.get()
    return try KindRun(city, try city.triples())
  }

  @Test(
    "two writes of a field show what its kind's table says, on every field, in every order",
    arguments: KindHistory.pairs)
  func pairs(_ history: KindHistory) throws { try check(history, Self.pairRun.get()) }

  @Test(
    "three writes of a field of each kind show what its table says, in every order",
    arguments: KindHistory.triples)
  func triples(_ history: KindHistory) throws { try check(history, Self.tripleRun.get()) }

  private func check(_ history: KindHistory, _ run: KindRun) throws {
    let outcomes = try run.outcomes(of: history)
    for (order, outcome) in outcomes {
      let order: Comment = "\(order)"
      #expect(outcome.problems == [], order)
      #expect(outcome.surprises.count == 0, order)
      #expect(outcome.surprises.prefix(12) == [], order)
      #expect(outcome.dump == outcomes[0].outcome.dump, order)
      #expect(outcome.digest == outcomes[0].outcome.digest, order)
    }
  }
}
