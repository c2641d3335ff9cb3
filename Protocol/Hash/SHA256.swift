import CCrypto

/// SHA-256 by the system's libcrypto: a pure function of bytes (FIPS 180-4).
public struct SHA256 {
  private var context = SHA256_CTX()

  public init() { SHA256_Init(&context) }

  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    SHA256_Update(&context, bytes.baseAddress, bytes.count)
  }
  public mutating func update(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { _ = SHA256_Update(&context, $0.baseAddress, $0.count) }
  }
  public mutating func update(_ number: UInt64) {
    withUnsafeBytes(of: number.littleEndian) { _ = SHA256_Update(&context, $0.baseAddress, 8) }
  }

  public mutating func update(_ hash: Hash16) {
    var words = (hash.low.littleEndian, hash.high.littleEndian)
    SHA256_Update(&context, &words, 16)
  }

  public mutating func finish() -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
      SHA256_Final(buffer.baseAddress, &context)
      count = 32
    }
  }

  /// The first 16 bytes, which is what chains hold.
  public mutating func finish16() -> Hash16 {
    var out: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    withUnsafeMutableBytes(of: &out) {
      // A tuple of four 64-bit numbers is 32 bytes.
      _ = SHA256_Final($0.baseAddress!.assumingMemoryBound(to: UInt8.self), &context)
    }
    return Hash16(low: UInt64(littleEndian: out.0), high: UInt64(littleEndian: out.1))
  }

  public static func hash(_ bytes: [UInt8]) -> [UInt8] {
    var hasher = SHA256()
    hasher.update(bytes)
    return hasher.finish()
  }

  /// HMAC-SHA-256 (RFC 2104).
  public static func authenticationCode(key: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
      let done = key.withUnsafeBytes { key in
        bytes.withUnsafeBufferPointer { data in
          kaai_hmac_sha256(
            key.baseAddress, Int32(key.count), data.baseAddress, data.count, buffer.baseAddress)
        }
      }
      precondition(done == 1, "libcrypto has HMAC-SHA-256")
      count = 32
    }
  }

  /// Whether two codes are equal, in a time that does not tell where they differ.
  public static func equal(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    a.count == b.count && CRYPTO_memcmp(a, b, a.count) == 0
  }
}

/// Sixteen bytes of a hash, as two numbers, low bytes first.
public struct Hash16: Hashable, Sendable {
  public let low: UInt64
  public let high: UInt64
  public init(low: UInt64, high: UInt64) {
    self.low = low
    self.high = high
  }
  public init?(bytes: [UInt8]) {
    guard bytes.count == 16 else { return nil }
    (low, high) = bytes.withUnsafeBytes {
      (
        UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)),
        UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
      )
    }
  }
  public static let zero = Hash16(low: 0, high: 0)

  public var bytes: [UInt8] {
    var writer = ByteWriter(capacity: 16)
    writer.fixed64(low)
    writer.fixed64(high)
    return writer.bytes
  }
}

extension ByteWriter {
  public mutating func hash(_ hash: Hash16) {
    fixed64(hash.low)
    fixed64(hash.high)
  }
}
extension ByteReader {
  public mutating func hash16() throws(DecodeError) -> Hash16 {
    Hash16(low: try fixed64(), high: try fixed64())
  }
}
