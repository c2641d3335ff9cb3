import AsyncHTTPClient
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import Protocol

// What the libraries throw, as what a caller can do about it.
extension TransportError {
  init(_ error: any Error, limits: TransportLimits) {
    switch error {
    case let error as TransportError: self = error
    case let error as GzipError: self = Self.inflating(error, limits)
    case let error as HTTPClientError: self = Self.client(error)
    case let error as NIOConnectionError: self = Self.connection(error)
    case let error as IOError: self = Self.socket(error)
    case is ChannelError, is HTTPParserError: self = .cut
    // The caller gave up: to the server it looks like a broken connection.
    case is CancellationError: self = .cut
    // Its own words name files of the machine that built it.
    case _ where String(reflecting: type(of: error)).hasPrefix("NIOSSL."):
      self = .unreachable(
        reason: "no secure connection comes about; look whether its address begins with https "
          + "and its certificate is a known one")
    // What is left comes before a request: names, sockets.
    default: self = .unreachable(reason: SafeText.line(Array("\(error)".utf8.prefix(300))))
    }
  }

  private static func inflating(_ error: GzipError, _ limits: TransportLimits) -> TransportError {
    switch error {
    case .truncated: .cut
    case .corrupt, .trailingBytes: .badAnswer(reason: "its answer is damaged")
    case .tooLarge(let limit): .badAnswer(reason: "its answer is longer than \(limit) bytes")
    }
  }

  private static func client(_ error: HTTPClientError) -> TransportError {
    switch error {
    case .deadlineExceeded, .readTimeout, .writeTimeout: .timedOut
    case .connectTimeout, .getConnectionFromPoolTimeout:
      .unreachable(reason: "it does not take the connection")
    case .tlsHandshakeTimeout: .unreachable(reason: "it does not finish the TLS handshake")
    default: .cut
    }
  }

  /// Names with several addresses: the first failure stands for all.
  private static func connection(_ error: NIOConnectionError) -> TransportError {
    guard let failure = error.connectionErrors.first else {
      return .unreachable(reason: "the name \(error.host) is not known here")
    }
    if let failure = failure.error as? IOError, case .unreachable = socket(failure) {
      return socket(failure)
    }
    return .unreachable(reason: "it does not take the connection")
  }

  /// What can only happen while connecting, and failed reads and writes of a connection that stood.
  private static func socket(_ error: IOError) -> TransportError {
    switch error.errnoCode {
    case ECONNREFUSED: .unreachable(reason: "nothing listens at its address")
    case ENETUNREACH, EHOSTUNREACH, ENETDOWN, EHOSTDOWN, EADDRNOTAVAIL:
      .unreachable(reason: "no network leads to it")
    default: .cut
    }
  }
}
