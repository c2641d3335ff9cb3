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

  @Test(
    "whatever is lost, repeated, late, cut, crashed, set wrong, put back or copied: all agree at the end and nothing acknowledged is missing",
    arguments: 0..<UInt64(4))
  func fleets(part: UInt64) throws {
    for seed in Self.seeds where seed % 4 == part {
      var simulation: Simulation?
      do {
        let made = try Simulation(seed: seed)
        simulation = made
        try made.run(steps: 40)
        if !made.problems.isEmpty {
          let told = [try made.summary] + made.problems + [made.story]
          Issue.record("seed \(seed): \(told.joined(separator: "\n"))")
        }
      } catch {
        Issue.record("seed \(seed): \(error)\n\(simulation?.story ?? "")")
      }
    }
  }
}
