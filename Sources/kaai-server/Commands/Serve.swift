import ArgumentParser
import Console
import Interchange
import Logging
import Protocol
import ServerApp

struct Serve: ServerCommand {
  static let configuration = CommandConfiguration(
    abstract: "Answers devices until it is told to stop (SIGTERM or SIGINT).",
    discussion: """
      The address is printed when devices can connect; the log goes to standard error, one JSON \
      object a line. What listens on another address than 127.0.0.1 is not encrypted: put it behind \
      a proxy that adds TLS.

      Example: kaai-server serve --listen 127.0.0.1:8080
      """)
  @Option(help: "HOST:PORT; port 0 picks a free one.") var listen = "127.0.0.1:8080"
  @Option(help: "How hard answers are compressed: 0 (not) to 9.") var compression = 1

  func run(_ context: Context) async throws -> ExitStatus {
    let address = try ListenAddress(listen, context)
    let limits = try limits(context)
    let store = try context.store()
    try await KaaiHTTPServer.check(host: address.host, port: address.port)
    try store.openEpoch()
    let output = context.output
    try await KaaiHTTPServer.run(
      endpoint: SyncHub(store: store, system: context.system), host: address.host,
      port: address.port, limits: limits, logger: JSONLogHandler.logger()
    ) { port in
      let url = address.url(port: port)
      output.json { json in json.object { $0.member("address", string: url) } }
      output.line(
        Label(nl: "De server luistert op \(url)", en: "The server listens on \(url)"))
    }
    return .ok
  }

  private func limits(_ context: Context) throws -> HTTPLimits {
    guard (0...9).contains(compression) else {
      throw Failure(
        .usage,
        context.say("--compression is een getal van 0 tot 9.", "--compression is a number, 0 to 9.")
      )
    }
    var limits = HTTPLimits()
    let level = compression
    limits.compression = AnswerCompression { _ in level }
    return limits
  }
}

/// `HOST:PORT`, with an IPv6 address in brackets.
struct ListenAddress {
  let host: String
  let port: Int
  private let isBracketed: Bool

  init(_ text: String, _ context: Context) throws {
    let failure = Failure(
      .usage,
      context.say(
        "--listen verwacht HOST:POORT, zoals 127.0.0.1:8080 of [::1]:8080.",
        "--listen takes HOST:PORT, such as 127.0.0.1:8080 or [::1]:8080."))
    guard let colon = text.lastIndex(of: ":"),
      let port = Int(text[text.index(after: colon)...]), (0...65_535).contains(port)
    else { throw failure }
    var host = text[..<colon]
    isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
    if isBracketed { host = host.dropFirst().dropLast() }
    guard !host.isEmpty, isBracketed || !host.contains(":") else { throw failure }
    self.host = String(host)
    self.port = port
  }

  func url(port: Int) -> String { "http://\(isBracketed ? "[\(host)]" : host):\(port)" }
}
