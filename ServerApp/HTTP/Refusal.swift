import Hummingbird
import Protocol

/// A request that is not answered: the status, and one plain sentence with the remedy.
///
/// Every status that the server chooses is chosen here.
struct Refusal: Error {
  let status: HTTPResponse.Status
  let sentence: String
  /// Fields that the status asks for.
  var fields: HTTPFields = [:]
  /// What the log should know and the client should not.
  var detail: String?
}

// What the core says.
extension Refusal {
  init(_ error: EndpointError) {
    switch error {
    case .malformed(let sentence):
      self.init(status: .badRequest, sentence: sentence)
    case .unauthorised(let sentence):
      self.init(status: .unauthorized, sentence: sentence, fields: [.wwwAuthenticate: "Bearer"])
    case .forbidden(let sentence):
      self.init(status: .forbidden, sentence: sentence)
    case .protocolTooOld(let sentence):
      self.init(
        status: .upgradeRequired, sentence: sentence, fields: [.upgrade: "kaai-sync/1"])
    case .tooLarge(let sentence):
      self.init(status: .contentTooLarge, sentence: sentence)
    case .conflict(let sentence):
      self.init(status: .conflict, sentence: sentence)
    case .unavailable(let sentence):
      self.init(status: .serviceUnavailable, sentence: sentence, fields: [.retryAfter: "5"])
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
      self.init(status: .badRequest, sentence: error.description)
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
        """)
  }

  static func bodyTooLarge(_ limits: HTTPLimits) -> Refusal {
    Refusal(
      status: .contentTooLarge,
      sentence: """
        The request body is longer than \(limits.bodyByteCount) bytes; send fewer changes at a \
        time.
        """)
  }

  static let tooSlow = Refusal(
    status: .requestTimeout,
    sentence: "The request came in too slowly; send fewer changes at a time.")

  static let brokenBody = Refusal(
    status: .badRequest, sentence: "The request broke off before its end; send it again.")
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
    status: .unauthorized,
    sentence: "Send the token of an enrolled device as Authorization: Bearer TOKEN.",
    fields: [.wwwAuthenticate: "Bearer"])

  static let noSuchPath = Refusal(
    status: .notFound,
    sentence: "There is nothing at this address; check the server's address in the client.")

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
    fields: [.retryAfter: "2"])

  static let notReady = Refusal(
    status: .serviceUnavailable,
    sentence: "The server cannot use its store now; see the server's log.",
    fields: [.retryAfter: "5"])

  static func internalFailure(_ detail: String) -> Refusal {
    Refusal(
      status: .internalServerError,
      sentence: "The server failed; the cause is in its log. Try again, and tell the admin.",
      detail: detail)
  }
}
