import Foundation

/// Something that answers at an address, but not as a `kaai-server` does: every connection gets the
/// same bytes and is closed.
final class FakeServer: Sendable {
  let address: String
  private let listener: Int32

  /// - Parameter answer: the whole HTTP answer; empty for a server that hangs up.
  init(answer: String) throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard listener >= 0 else { throw Link.Failure.socket(errno) }
    self.listener = listener
    var own = sockaddr_in()
    own.sin_family = sa_family_t(AF_INET)
    own.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &own) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, size) == 0 && listen(listener, 8) == 0
          && getsockname(listener, $0, &size) == 0
      }
    }
    guard isBound else { throw Link.Failure.socket(errno) }
    address = "http://127.0.0.1:\(UInt16(bigEndian: own.sin_port))"
    Thread.detachNewThread {
      while true {
        let client = accept(listener, nil, nil)
        guard client >= 0 else { break }
        Self.serve(client, Array(answer.utf8))
      }
      close(listener)
    }
  }

  func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

  /// Answers once the request's head is there; the body of these small requests comes with it.
  private static func serve(_ client: Int32, _ answer: [UInt8]) {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    _ = recv(client, &buffer, buffer.count, 0)
    _ = answer.withUnsafeBytes {
      send(client, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
    }
    shutdown(client, Int32(SHUT_WR))
    // Reads what still comes, so that the answer is not thrown away with the connection.
    while recv(client, &buffer, buffer.count, 0) > 0 {}
    close(client)
  }
}
