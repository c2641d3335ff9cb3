import Foundation
import Testing
import Transport

/// A serving `kaai-server` with the sample in it, a link to it, and the laptops of the scenarios.
final class City {
  let server: TestServer
  let link: Link
  private(set) var laptops: [String: Laptop] = [:]

  /// The people of the scenarios, and the spaces they have.
  static let people = [
    ("Anke", "*"), ("Bram", "*"), ("Chloe", "*"), ("Dries", "*"), ("Ruben", "WINTERCIRCUS"),
  ]

  /// A data directory with the sample and the people, made once and copied for each city.
  private static let template = Task<TemporaryFolder, any Error> {
    let server = try await TestServer()
    let imported = try await server.command("import", "-", "--as", "sample")
    guard imported.status == 0 else { throw TestServer.Failure.ended(imported.errors) }
    for (person, spaces) in people {
      try await server.command("user", "add", person, "--role", "editor", "--spaces", spaces)
    }
    return server.folder
  }

  init() async throws {
    server = try await TestServer(isReady: false)
    let template = try await Self.template.value
    try FileManager.default.copyItem(atPath: template.path("data"), toPath: server.data)
    link = try Link(to: try await server.start())
  }

  deinit { link.close() }

  /// A laptop that is enrolled over the link and has synced once.
  func laptop(_ person: String, named name: String? = nil) async throws -> Laptop {
    let laptop = try Laptop(person)
    try await laptop.tell("enrol", link.address, try await code(person), "--name", name ?? person)
    try await laptop.sync()
    laptops[name ?? person] = laptop
    return laptop
  }

  func code(_ person: String) async throws -> String {
    try await server.command("device", "code", person).lines.first ?? ""
  }

  /// Stops the server, or finds it ended, and starts another on the same data behind the link.
  func restart(environment: [String: String] = [:]) async throws {
    if server.isRunning { _ = try await server.stop() }
    link.lead(to: try await server.start(environment: environment))
  }

  /// All sync until nothing is new, then every replica and the server must agree: digests from
  /// scratch, outboxes, and dumps byte for byte.
  func expectAgreement(sourceLocation: SourceLocation = #_sourceLocation) async throws {
    let all = laptops.values.sorted { $0.person < $1.person }
    // The last of them has everything after the first round.
    for laptop in all + all.dropLast() { try await laptop.sync() }
    for laptop in all {
      let status = try await laptop.tell("status")
      #expect(status["inSync"].bool == true, "\(laptop.person)", sourceLocation: sourceLocation)
      #expect(status["pending"].int == 0, "\(laptop.person)", sourceLocation: sourceLocation)
      #expect(
        status["digest"].text == status["serverDigest"].text, "\(laptop.person)",
        sourceLocation: sourceLocation)
      try await laptop.expectSound(sourceLocation: sourceLocation)
      let theirs = try await server.command("dump", "--user", laptop.person).output
      #expect(
        try await laptop.dump() == theirs, "the dump of \(laptop.person)",
        sourceLocation: sourceLocation)
    }
    try await server.expectSound(sourceLocation: sourceLocation)
  }
}

extension TestServer {
  func expectSound(sourceLocation: SourceLocation = #_sourceLocation) async throws {
    let ending = try await command("verify", "--json")
    #expect(ending.status == 0, "\(ending.output)", sourceLocation: sourceLocation)
  }
}

extension Laptop {
  func expectSound(sourceLocation: SourceLocation = #_sourceLocation) async throws {
    let ending = try await run(["verify"])
    #expect(ending.status == 0, "\(person): \(ending.output)", sourceLocation: sourceLocation)
  }
}
