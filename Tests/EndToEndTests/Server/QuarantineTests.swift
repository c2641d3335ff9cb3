import Foundation
import Protocol
import Testing
import Transport

@Suite("Refused transactions", .timeLimit(.minutes(10)))
struct QuarantineTests {
  /// Organisations and their names, by their tags.
  private static let organisation: Protocol.Tag = 2

  @Test("what a reader offers is refused with a reason, kept, and shown to an admin")
  func reader() async throws {
    let server = try await TestServer()
    let code = try await server.code(user: "Bo", role: "reader", spaces: "*")
    let transport = try await server.serve()
    defer { Task { await transport.close() } }
    let device = try await transport.enrol(code, name: "Laptop B")
    let row = RowID(site: device.site, counter: 1)
    let answer = try await transport.offer(
      [.create(Self.organisation, row, [(16, "Café Zonder Naam")])], as: device)

    #expect(answer.status == .ok)
    #expect(answer.outcomes.map(\.sequence) == [1])
    guard case .refused(.noRight, let space)? = answer.outcomes.first?.verdict else {
      Issue.record("a reader's change was not refused: \(answer.outcomes)")
      return
    }
    #expect(space == "gent")

    let name = "\(device.site):1"
    let list = try await server.command("quarantine", "list", "--json").output
    #expect(
      list.contains("\"transaction\":\"\(name)\",\"reason\":\"noRight\",\"detail\":\"gent\","))
    #expect(list.contains("\"sentence\":\"you may not change anything in space gent"))
    #expect(list.contains("\"user\":\"Bo\",\"device\":\"Laptop B\",\"changes\":1"))
    let shown = try await server.command("quarantine", "show", name, "--json").output
    #expect(shown.contains("\"record\":\"\(row.text)\""))
    #expect(shown.contains("\"value\":\"Café Zonder Naam\""))
    for command in [["list"], ["show", name]] {
      for (language, words) in [("nl", "u mag in ruimte gent niets"), ("en", "you may not")] {
        let text = try await Program.server.run(
          ["quarantine"] + command + ["--lang", language, "--data", server.data]
        ).output
        #expect(text.contains(words), "\(text)")
        #expect(!text.contains("noRight"), "\(text)")
      }
    }
    let people = try await Program.server.run(
      ["quarantine", "show", name, "--lang", "en", "--data", server.data]
    ).output
    #expect(people.contains("Café Zonder Naam"), "\(people)")
    #expect(try !(await server.command("dump").output.contains("Zonder Naam")))
    #expect(try await server.command("verify").status == 0)
    _ = try await server.stop()
    #expect(try !server.logged().contains("Zonder Naam"))
  }
}

extension HTTPTransport {
  /// Offers the first transaction of a device that has nothing yet.
  func offer(_ operations: [Protocol.Operation], as device: EnrolResponse) async throws
    -> SyncResponse
  {
    let nonce = Hash16(low: 1, high: 2)
    let now = Int64(Date().timeIntervalSince1970 * 1_000)
    let stamp = HLC(milliseconds: now)
    let transaction = BatchTransaction(
      id: TransactionID(site: device.site, sequence: 1), stamp: stamp, authorStamp: stamp,
      user: device.userID, seen: .none, modelVersion: 1, knownRefused: 0, label: "",
      operationCount: operations.count)
    var body = OperationBody(key: Chain.transactionKey(nonce: nonce, sequence: 1))
    for operation in operations { body.append(operation) }
    var chain = Chain()
    chain.append(transaction.header, operations: body.hashes)
    var batch = BatchBuilder()
    batch.append(transaction, nonce: nonce, chain: chain.link)
    for operation in operations { batch.append(operation, audience: 0) }
    let request = SyncRequest(
      modelName: "gent-economy", modelVersion: 1, cursor: [], clockMilliseconds: now,
      lastSequence: 1, lastChain: chain.link, jumps: [], confirmedSequence: 0,
      pageBytes: 1 << 20, wantsAll: false, grantVersion: 1, batch: batch.finish())
    return try SyncResponse(
      encoded: try await post(
        path: HTTPForm.syncPath, token: device.token, body: request.encoded),
      limits: .standard)
  }
}
