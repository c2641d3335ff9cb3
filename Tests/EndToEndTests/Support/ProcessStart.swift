import Foundation

/// Foundation's `Process.run()` walks over what all threads share (open descriptors, the environment):
/// two at once have crashed the runner. Starts take their turn; the programs still run side by side.
enum ProcessStart {
  private static let turn = NSLock()

  static func run(_ process: Process) throws {
    turn.lock()
    defer { turn.unlock() }
    try process.run()
  }
}
