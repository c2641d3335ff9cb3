/// Appends numbers and bytes in the forms of FORMAT.md section 1.
public struct ByteWriter: Sendable {
  public private(set) var bytes: [UInt8] = []

  public init() {}
  public init(capacity: Int) { bytes.reserveCapacity(capacity) }

  @inlinable public var count: Int { bytes.count }

  @inline(__always) public mutating func byte(_ value: UInt8) { bytes.append(value) }

  /// Unsigned LEB128: seven bits a byte, low bits first.
  @inline(__always) public mutating func varint(_ value: UInt64) {
    if value < 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: value))
      return
    }
    longVarint(value)
  }

  private mutating func longVarint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  @inline(__always) public mutating func varint(_ value: Int) { varint(UInt64(value)) }
  @inline(__always) public mutating func varint(_ value: UInt32) { varint(UInt64(value)) }
  @inline(__always) public mutating func zigzag(_ value: Int64) { varint(value.zigzag) }

  /// Eight bytes, low byte first.
  public mutating func fixed64(_ value: UInt64) {
    withUnsafeBytes(of: value.littleEndian) { raw($0) }
  }
  public mutating func fixed32(_ value: UInt32) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  @inline(__always) public mutating func raw(_ slice: UnsafeRawBufferPointer) {
    // A typed buffer is copied at once; the bytes of a raw one would go through its iterator.
    bytes.append(contentsOf: slice.assumingMemoryBound(to: UInt8.self))
  }
  @inline(__always) public mutating func raw(_ other: [UInt8]) { bytes.append(contentsOf: other) }
  public mutating func raw(_ other: ArraySlice<UInt8>) { bytes.append(contentsOf: other) }

  /// A length, then the bytes.
  public mutating func block(_ other: [UInt8]) {
    varint(other.count)
    bytes.append(contentsOf: other)
  }
  public mutating func text(_ string: String) {
    var copy = string
    copy.withUTF8 { utf8 in
      varint(utf8.count)
      bytes.append(contentsOf: utf8)
    }
  }

  /// Takes back what was written after `count` bytes.
  public mutating func truncate(to count: Int) { bytes.removeLast(bytes.count - count) }

  public mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }
}

extension Int64 {
  /// Small magnitudes of either sign become small unsigned numbers: 0, -1, 1, -2 are 0, 1, 2, 3.
  @inlinable public var zigzag: UInt64 { UInt64(bitPattern: (self << 1) ^ (self >> 63)) }
  @inlinable public init(zigzag value: UInt64) {
    self = Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }
}
