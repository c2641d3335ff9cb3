import Glibc
import NIOCore

/// Why the server could not start to listen.
public enum ServerStartError: Error, CustomStringConvertible {
  case addressInUse(host: String, port: Int)
  case notAllowed(host: String, port: Int)
  case noSuchAddress(host: String, reason: String)

  init(host: String, port: Int, _ error: IOError) {
    switch error.errnoCode {
    case EADDRINUSE: self = .addressInUse(host: host, port: port)
    case EACCES, EPERM: self = .notAllowed(host: host, port: port)
    default:
      self = .noSuchAddress(host: host, reason: String(cString: strerror(error.errnoCode)))
    }
  }

  init(host: String, port: Int, _ error: SocketAddressError) {
    self = .noSuchAddress(host: host, reason: "\(error)")
  }

  public var description: String {
    switch self {
    case .addressInUse(let host, let port):
      """
      Something listens on \(host):\(port) already; stop it, or choose another port (0 picks a \
      free one).
      """
    case .notAllowed(let host, let port):
      "This user may not listen on \(host):\(port); choose a port from 1024 on."
    case .noSuchAddress(let host, let reason):
      "The server cannot listen on \(host): \(reason). Use an address of this machine."
    }
  }
}
