import Hummingbird
import NIOCore
import Protocol

/// Builds what goes back to the client.
struct Answer {
  let limits: HTTPLimits
  let channel: any Channel
  /// Whether bytes of the request are unread, so that the connection cannot carry another one.
  var closes = false
  /// An answer to HEAD has the fields of one to GET and no body.
  var hasBody = true

  /// A message of the protocol.
  func message(_ bytes: [UInt8], accepted coding: ContentCoding) -> Response {
    var fields = commonFields
    fields[.contentType] = HTTPForm.mediaType
    fields[.vary] = "Accept-Encoding"
    guard coding == .gzip, bytes.count >= limits.compression.smallestByteCount else {
      return response(.ok, fields, bytes)
    }
    fields[.contentEncoding] = "gzip"
    let level = limits.compression.level(bytes.count)
    return response(.ok, fields, Gzip.compress(bytes, level: level))
  }

  /// A sentence for people.
  func sentence(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
    var fields = commonFields
    fields[.contentType] = "text/plain; charset=utf-8"
    return response(status, fields, Array((text + "\n").utf8))
  }

  private static let reasonField = HTTPFields.Element.Name(HTTPReason.fieldName)

  func refusal(_ refusal: Refusal) -> Response {
    var response = sentence(refusal.sentence, status: refusal.status)
    response.headers.append(contentsOf: refusal.fields)
    if let reason = refusal.reason, let name = Self.reasonField {
      response.headers[name] = reason.rawValue
    }
    return response
  }

  /// Nothing here may be kept by a proxy or guessed to be of another type.
  private var commonFields: HTTPFields {
    var fields = HTTPFields()
    fields[.cacheControl] = "no-store"
    fields[.xContentTypeOptions] = "nosniff"
    if closes { fields[.connection] = "close" }
    return fields
  }

  private func response(
    _ status: HTTPResponse.Status, _ fields: HTTPFields, _ bytes: [UInt8]
  ) -> Response {
    let (limits, channel, closes) = (limits, channel, closes)
    let sent = hasBody ? bytes : []
    var fields = fields
    // Given here because an answer to HEAD names the length it would have had.
    fields[.contentLength] = String(bytes.count)
    let body = ResponseBody(contentLength: bytes.count) { writer in
      try await AnswerWriter(limits: limits, channel: channel).write(sent, to: &writer)
      if closes { Lingering.close(channel, after: limits.lingerTime) }
    }
    return Response(status: status, headers: fields, body: body)
  }
}
