import Protocol
import Testing

@Suite("Encoding of values")
struct ValueCodecTests {
  static let values: [Value] = [
    .null, .int(0), .int(-1), .int(1), .int(1 << 60 - 1), .int(1 << 60), .int(-(1 << 60)),
    .int(.max), .int(.min), .real(51.13768), .real(-0.5), .text(""), .text("Kaai"),
    .text("Gent — haven 🚢"), .bytes([]), .bytes([0, 255]),
    .group([.real(51.1), .real(3.7), .null, .text("approximate")]), .group([.int(3)]),
  ]

  @Test(
    "a value reads back as it was written, and its view covers exactly its bytes", arguments: values
  )
  func roundTrip(_ value: Value) throws {
    let bytes = value.encoded
    let decoded = try bytes.decode { reader throws(DecodeError) in try reader.value() }
    #expect(decoded == value)
    var following = bytes
    following.append(contentsOf: Value.int(7).encoded)
    try following.decode { reader throws(DecodeError) in
      #expect(try reader.valueView().encoded.count == bytes.count)
      #expect(try reader.value() == .int(7))
    }
  }

  @Test("every beginning of a value that is not the whole is a typed error", arguments: values)
  func truncated(_ value: Value) throws {
    let bytes = value.encoded
    for length in 0..<bytes.count {
      #expect(throws: DecodeError.self) {
        try Array(bytes[..<length]).decode { reader throws(DecodeError) in try reader.value() }
      }
    }
  }
}
