import Protocol

/// Tells on standard error how far something is that takes longer than a second: at most one line a
/// second, the same in a terminal and in a log.
public struct ProgressLine {
  private let language: Language
  private var next = ContinuousClock.now + .seconds(1)

  public init(language: Language) { self.language = language }

  public mutating func tell(_ state: @autoclosure () -> Label) {
    guard ContinuousClock.now >= next else { return }
    Output.note(state().text(in: language))
    next = .now + .seconds(1)
  }
}
