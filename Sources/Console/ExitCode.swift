/// How a command ended, for scripts.
public enum ExitStatus: Int32, Sendable {
  case ok = 0
  case error = 1
  case usage = 2
  /// The server was not reached; the data is safe.
  case offline = 3
  /// Revoked, or not authorised.
  case notAuthorised = 4
  /// Conflicts are open, and `--strict` asks.
  case conflictsOpen = 5
  /// Changes were not accepted in this sync.
  case notAccepted = 6
  case tooOld = 7
  /// The clock was moved in this sync.
  case clockMoved = 8
  case interrupted = 130
}

/// An end with a sentence.
public struct Failure: Error {
  public let status: ExitStatus
  public let sentence: String
  public init(_ status: ExitStatus, _ sentence: String) {
    self.status = status
    self.sentence = sentence
  }
}
