import Hummingbird
import Protocol

/// The checks of a request's head that need no byte of its body.
struct RequestHead {
  let request: HTTPRequest

  /// Longer ones are no tokens of ours; they are not even handed on.
  private static let tokenByteCount = 256

  /// The token of `Authorization: Bearer TOKEN`.
  func token() throws(Refusal) -> String {
    let parts = (request.headerFields[.authorization] ?? "")
      .split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
    guard parts.count == 2, parts[0].lowercased() == "bearer" else { throw .noToken }
    let token = String(parts[1]).trimmed
    guard !token.isEmpty, token.utf8.count <= Self.tokenByteCount,
      token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
    else { throw .noToken }
    return token
  }

  /// The coding of the body, after the type and the announced length were found good.
  func bodyCoding(_ limits: HTTPLimits) throws(Refusal) -> ContentCoding {
    let type = (request.headerFields[.contentType] ?? "").split(separator: ";").first ?? ""
    guard String(type).trimmed.lowercased() == HTTPForm.mediaType else { throw .wrongType }
    let encoding = request.headerFields[values: .contentEncoding].joined(separator: ",")
    guard let coding = ContentCoding(contentEncoding: encoding) else { throw .wrongCoding }
    if let length = announcedLength, length > limits.bodyByteCount {
      throw .bodyTooLarge(limits)
    }
    return coding
  }

  /// Whether bytes of a body follow the head.
  var hasBody: Bool {
    if let length = announcedLength { return length > 0 }
    return request.headerFields[.transferEncoding] != nil
  }

  /// The coding in which the client would like its answer.
  var answerCoding: ContentCoding {
    let accepted = request.headerFields[values: .acceptEncoding].joined(separator: ",")
    return ContentCoding(acceptEncoding: accepted)
  }

  private var announcedLength: Int? {
    request.headerFields[.contentLength].flatMap { Int($0) }
  }
}
