import Protocol
import Storage

/// The device's corrected clock, and the record of its jumps (DESIGN 3, "Clock rule").
///
/// Corrected time is the wall clock plus what the last exchange with the server showed. Its distance
/// from the boot-time clock stays the same unless somebody sets the clock: a change of it is a jump,
/// noted with the sequence of the next transaction, so that the server can judge older ones.
struct DeviceClock {
  let system: any SystemSource
  /// How many jumps a request may tell of.
  let jumpLimit: Int
  static let toleranceMilliseconds: Int64 = 1_000

  func now(_ engine: Engine) throws -> Int64 {
    system.wallMilliseconds() + (try engine.fact("clockCorrection").intValue ?? 0)
  }

  /// Notes a jump since the last look. Returns the corrected time.
  func noticeJump(_ engine: Engine, nextSequence: UInt32) throws -> Int64 {
    let now = try now(engine)
    let distance = now - system.bootMilliseconds()
    let boot = system.bootID()
    guard try engine.fact("bootID") == .text(boot),
      let known = try engine.fact("bootDistance").intValue
    else {
      // Another start of the machine: the boot-time clock began anew, nothing can be compared.
      try engine.setFact("bootID", .text(boot))
      try engine.setFact("bootDistance", .int(distance))
      return now
    }
    let jump = distance - known
    if abs(jump) > Self.toleranceMilliseconds {
      try engine.noteJump(sequence: nextSequence, delta: jump, limit: jumpLimit)
      try engine.setFact("bootDistance", .int(distance))
    }
    return now
  }

  /// From now on the clock follows the server's.
  ///
  /// - Parameter isJump: transactions made before, and not yet judged by the server, must be told.
  func correct(
    _ engine: Engine, serverMilliseconds: Int64, deviceMilliseconds: Int64, nextSequence: UInt32,
    isJump: Bool
  ) throws {
    let offset = serverMilliseconds - deviceMilliseconds
    let correction = (try engine.fact("clockCorrection").intValue ?? 0) + offset
    try engine.setFact("clockCorrection", .int(correction))
    if isJump, abs(offset) > Self.toleranceMilliseconds {
      try engine.noteJump(sequence: nextSequence, delta: offset, limit: jumpLimit)
    }
    try engine.setFact("bootID", .text(system.bootID()))
    try engine.setFact(
      "bootDistance",
      .int(system.wallMilliseconds() + correction - system.bootMilliseconds()))
  }
}
