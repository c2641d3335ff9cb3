import Foundation
import Testing

/// Servers that are not there, are other servers, or refuse this device.
@Suite("What kaai says of servers", .serialized, .timeLimit(.minutes(10)))
struct ClientServerTests {
  @Test("a server that is not reached: 3, the data is safe, edits go on")
  func offline() async throws {
    let city = try await City()
    let a = try await city.laptop("Anke")
    try await a.tell("edit", "Sirris", "website=https://offline.example")
    _ = try await city.server.stop()
    city.link.close()
    try await a.expectRefused(["sync"], status: 3, says: ["reached"])
    try await a.tell("edit", "Sirris", "website=https://still.example")
    #expect(try await a.tell("status")["pending"].int == 2)
    #expect(try await a.tell("status")["inSync"].bool == false)
  }

  @Test("wrong, used and expired codes: 4, with the remedy; the folder stays free for another code")
  func codes() async throws {
    let city = try await City()
    let (used, late) = (try await city.code("Anke"), try await city.code("Anke"))
    let a = try Laptop("Anke")
    let other = try Laptop("Anke")
    try await other.tell("enrol", city.link.address, used)
    try city.server.sql("UPDATE _code SET expires_at = 1000 WHERE used = 0")
    for (code, says) in [("AAAA-BBBB-CCCC", "unknown"), (used, "used"), (late, "expired")] {
      let ending = try await a.run(["enrol", city.link.address, code])
      #expect(ending.status == 4, "\(ending.errors)")
      #expect(ending.output.isEmpty)
      #expect(ending.errors.contains(says), "\(ending.errors)")
      #expect(ending.errors.contains("new one"), "\(ending.errors)")
    }
    try await a.tell("enrol", city.link.address, try await city.code("Anke"))
  }

  @Test("a revoked device and a disabled user are refused with 4; what they had not sent is kept")
  func revoked() async throws {
    let city = try await City()
    let (a, b) = (try await city.laptop("Anke"), try await city.laptop("Bram"))
    for laptop in [a, b] {
      try await laptop.tell("edit", "Sirris", "website=https://late.example")
    }
    #expect(try await city.server.command("device", "revoke", "Anke").status == 0)
    #expect(try await city.server.command("user", "disable", "Bram").status == 0)
    for laptop in [a, b] {
      try await laptop.expectRefused(["sync"], status: 4, says: ["admin"])
      #expect(try await laptop.tell("status")["pending"].int == 1)
    }
    let dump = try await city.server.command("dump").output
    #expect(!dump.contains("late.example"))
  }

  @Test("a device token that is damaged is refused with 4")
  func wrongToken() async throws {
    let city = try await City()
    let a = try await city.laptop("Anke")
    try a.sql("UPDATE _meta SET value = '\(String(repeating: "A", count: 52))' WHERE key = 'token'")
    try await a.expectRefused(["sync"], status: 4, says: ["enrol"])
  }

  @Test(
    "what answers is no Kaai server: 1, with a sentence",
    arguments: [
      "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nlogin",
      "HTTP/1.1 302 Found\r\nLocation: http://login.example/\r\nContent-Length: 0\r\n\r\n",
      "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.kaai\r\nContent-Length: 4\r\n\r\nabcd",
      "HTTP/1.1 500 Oops\r\nContent-Type: text/plain\r\nContent-Length: 12\r\n\r\n\u{1B}[31m hello!",
    ])
  func wrongServer(answer: String) async throws {
    let city = try await City()
    let a = try await city.laptop("Anke")
    let fake = try FakeServer(answer: answer)
    defer { fake.stop() }
    try a.sql("UPDATE _meta SET value = '\(fake.address)' WHERE key = 'server'")
    try await a.expectRefused(["sync"], status: 1)
    let fresh = try Laptop("Anke")
    let ending = try await fresh.run(["enrol", fake.address, "AAAA-BBBB-CCCC"])
    #expect(ending.status == 1, "\(ending.errors)")
    #expect(!ending.errors.contains("\u{1B}"), "nothing raw reaches the terminal")
    #expect(ending.output.isEmpty)
  }

  @Test("a server that no longer speaks this version: 7, with its sentence")
  func tooOld() async throws {
    let city = try await City()
    let a = try await city.laptop("Anke")
    let sentence = "Update to version 9 of the program."
    let fake = try FakeServer(
      answer: "HTTP/1.1 426 Upgrade Required\r\nContent-Type: text/plain\r\n"
        + "Content-Length: \(sentence.utf8.count)\r\n\r\n\(sentence)")
    defer { fake.stop() }
    try a.sql("UPDATE _meta SET value = '\(fake.address)' WHERE key = 'server'")
    try await a.expectRefused(["sync"], status: 7, says: ["version 9"])
  }
}
