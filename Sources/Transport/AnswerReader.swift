import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Protocol

/// Reads the body of an answer within the limits. Whatever answered may be hostile, or a network's
/// login page.
struct AnswerReader {
  let limits: TransportLimits

  /// The inflated message of an answer with status 200.
  func message(_ response: HTTPClientResponse) async throws -> [UInt8] {
    guard mediaType(response.headers) == HTTPForm.mediaType else {
      throw TransportError.badAnswer(
        reason: "the network may want a login first; open its page in a browser")
    }
    let inflater = try inflater(response.headers)
    var output: [UInt8] = []
    try await forEachChunk(of: response) { chunk, byteCount in
      guard byteCount <= limits.answerByteCount else { throw tooLong }
      if let inflater {
        try chunk.withUnsafeReadableBytes { try inflater.feed($0, into: &output) }
      } else {
        guard byteCount <= limits.inflatedByteCount else { throw tooLong }
        output.append(contentsOf: chunk.readableBytesView)
      }
      return true
    }
    try inflater?.finish()
    return output
  }

  /// The error that an answer with any other status stands for.
  func refusal(_ response: HTTPClientResponse) async -> TransportError {
    let status = Int(response.status.code)
    let given = await sentence(response)
    let said = response.headers.first(name: HTTPReason.fieldName)
      .flatMap(HTTPReason.init(rawValue:))
    switch status {
    case 408: return .timedOut
    case 413:
      return .tooMuch(sentence: given ?? "No reason was given.", said: said)
    case 400 where said == .brokenOff:
      return .tooMuch(sentence: given ?? "The request broke off.", said: said)
    case 401, 403:
      return .revoked(
        sentence: given ?? "The server does not accept this device; ask an admin for a new code.",
        said: said)
    case 426:
      return .tooOld(
        sentence: given ?? "This program is too old for the server; update it.", said: said)
    case 502, 503, 504:
      return .unreachable(reason: given ?? "it answers with status \(status)", said: said)
    case 300..<400:
      return .badAnswer(reason: "it points to another address; enrol with the right one")
    default:
      return .refused(status: status, sentence: given ?? "No reason was given.", said: said)
    }
  }

  /// The sentence of a plain-text answer, or nil. What cannot be read is no second error.
  private func sentence(_ response: HTTPClientResponse) async -> String? {
    guard mediaType(response.headers) == "text/plain" else { return nil }
    var bytes: [UInt8] = []
    do {
      try await forEachChunk(of: response) { chunk, _ in
        bytes.append(contentsOf: chunk.readableBytesView.prefix(limits.sentenceByteCount))
        return bytes.count < limits.sentenceByteCount
      }
    } catch {
      return nil
    }
    let line = SafeText.line(Array(bytes.prefix(limits.sentenceByteCount)))
    return line.isEmpty ? nil : line
  }

  /// Calls `body` with each piece of an answer and the bytes so far, until it returns false. Pieces that
  /// come too slowly are the end of it.
  private func forEachChunk(
    of response: HTTPClientResponse, _ body: (ByteBuffer, Int) throws -> Bool
  ) async throws {
    var byteCount = 0
    let start = ContinuousClock.now
    for try await chunk in response.body {
      byteCount += chunk.readableBytes
      guard start.duration(to: .now) < limits.time(for: byteCount) else {
        throw TransportError.timedOut
      }
      guard try body(chunk, byteCount) else { return }
    }
  }

  private func inflater(_ headers: HTTPHeaders) throws(TransportError) -> GzipInflater? {
    let codings = headers[canonicalForm: "Content-Encoding"]
    switch codings.first?.lowercased() {
    case nil, "identity": return nil
    case "gzip" where codings.count == 1:
      return GzipInflater(limit: limits.inflatedByteCount)
    default: throw .badAnswer(reason: "its compression is unknown")
    }
  }

  private func mediaType(_ headers: HTTPHeaders) -> String {
    let field = headers.first(name: "Content-Type") ?? ""
    let type = field.split(separator: ";").first ?? ""
    return String(type.filter { $0 != " " && $0 != "\t" }).lowercased()
  }

  private var tooLong: TransportError {
    .badAnswer(reason: "its answer is longer than \(limits.inflatedByteCount) bytes")
  }
}
