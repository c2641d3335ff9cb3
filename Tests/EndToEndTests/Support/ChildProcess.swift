import Foundation
import Synchronization

/// A program that was started, to be watched and ended.
///
/// Foundation's own keeps descriptors of programs that ended, and fails after some hundreds of them.
final class ChildProcess: Sendable {
  let processIdentifier: pid_t
  /// As waitpid gives it; nil while it runs.
  private let waited = Mutex<Int32?>(nil)

  struct CannotStart: Error {
    let program: String
    let number: Int32
  }

  /// Starts it with nothing on standard input and no blocked signal.
  init(
    _ program: String, _ arguments: [String], environment: [String: String], output: String,
    errors: String
  ) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    for (descriptor, path) in [(1, output), (2, errors)] {
      posix_spawn_file_actions_addopen(
        &actions, Int32(descriptor), path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    }

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    let words = ([program] + arguments).map { strdup($0) } + [nil]
    let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in words + variables { free(text) } }
    var identifier: pid_t = 0
    let number = posix_spawn(&identifier, program, &actions, &attributes, words, variables)
    guard number == 0 else { throw CannotStart(program: program, number: number) }
    processIdentifier = identifier
  }

  var isRunning: Bool { status == nil }

  /// It ended by a signal, whose number is `terminationStatus`.
  var isKilled: Bool { (status ?? 0) & 0x7F != 0 }

  /// The exit code, or the number of the signal that ended it; 0 while it runs.
  var terminationStatus: Int32 {
    let status = status ?? 0
    return status & 0x7F != 0 ? status & 0x7F : status >> 8 & 0xFF
  }

  private var status: Int32? {
    waited.withLock { known in
      if known != nil { return known }
      var status: Int32 = 0
      if waitpid(processIdentifier, &status, WNOHANG) == processIdentifier { known = status }
      return known
    }
  }

  /// Sends a signal, unless it has ended: its number may be another's by then.
  func send(_ signal: Int32) {
    if isRunning { kill(processIdentifier, signal) }
  }
}
