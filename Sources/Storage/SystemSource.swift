import CCrypto
import Glibc
import Protocol

/// Where time and randomness come from: the system's in programs, a script's in tests.
public protocol SystemSource: Sendable {
  /// Milliseconds since 1970 by the machine's clock, right or wrong.
  func wallMilliseconds() -> Int64
  /// Milliseconds by a clock that nobody sets and that goes on in sleep; starts anew with the machine.
  func bootMilliseconds() -> Int64
  /// Differs after each start of the machine.
  func bootID() -> String
  func randomBytes(_ count: Int) -> [UInt8]
}

extension SystemSource {
  public func randomHash16() -> Hash16 { Hash16(bytes: randomBytes(16)) ?? .zero }
  public func randomUInt64() -> UInt64 {
    randomBytes(8).reduce(0) { $0 << 8 | UInt64($1) }
  }
}

/// The machine's own clocks and libcrypto's random numbers.
public struct RealSystem: SystemSource {
  /// Added to the wall clock: shows what a wrong clock does.
  public let offsetMilliseconds: Int64
  public init(offsetMilliseconds: Int64 = 0) { self.offsetMilliseconds = offsetMilliseconds }

  /// No further from 1970 than a stamp can follow, with room for those after it: about 2,200 years.
  public func wallMilliseconds() -> Int64 {
    let (sum, overflows) = read(CLOCK_REALTIME).addingReportingOverflow(offsetMilliseconds)
    let bound = HLC.maximumMilliseconds / 2
    return overflows ? bound * offsetMilliseconds.signum() : max(-bound, min(sum, bound))
  }
  public func bootMilliseconds() -> Int64 { read(CLOCK_BOOTTIME) }

  private func read(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
  }

  public func bootID() -> String {
    guard let file = fopen("/proc/sys/kernel/random/boot_id", "r") else { return "" }
    defer { fclose(file) }
    var buffer = [UInt8](repeating: 0, count: 64)
    let count = fread(&buffer, 1, buffer.count, file)
    return String(decoding: buffer.prefix(count).prefix { $0 != 10 }, as: UTF8.self)
  }

  public func randomBytes(_ count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    precondition(RAND_bytes(&bytes, Int32(count)) == 1, "libcrypto gives random numbers")
    return bytes
  }
}
