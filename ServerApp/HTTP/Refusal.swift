import Hummingbird
import Protocol

/// A request that is not answered: the status, and one plain sentence with the remedy.
///
/// Every status that the server chooses is chosen here.
struct Refusal: Error {
  let status: HTTPResponse.Status
  let sentence: String
  /// By which a client says it in another language.
  var reason: HTTPReason?
  /// Fields that the status asks for.
  var fields: HTTPFields = [:]
  /// What the log should know and the client should not.
  var detail: String?
}

extension Refusal {
  /// A reason in its own words.
  init(status: HTTPResponse.Status, _ reason: HTTPReason, fields: HTTPFields = [:]) {
    self.init(status: status, sentence: reason.sentence.en, reason: reason, fields: fields)
  }
}

// What the core says.
extension Refusal {
  init(_ error: EndpointError) {
    switch error {
    case .malformed(let sentence, let reason):
      self.init(status: .badRequest, sentence: sentence, reason: reason)
    case .unauthorised(let sentence, let reason):
      self.init(
        status: .unauthorized, sentence: sentence, reason: reason,
        fields: [.wwwAuthenticate: "Bearer"])
    case .forbidden(let sentence, let reason):
      self.init(status: .forbidden, sentence: sentence, reason: reason)
    case .protocolTooOld(let sentence, let reason):
      self.init(
        status: .upgradeRequired, sentence: sentence, reason: reason,
        fields: [.upgrade: "kaai-sync/1"])
    case .tooLarge(let sentence, let reason):
      self.init(status: .contentTooLarge, sentence: sentence, reason: reason)
    case .conflict(let sentence, let reason):
      self.init(status: .conflict, sentence: sentence, reason: reason)
    case .unavailable(let sentence, let reason):
      self.init(
        status: .serviceUnavailable, sentence: sentence, reason: reason,
        fields: [.retryAfter: "5"])
    case .internalFailure(let detail):
      self = .internalFailure(detail)
    }
  }
}

// What a body can be refused for.
extension Refusal {
  init(_ error: GzipError, limits: HTTPLimits) {
    switch error {
    case .corrupt, .truncated, .trailingBytes:
      self.init(status: .badRequest, sentence: error.description, reason: .unreadable)
    case .tooLarge:
      self = .inflatedTooLarge(limits)
    }
  }

  static func inflatedTooLarge(_ limits: HTTPLimits) -> Refusal {
    Refusal(
      status: .contentTooLarge,
      sentence: """
        The request is longer than \(limits.inflatedByteCount) bytes when inflated; send fewer \
        changes at a time.
        """, reason: .tooLarge)
  }

  static func bodyTooLarge(_ limits: HTTPLimits) -> Refusal {
    Refusal(
      status: .contentTooLarge,
      sentence: """
        The request body is longer than \(limits.bodyByteCount) bytes; send fewer changes at a \
        time.
        """, reason: .tooLarge)
  }

  static let tooSlow = Refusal(status: .requestTimeout, .tooSlow)

  static let brokenBody = Refusal(status: .badRequest, .brokenOff)
}

// What the head of a request can be refused for.
extension Refusal {
  static let wrongType = Refusal(
    status: .unsupportedMediaType,
    sentence: "Send the body with Content-Type \(HTTPForm.mediaType).")

  static let wrongCoding = Refusal(
    status: .unsupportedMediaType,
    sentence: "Send the body with Content-Encoding gzip, or without one.",
    fields: [.acceptEncoding: "gzip, identity"])

  static let noToken = Refusal(
    status: .unauthorized, .noToken, fields: [.wwwAuthenticate: "Bearer"])

  static let noSuchPath = Refusal(status: .notFound, .noSuchPath)

  static func wrongMethod(_ route: Route) -> Refusal {
    let methods = route.methods.joined(separator: ", ")
    return Refusal(
      status: .methodNotAllowed, sentence: "\(route.path) takes only \(methods).",
      fields: [.allow: methods])
  }
}

// What is the server's own doing.
extension Refusal {
  static let busy = Refusal(
    status: .serviceUnavailable,
    sentence: "The server has too many requests at once; try again in a few seconds.",
    reason: .busy,
    fields: [.retryAfter: "2"])

  static let notReady = Refusal(
    status: .serviceUnavailable, .notReady, fields: [.retryAfter: "5"])

  static func internalFailure(_ detail: String) -> Refusal {
    var refusal = Refusal(status: .internalServerError, .failed)
    refusal.detail = detail
    return refusal
  }
}
