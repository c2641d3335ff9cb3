import Foundation
import Protocol
import Synchronization
import Transport

/// A link between laptops and a server that a test can spoil: raw sockets, no knowledge of HTTP.
///
/// It has an address of its own that stays the same while the server behind it is another.
final class Link: Sendable {
  enum Fault: Sendable {
    case none
    /// The first connection that sends more bytes than this is cut; the next ones are not.
    case cutsOneUpload(after: Int)
    /// Every connection is cut after so many bytes, both ways together.
    case cutsEvery(Int)
    /// The server gets what is sent; nothing comes back, and the connection stays.
    case swallowsAnswers
    /// As a proxy does that takes no more than so many bytes of a request.
    case refuses(over: Int, status: Int)
  }

  struct Count: Sendable {
    var up = 0
    var down = 0
    var cuts = 0
    /// Of exchanges that a cut ended before they were over.
    var wasted = 0
    var swallowed = 0
    var refused = 0
  }

  private struct State {
    var target: Int
    var fault = Fault.none
    var count = Count()
    var sockets: [Int32: Int32] = [:]
    var isClosed = false
  }

  enum Failure: Error { case socket(Int32) }

  private let state: Mutex<State>
  private let listener: Int32
  let address: String

  init(to target: ServerURL) throws {
    listener = socket(AF_INET, Self.kind, 0)
    guard listener >= 0 else { throw Failure.socket(errno) }
    var loopback = Self.loopback(port: 0)
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = listener
    let status = withUnsafeMutablePointer(to: &loopback) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, size) == 0 && listen(descriptor, 32) == 0
          && getsockname(descriptor, $0, &size) == 0
      }
    }
    guard status else { throw Failure.socket(errno) }
    address = "http://127.0.0.1:\(UInt16(bigEndian: loopback.sin_port))"
    state = Mutex(State(target: target.port))
    Thread.detachNewThread { [self] in accept() }
  }

  var fault: Fault {
    get { state.withLock { $0.fault } }
    set { state.withLock { $0.fault = newValue } }
  }
  var count: Count { state.withLock { $0.count } }

  /// From now on another server is behind it; old connections end.
  func lead(to target: ServerURL) {
    state.withLock {
      $0.target = target.port
      for (one, other) in $0.sockets { Self.cut(one, other) }
    }
  }

  func close() {
    state.withLock {
      guard !$0.isClosed else { return }
      $0.isClosed = true
      for (one, other) in $0.sockets { Self.cut(one, other) }
      shutdown(listener, Int32(SHUT_RDWR))
    }
  }

  private func accept() {
    while true {
      let client = Glibc.accept(listener, nil, nil)
      guard client >= 0 else {
        if state.withLock({ $0.isClosed }) { break }
        continue
      }
      fcntl(client, F_SETFD, FD_CLOEXEC)
      guard let server = connect() else {
        Glibc.close(client)
        continue
      }
      let isOpen = state.withLock { state in
        if !state.isClosed { state.sockets[client] = server }
        return !state.isClosed
      }
      guard isOpen else {
        Glibc.close(client)
        Glibc.close(server)
        break
      }
      let wire = Wire(client: client, server: server)
      Thread.detachNewThread { [self] in pump(wire, isUp: true) }
      Thread.detachNewThread { [self] in pump(wire, isUp: false) }
    }
    Glibc.close(listener)
  }

  private func connect() -> Int32? {
    let server = socket(AF_INET, Self.kind, 0)
    var target = Self.loopback(port: UInt16(state.withLock { $0.target }))
    let status = withUnsafePointer(to: &target) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    if status == 0 { return server }
    Glibc.close(server)
    return nil
  }

  /// Two sockets that belong together, and how much they have carried.
  private final class Wire: Sendable {
    let client: Int32
    let server: Int32
    let carried = Mutex(Carried())
    struct Carried {
      var up = 0
      var all = 0
      var ends = 0
      /// Since the present exchange began: a request that follows an answer begins one.
      var exchange = 0
      var isAnswering = false
    }
    init(client: Int32, server: Int32) {
      self.client = client
      self.server = server
    }
  }

  private func pump(_ wire: Wire, isUp: Bool) {
    let (source, target) = isUp ? (wire.client, wire.server) : (wire.server, wire.client)
    var buffer = [UInt8](repeating: 0, count: 4_096)
    loop: while true {
      let count = recv(source, &buffer, buffer.count, 0)
      guard count > 0 else { break }
      switch judge(count, wire, isUp: isUp) {
      case .pass(let passed, let cuts):
        guard sendAll(target, buffer[..<passed]) else { break loop }
        if cuts {
          Self.cut(wire.client, wire.server)
          break loop
        }
      case .swallow: continue
      case .refuse(let status):
        let answer = "HTTP/1.1 \(status) No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        _ = sendAll(wire.client, Array(answer.utf8)[...])
        shutdown(wire.client, Int32(SHUT_WR))
        // Reads what still comes, so that the answer is not thrown away with the connection.
        while recv(source, &buffer, buffer.count, 0) > 0 {}
        break loop
      }
    }
    shutdown(target, Int32(SHUT_WR))
    let isLast = wire.carried.withLock {
      $0.ends += 1
      return $0.ends == 2
    }
    guard isLast else { return }
    state.withLock { $0.sockets[wire.client] = nil }
    Glibc.close(wire.client)
    Glibc.close(wire.server)
  }

  private enum Judgement {
    case pass(Int, cuts: Bool)
    case swallow
    case refuse(status: Int)
  }

  private func judge(_ count: Int, _ wire: Wire, isUp: Bool) -> Judgement {
    let before = wire.carried.withLock {
      if isUp && $0.isAnswering { $0.exchange = 0 }
      $0.isAnswering = !isUp
      let before = $0
      if isUp { $0.up += count }
      $0.all += count
      $0.exchange += count
      return before
    }
    return state.withLock { state in
      var passed = count
      switch state.fault {
      case .none: break
      case .cutsOneUpload(let limit) where isUp && before.up + count > limit:
        passed = limit - before.up
        state.fault = .none
      case .cutsOneUpload: break
      case .cutsEvery(let limit): passed = min(count, max(0, limit - before.all))
      case .swallowsAnswers where !isUp:
        state.count.swallowed += count
        return .swallow
      case .swallowsAnswers: break
      case .refuses(let limit, let status) where isUp && before.exchange + count > limit:
        state.count.refused += 1
        return .refuse(status: status)
      case .refuses: break
      }
      passed = max(0, passed)
      if isUp { state.count.up += passed } else { state.count.down += passed }
      if passed < count {
        state.count.cuts += 1
        state.count.wasted += before.exchange + passed
      }
      return .pass(passed, cuts: passed < count)
    }
  }

  private func sendAll(_ target: Int32, _ bytes: ArraySlice<UInt8>) -> Bool {
    var rest = bytes
    while !rest.isEmpty {
      let sent = rest.withUnsafeBytes {
        send(target, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard sent > 0 else { return false }
      rest = rest.dropFirst(sent)
    }
    return true
  }

  /// Programs that are started meanwhile do not hold it open.
  static let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)

  private static func cut(_ one: Int32, _ other: Int32) {
    shutdown(one, Int32(SHUT_RDWR))
    shutdown(other, Int32(SHUT_RDWR))
  }

  private static func loopback(port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
  }
}
