import Protocol

/// Why there is no answer from the server, sorted by what the caller can do.
///
/// Sentences that came from the server are made safe for a terminal and cut to a bound. Where the
/// server gave a code that this program knows, `said` has it.
public enum TransportError: Error, Hashable, Sendable, CustomStringConvertible {
  /// No connection, or no server behind it that can answer now: try again later.
  case unreachable(reason: String, said: HTTPReason? = nil)
  /// The server did not answer in time: try again later, with less.
  case timedOut
  /// The connection broke after the request was begun. The server may have taken it: repeat it.
  case cut
  /// The server, or something before it, does not take so much at once (413), or the request broke
  /// off on its way: try again, with less.
  case tooMuch(sentence: String, said: HTTPReason? = nil)
  /// The server does not take this request; the same one would be refused again.
  case refused(status: Int, sentence: String, said: HTTPReason? = nil)
  /// The token or code is not, or no longer, good for this (401, 403).
  case revoked(sentence: String, said: HTTPReason? = nil)
  /// The server no longer speaks this program's version of the protocol (426).
  case tooOld(sentence: String, said: HTTPReason? = nil)
  /// Something answered, but not as a Kaai server does.
  case badAnswer(reason: String)

  /// Whether the same request may well succeed later without anybody doing anything.
  public var isTransient: Bool {
    switch self {
    case .unreachable, .timedOut, .cut: true
    case .tooMuch, .refused, .revoked, .tooOld, .badAnswer: false
    }
  }

  public var description: String {
    switch self {
    case .unreachable(let reason, _): "The server cannot be reached: \(reason)."
    case .timedOut: "The server did not answer in time; try again later."
    case .cut: "The connection broke; try again."
    case .tooMuch(let sentence, _): "The server does not take so much at once: \(sentence)"
    case .refused(let status, let sentence, _): "The server refused (\(status)): \(sentence)"
    case .revoked(let sentence, _), .tooOld(let sentence, _): sentence
    case .badAnswer(let reason): "What answered is not a Kaai server: \(reason)."
    }
  }
}
