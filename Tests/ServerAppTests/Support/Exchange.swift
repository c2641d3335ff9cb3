import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Protocol

/// One request as a test words it, and what came back, as it was on the wire.
struct Exchange {
  var method = HTTPMethod.POST
  var path = HTTPForm.syncPath
  var type: String? = HTTPForm.mediaType
  var encoding: String? = "gzip"
  var accept: String? = "gzip"
  var authorization: String? = "Bearer token-1"
  var body: [UInt8]?
  /// Sends the body in chunks of this many bytes, without a Content-Length.
  var chunkByteCount: Int?

  /// Lives as long as the tests. It must not inflate: what is on the wire is what is tested.
  private static let client = HTTPClient(
    eventLoopGroupProvider: .singleton, configuration: .init(decompression: .disabled))

  struct Answer {
    let status: Int
    let headers: HTTPHeaders
    let bytes: [UInt8]

    var text: String { String(decoding: bytes, as: UTF8.self) }
    func header(_ name: String) -> String? { headers.first(name: name) }
    /// The message, inflated where the answer says that it is compressed.
    var message: [UInt8] {
      get throws {
        header("Content-Encoding") == "gzip"
          ? try Gzip.decompress(bytes, limit: 100 << 20) : bytes
      }
    }
  }

  func send(to server: TestServer) async throws -> Answer {
    var request = HTTPClientRequest(url: server.address + path)
    request.method = method
    let fields = [
      ("Content-Type", type), ("Content-Encoding", encoding), ("Accept-Encoding", accept),
      ("Authorization", authorization),
    ]
    for case (let name, let value?) in fields { request.headers.add(name: name, value: value) }
    if let body {
      if let chunkByteCount {
        let chunks = stride(from: 0, to: body.count, by: chunkByteCount).map { start in
          ByteBuffer(bytes: body[start..<min(start + chunkByteCount, body.count)])
        }
        request.body = .stream(chunks.async, length: .unknown)
      } else {
        request.body = .bytes(body)
      }
    }
    let response = try await Self.client.execute(request, timeout: .seconds(30))
    let bytes = try await response.body.collect(upTo: 100 << 20)
    return Answer(
      status: Int(response.status.code), headers: response.headers,
      bytes: Array(bytes.readableBytesView))
  }
}

extension Array where Element: Sendable {
  /// The elements one by one, as an asynchronous sequence.
  var async: AsyncStream<Element> {
    AsyncStream { continuation in
      for element in self { continuation.yield(element) }
      continuation.finish()
    }
  }
}

/// Bytes of a text.
func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
