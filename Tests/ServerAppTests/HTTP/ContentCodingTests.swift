import Testing

@testable import ServerApp

@Suite("Content codings")
struct ContentCodingTests {
  @Test(
    "what a client accepts",
    arguments: [
      (nil, ContentCoding.identity), ("", .identity), ("gzip", .gzip), ("GZIP", .gzip),
      ("x-gzip", .gzip), ("gzip;q=1.0", .gzip), ("gzip; q=0.001", .gzip), ("gzip;q=0", .identity),
      ("gzip;q=0.000", .identity), ("gzip ; q = 0", .identity), ("*", .gzip), ("*;q=0", .identity),
      ("*;q=0, gzip", .gzip), ("*, gzip;q=0", .identity), ("deflate, br", .identity),
      ("deflate,gzip", .gzip), (";;;,,,", .identity), ("gzipped", .identity),
    ])
  func accepted(field: String?, coding: ContentCoding) {
    #expect(ContentCoding(acceptEncoding: field) == coding)
  }
}
