import Protocol

/// What the HTTP edge needs of the server core.
///
/// All bodies are already inflated and checked for size; their contents are still hostile. Called
/// from several requests at once. An implementation should end soon after its task is cancelled:
/// that happens when the server is told to stop and the grace period is over.
public protocol SyncEndpoint: Sendable {
  /// Body of POST /v1/sync for the device with this token; the answer's uncompressed bytes.
  func sync(token: String, body: [UInt8]) async throws(EndpointError) -> [UInt8]
  /// Body of POST /v1/enrol; the answer's uncompressed bytes.
  func enrol(body: [UInt8]) async throws(EndpointError) -> [UInt8]
  /// Body of POST /v1/history for the device with this token; the answer's uncompressed bytes.
  func history(token: String, body: [UInt8]) async throws(EndpointError) -> [UInt8]
  /// Whether the store can be read and written now.
  func isReady() async -> Bool
}

/// Why the core does not answer a request. Each carries one plain sentence with the remedy, which
/// is sent to the client as it stands, with a code by which a client may say it in another language;
/// except that of `internalFailure`: it is only logged.
public enum EndpointError: Error, Hashable, Sendable {
  /// The body is not a message of the protocol, or breaks a limit of its contents.
  case malformed(String, HTTPReason? = nil)
  /// The token or code is unknown, expired or revoked.
  case unauthorised(String, HTTPReason? = nil)
  /// The device is known but may not do this.
  case forbidden(String, HTTPReason? = nil)
  /// The client speaks a version that this server no longer understands.
  case protocolTooOld(String, HTTPReason? = nil)
  /// The message holds more than the server takes at once; the client sends smaller ones.
  case tooLarge(String, HTTPReason? = nil)
  /// The state of the server forbids it; a repetition would meet the same.
  case conflict(String, HTTPReason? = nil)
  /// Not now: the client tries again later.
  case unavailable(String, HTTPReason? = nil)
  /// A mistake of the server or its store. The text goes to the log and never to the client.
  case internalFailure(String)
}

extension EndpointError {
  /// A reason in its own words.
  static func unauthorised(_ reason: HTTPReason) -> EndpointError {
    .unauthorised(reason.sentence.en, reason)
  }
  static func unavailable(_ reason: HTTPReason) -> EndpointError {
    .unavailable(reason.sentence.en, reason)
  }
}
