/// Why there is no answer from the server, sorted by what the caller can do.
///
/// Sentences that came from the server are made safe for a terminal and cut to a bound.
public enum TransportError: Error, Hashable, Sendable, CustomStringConvertible {
  /// No connection, or no server behind it that can answer now: try again later.
  case unreachable(reason: String)
  /// The server did not answer in time: try again later, with less.
  case timedOut
  /// The connection broke after the request was begun. The server may have taken it: repeat it.
  case cut
  /// The server does not take this request; the same one would be refused again.
  case refused(status: Int, sentence: String)
  /// The token or code is not, or no longer, good for this (401, 403).
  case revoked(sentence: String)
  /// The server no longer speaks this program's version of the protocol (426).
  case tooOld(sentence: String)
  /// Something answered, but not as a Kaai server does.
  case badAnswer(reason: String)

  /// Whether the same request may well succeed later without anybody doing anything.
  public var isTransient: Bool {
    switch self {
    case .unreachable, .timedOut, .cut: true
    case .refused, .revoked, .tooOld, .badAnswer: false
    }
  }

  public var description: String {
    switch self {
    case .unreachable(let reason): "The server cannot be reached: \(reason)."
    case .timedOut: "The server did not answer in time; try again later."
    case .cut: "The connection broke; try again."
    case .refused(let status, let sentence): "The server refused (\(status)): \(sentence)"
    case .revoked(let sentence), .tooOld(let sentence): sentence
    case .badAnswer(let reason): "What answered is not a Kaai server: \(reason)."
    }
  }
}
