import Glibc

/// CPU time of the whole process, user and system, of all its threads.
enum Stopwatch {
  /// glibc's `clock` reads CLOCK_PROCESS_CPUTIME_ID, in microseconds.
  static var cpuSeconds: Double { Double(clock()) / 1e6 }

  static func seconds(_ body: () throws -> Void) rethrows -> Double {
    let start = cpuSeconds
    try body()
    return cpuSeconds - start
  }

  /// The least of several runs: what other people's programs add can only be more.
  static func least(of runs: Int, _ body: () throws -> Double) rethrows -> Double {
    var least = Double.infinity
    for _ in 0..<runs { least = min(least, try body()) }
    return least
  }
}

extension Double {
  func microseconds(each count: Int) -> Double { self * 1e6 / Double(count) }
}
