import Protocol
import Testing

@Suite("Every merge kind of the city")
struct KindTests {
  @Test(
    "two writes of a field show what its kind's table says, on every field, in every order",
    arguments: KindHistory.pairs)
  func pairs(_ history: KindHistory) throws {
    let city = try KindCity()
    try check(history, KindRun(city: city, cases: try city.pairs(), writesTogether: true))
  }

  @Test(
    "three writes of a field of each kind show what its table says, in every order",
    arguments: KindHistory.triples)
  func triples(_ history: KindHistory) throws {
    let city = try KindCity()
    try check(history, KindRun(city: city, cases: try city.triples(), writesTogether: false))
  }

  private func check(_ history: KindHistory, _ run: KindRun) throws {
    var first: KindRun.Outcome?
    for script in history.scripts {
      let outcome = try run.outcome(of: script)
      let steps: Comment = "\(script.steps.joined(separator: " "))"
      #expect(outcome.problems == [], steps)
      #expect(outcome.surprises.count == 0, steps)
      #expect(outcome.surprises.prefix(12) == [], steps)
      if let first {
        #expect(outcome.dump == first.dump, steps)
        #expect(outcome.digest == first.digest, steps)
      }
      first = first ?? outcome
    }
  }
}
