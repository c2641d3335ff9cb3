import Protocol
import Testing

@Suite("Gzip")
struct GzipTests {
  /// Repetitive enough to shrink, irregular enough to exercise the codes.
  static func sample(_ count: Int) -> [UInt8] {
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    return (0..<count).map { index in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return index % 3 == 0 ? UInt8(truncatingIfNeeded: state >> 56) : UInt8(index & 15)
    }
  }

  static func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }

  @Test(
    "what is compressed inflates to itself",
    arguments: [0, 1, 2, 100, 65_535, 65_536, 65_537, 300_000], [0, 1, 6, 9])
  func roundTrip(count: Int, level: Int) throws {
    let bytes = Self.sample(count)
    let packed = Gzip.compress(bytes, level: level)
    #expect(try Gzip.decompress(packed, limit: count) == bytes)
  }

  @Test("equal input gives equal bytes: the header carries no time and no name")
  func isDeterministic() {
    let packed = Gzip.compress(Self.sample(1_000))
    #expect(packed == Gzip.compress(Self.sample(1_000)))
    #expect(packed[4..<8].allSatisfy { $0 == 0 }, "a time stands in the header")
    #expect(packed[3] == 0, "a flag announces a name or a comment")
  }

  @Test("contents exactly as long as the limit pass, one byte more does not")
  func limitIsExact() throws {
    for count in [1, 65_536, 131_072, 200_000] {
      let packed = Gzip.compress(Self.zeros(count))
      #expect(try Gzip.decompress(packed, limit: count).count == count)
      #expect(throws: GzipError.tooLarge(limit: count - 1)) {
        try Gzip.decompress(packed, limit: count - 1)
      }
    }
  }

  @Test("a bomb is refused at the limit, and nothing beyond it is stored")
  func bomb() throws {
    let packed = Gzip.compress(Self.zeros(50_000_000), level: 9)
    let limit = 1_000_000
    let inflater = GzipInflater(limit: limit)
    var output: [UInt8] = []
    #expect(throws: GzipError.tooLarge(limit: limit)) { try inflater.feed(packed, into: &output) }
    #expect(output.count <= limit)
    #expect(output.count == inflater.outputCount)
    #expect(throws: GzipError.tooLarge(limit: limit)) { try inflater.feed([0], into: &output) }
    #expect(throws: GzipError.tooLarge(limit: limit)) { try inflater.finish() }
  }

  @Test("a member cut anywhere is truncated, never shorter contents")
  func truncatedAtEveryByte() {
    let packed = Gzip.compress(Self.sample(500))
    for count in 0..<packed.count {
      #expect(throws: GzipError.truncated, "cut after \(count) bytes") {
        try Gzip.decompress(Array(packed[..<count]), limit: 1_000)
      }
    }
  }

  @Test("a changed byte never passes as other contents")
  func corruptAtEveryByte() {
    let bytes = Self.sample(500)
    let packed = Gzip.compress(bytes)
    for index in packed.indices {
      for mask: UInt8 in [0x01, 0x80, 0xFF] {
        var mutated = packed
        mutated[index] ^= mask
        // Header bits that mean nothing here (time, system, "is text") and the padding after the
        // last code may change unnoticed: then the contents must be the same.
        if let output = try? Gzip.decompress(mutated, limit: 100_000) {
          #expect(output == bytes, "byte \(index) xor \(mask) gave other contents")
        }
      }
    }
  }

  @Test("what is not gzip is corrupt", arguments: ["plain text, no gzip", "{}", "\u{1f}x"])
  func notGzip(text: String) {
    #expect(throws: GzipError.corrupt) { try Gzip.decompress(Array(text.utf8), limit: 1_000) }
  }

  @Test("a wrong checksum is corrupt")
  func wrongChecksum() {
    var packed = Gzip.compress(Self.sample(500))
    packed[packed.count - 5] ^= 1
    #expect(throws: GzipError.corrupt) { try Gzip.decompress(packed, limit: 1_000) }
  }

  @Test("bytes after the member are refused, a second member too")
  func trailingBytes() {
    let packed = Gzip.compress(Self.sample(100))
    for tail in [[0], Array("tail".utf8), packed] {
      #expect(throws: GzipError.trailingBytes) {
        try Gzip.decompress(packed + tail, limit: 1_000)
      }
    }
    let inflater = GzipInflater(limit: 1_000)
    var output: [UInt8] = []
    #expect(throws: Never.self) { try inflater.feed(packed, into: &output) }
    #expect(throws: GzipError.trailingBytes, "also in a later chunk") {
      try inflater.feed([0], into: &output)
    }
  }

  @Test("no bytes at all are truncated, an empty member is empty contents")
  func empty() throws {
    #expect(throws: GzipError.truncated) { try Gzip.decompress([], limit: 10) }
    #expect(try Gzip.decompress(Gzip.compress([]), limit: 0) == [])
  }

  @Test("the chunks in which a member arrives do not matter", arguments: [1, 2, 7, 4_096, 70_000])
  func chunks(size: Int) throws {
    let bytes = Self.sample(150_000)
    let packed = Gzip.compress(bytes, level: 6)
    let inflater = GzipInflater(limit: bytes.count)
    var output: [UInt8] = []
    var start = 0
    while start < packed.count {
      let end = min(start + size, packed.count)
      try inflater.feed(Array(packed[start..<end]), into: &output)
      start = end
    }
    try inflater.feed([], into: &output)
    try inflater.finish()
    #expect(output == bytes)
    #expect(inflater.outputCount == bytes.count)
  }
}
