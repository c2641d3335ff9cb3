import Hummingbird
import Logging
import Protocol

/// Answers every request of the server: finds the route, checks the head, reads the body, asks the
/// core.
struct SyncResponder: HTTPResponder {
  typealias Context = ConnectionContext

  let endpoint: any SyncEndpoint
  let limits: HTTPLimits
  let gate: RequestGate

  func respond(to request: Request, context: ConnectionContext) async -> Response {
    let start = ContinuousClock.now
    let head = RequestHead(request: request.head)
    var answer = Answer(limits: limits, channel: context.channel, closes: head.hasBody)
    let response: Response
    do {
      response = try await respond(to: request, head: head, answer: &answer)
    } catch {
      if let detail = error.detail {
        context.logger.error("A request failed.", metadata: ["reason": "\(detail)"])
      }
      response = answer.refusal(error)
    }
    // Neither fields nor query: a token must not reach the log, whatever a client does with it.
    context.logger.info(
      "Answered.",
      metadata: [
        "method": "\(request.method)", "path": "\(Route(path: request.uri.path)?.path ?? "?")",
        "status": "\(response.status.code)", "duration": "\(start.duration(to: .now))",
      ])
    return response
  }

  private func respond(
    to request: Request, head: RequestHead, answer: inout Answer
  ) async throws(Refusal) -> Response {
    guard let route = Route(path: request.uri.path) else { throw .noSuchPath }
    guard route.methods.contains(request.method.rawValue) else { throw .wrongMethod(route) }
    answer.hasBody = request.method != .head
    switch route {
    case .live:
      return answer.sentence("The server runs.")
    case .ready:
      guard await endpoint.isReady() else { throw .notReady }
      return answer.sentence("The server is ready.")
    case .sync:
      let token = try head.token()
      return try await exchange(request, head, &answer) { body throws(EndpointError) in
        try await endpoint.sync(token: token, body: body)
      }
    case .history:
      let token = try head.token()
      return try await exchange(request, head, &answer) { body throws(EndpointError) in
        try await endpoint.history(token: token, body: body)
      }
    case .enrol:
      return try await exchange(request, head, &answer) { body throws(EndpointError) in
        try await endpoint.enrol(body: body)
      }
    }
  }

  /// One message in, one message out.
  private func exchange(
    _ request: Request, _ head: RequestHead, _ answer: inout Answer,
    core: ([UInt8]) async throws(EndpointError) -> [UInt8]
  ) async throws(Refusal) -> Response {
    let coding = try head.bodyCoding(limits)
    guard gate.enter() else { throw .busy }
    defer { gate.leave() }
    let reader = BodyReader(limits: limits, coding: coding)
    let body = try await reader.read(request.body, from: answer.channel)
    answer.closes = false
    do {
      return answer.message(try await core(body), accepted: head.answerCoding)
    } catch {
      throw Refusal(error)
    }
  }
}
