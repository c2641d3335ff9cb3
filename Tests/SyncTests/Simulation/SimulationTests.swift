import Foundation
import Testing

@Suite("Simulated fleets")
struct SimulationTests {
  /// More with `KAAI_SEEDS=n`, another range with `KAAI_FIRST_SEED=n`.
  static let seeds: Range<UInt64> = {
    let environment = ProcessInfo.processInfo.environment
    let first = environment["KAAI_FIRST_SEED"].flatMap { UInt64($0) } ?? 1
    let count = environment["KAAI_SEEDS"].flatMap { UInt64($0) } ?? 200
    return first..<(first + count)
  }()

  @Test("whatever is lost, repeated, late, cut, crashed or set wrong: all agree at the end and nothing acknowledged is missing")
  func fleets() throws {
    for seed in Self.seeds {
      var simulation: Simulation?
      do {
        let made = try Simulation(seed: seed)
        simulation = made
        try made.run(steps: 60)
        if ProcessInfo.processInfo.environment["KAAI_STORY"] != nil { print(try made.summary) }
        if !made.problems.isEmpty {
          Issue.record(
            "seed \(seed):\n\(made.problems.joined(separator: "\n"))\n\(made.story)")
        }
      } catch {
        Issue.record("seed \(seed): \(error)\n\(simulation?.story ?? "")")
      }
    }
  }
}
