import Protocol
import ServerApp

/// A core that does what a test says: by default it sends back what it got.
struct TestEndpoint: SyncEndpoint {
  var answer: @Sendable (_ token: String, _ body: [UInt8]) async throws(EndpointError) -> [UInt8] =
    { _, body in body }
  var enrolment: @Sendable (_ body: [UInt8]) async throws(EndpointError) -> [UInt8] =
    { body in Array("enrolled ".utf8) + body }
  var ready = true

  func sync(token: String, body: [UInt8]) async throws(EndpointError) -> [UInt8] {
    try await answer(token, body)
  }

  func history(token: String, body: [UInt8]) async throws(EndpointError) -> [UInt8] {
    try await answer(token, body)
  }

  func enrol(body: [UInt8]) async throws(EndpointError) -> [UInt8] {
    try await enrolment(body)
  }

  func isReady() async -> Bool { ready }
}
