import Testing
import Transport

@Suite("A server's address")
struct ServerURLTests {
  @Test(
    "is read with or without a slash and kept in one spelling",
    arguments: [
      ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
      ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
      ("HTTP://Kaai.Example.ORG:80", "http://kaai.example.org"),
      ("https://kaai.example.org", "https://kaai.example.org"),
      ("https://kaai.example.org:443/", "https://kaai.example.org"),
      ("https://kaai.example.org:80", "https://kaai.example.org:80"),
      ("http://[::1]:8080", "http://[::1]:8080"),
      ("http://[fe80::1]", "http://[fe80::1]"),
      ("http://laptop_2", "http://laptop_2"),
    ])
  func spelling(text: String, kept: String) throws {
    let url = try ServerURL(text)
    #expect(url.description == kept)
    #expect(try ServerURL(url.description) == url)
  }

  @Test(
    "that is none is refused with what is wrong",
    arguments: [
      ("", ServerURLError.noScheme), ("127.0.0.1:8080", .noScheme), ("ftp://host", .noScheme),
      ("file:///etc/passwd", .noScheme), ("http:/host", .noScheme), ("http://", .noHost),
      ("http:///", .noHost), ("http://:80", .noHost), ("http://a b", .noHost),
      ("http://host\r\nX: y", .noHost), ("http://[::1", .noHost), ("http://[1]", .noHost),
      ("http://[::1]x:80", .noHost), ("http://hôte", .noHost), ("http://host:", .badPort),
      ("http://host:0", .badPort), ("http://host:65536", .badPort), ("http://host:8o", .badPort),
      ("http://host:+80", .badPort), ("http://host:80:80", .badPort),
      ("http://host:999999999999999999999", .badPort), ("http://host/kaai", .hasPath),
      ("http://host//", .hasPath), ("http://host?x", .hasPath), ("http://host#x", .hasPath),
      ("http://user:secret@host", .hasUser), ("http://me@host:80", .hasUser),
      ("http://" + String(repeating: "x", count: 600), .noHost),
    ])
  func refused(text: String, error: ServerURLError) {
    #expect(throws: error) { try ServerURL(text) }
    #expect(error.description.hasSuffix("."))
  }
}
