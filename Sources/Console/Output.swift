import Foundation
import Glibc
import Interchange
import Protocol
import Synchronization

/// Where a command writes: exactly one JSON value, or text for people.
public struct Output: Sendable {
  public let isJSON: Bool
  public let language: Language

  public init(isJSON: Bool, language: Language) {
    self.isJSON = isJSON
    self.language = language
  }

  /// Prints one value for machines; nothing for people.
  public func json(_ build: (inout JSONText) throws -> Void) rethrows {
    guard isJSON else { return }
    var json = JSONText()
    try build(&json)
    Self.hasAnswered.store(true, ordering: .relaxed)
    Self.write(json.text + "\n")
  }

  private static let hasAnswered = Atomic(false)

  /// After a command that failed: machines are promised one value, and get `{}` where there was none.
  public func endJSON() {
    if isJSON, !Self.hasAnswered.load(ordering: .relaxed) { emptyJSON() }
  }

  /// `{}`: the command did it and has nothing to say.
  public func emptyJSON() { json { $0.object { _ in } } }

  /// Prints a line for people; nothing for machines. The text is ours or was made safe.
  public func line(_ text: String) {
    if !isJSON { Self.write(text + "\n") }
  }

  public func line(_ label: Label) { line(label.text(in: language)) }

  /// A sentence that begins with a number: `one` where it is 1.
  public func line(_ number: Int, one: Label, other: Label) {
    line("\(number) \((number == 1 ? one : other).text(in: language))")
  }

  /// Whether people watch: colours, progress.
  public static var isTerminal: Bool { isatty(1) == 1 }

  /// The columns of the terminal that people watch; nil where output goes elsewhere, whole.
  public static var terminalWidth: Int? {
    var size = winsize()
    guard isTerminal, ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  /// To standard output, at once.
  ///
  /// Where nothing can be written, as to a file on a full disk, the program ends with 1 and a
  /// sentence: half an answer must not be taken for a whole one. What was saved before stays saved.
  public static func write(_ text: String) {
    guard let reason = put(text, to: STDOUT_FILENO) else { return }
    // Whoever read it has enough, as `head` does.
    if errno == EPIPE { _exit(ExitStatus.error.rawValue) }
    note(
      "The answer cannot be written (\(reason)); what was saved before stays saved. Free some room, "
        + "or send the answer elsewhere.")
    _exit(ExitStatus.error.rawValue)
  }

  /// To standard error: errors and progress, never part of a command's answer. Where that cannot be
  /// written nobody listens, and the work goes on.
  public static func note(_ text: String) {
    _ = put(text + "\n", to: STDERR_FILENO)
  }

  /// Writes all of a text; else returns why not.
  private static func put(_ text: String, to descriptor: Int32) -> String? {
    var text = text
    return text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while !rest.isEmpty {
        let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
        if count < 0 {
          if errno == EINTR { continue }
          return String(cString: strerror(errno))
        }
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
      }
      return nil
    }
  }
}
