/// Walks over bytes that somebody else keeps alive; every step is bounded, none allocates.
///
/// A reader is only valid inside the closure that lent the bytes.
public struct ByteReader {
  @usableFromInline let base: UnsafeRawPointer
  public private(set) var index: Int
  public let end: Int

  public init(_ buffer: UnsafeRawBufferPointer) {
    // An empty buffer has no address; any other will do, since nothing is read from it.
    base = buffer.baseAddress ?? UnsafeRawPointer(bitPattern: 1)!
    index = 0
    end = buffer.count
  }

  private init(base: UnsafeRawPointer, index: Int, end: Int) {
    self.base = base
    self.index = index
    self.end = end
  }

  @inline(__always) public var isAtEnd: Bool { index == end }
  @inline(__always) public var remaining: Int { end - index }

  @inline(__always) public mutating func byte() throws(DecodeError) -> UInt8 {
    guard index < end else { throw .truncated(offset: index) }
    defer { index += 1 }
    return base.load(fromByteOffset: index, as: UInt8.self)
  }

  @inline(__always) public mutating func varint() throws(DecodeError) -> UInt64 {
    guard index < end else { throw .truncated(offset: index) }
    let first = base.load(fromByteOffset: index, as: UInt8.self)
    if first < 0x80 {
      index += 1
      return UInt64(first)
    }
    return try longVarint()
  }

  private mutating func longVarint() throws(DecodeError) -> UInt64 {
    let start = index
    var result: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      guard index < end else { throw .truncated(offset: index) }
      let next = base.load(fromByteOffset: index, as: UInt8.self)
      index += 1
      let bits = UInt64(next & 0x7F)
      guard shift < 63 || bits <= 1 else { throw .outOfBounds(what: "number", offset: start) }
      result |= bits << shift
      if next < 0x80 {
        guard next != 0 || shift == 0 else {
          throw .invalid(what: "number with a needless byte", offset: start)
        }
        return result
      }
      shift += 7
      guard shift <= 63 else { throw .outOfBounds(what: "number", offset: start) }
    }
  }

  @inline(__always) public mutating func zigzag() throws(DecodeError) -> Int64 {
    Int64(zigzag: try varint())
  }

  /// A count or length that must be at most `limit`; nothing is allocated before this check. With a
  /// limit below zero, as for an index into an empty table, no number is good.
  public mutating func count(limit: Int, what: String) throws(DecodeError) -> Int {
    let start = index
    let value = try varint()
    guard limit >= 0, value <= UInt64(limit) else { throw .outOfBounds(what: what, offset: start) }
    return Int(value)
  }

  public mutating func uint32(what: String) throws(DecodeError) -> UInt32 {
    let start = index
    let value = try varint()
    guard value <= UInt64(UInt32.max) else { throw .outOfBounds(what: what, offset: start) }
    return UInt32(value)
  }

  public mutating func fixed64() throws(DecodeError) -> UInt64 {
    guard remaining >= 8 else { throw .truncated(offset: index) }
    defer { index += 8 }
    return UInt64(littleEndian: base.loadUnaligned(fromByteOffset: index, as: UInt64.self))
  }
  public mutating func fixed32() throws(DecodeError) -> UInt32 {
    guard remaining >= 4 else { throw .truncated(offset: index) }
    defer { index += 4 }
    return UInt32(littleEndian: base.loadUnaligned(fromByteOffset: index, as: UInt32.self))
  }

  @inline(__always) public mutating func raw(_ length: Int) throws(DecodeError)
    -> UnsafeRawBufferPointer
  {
    guard length >= 0, length <= remaining else { throw .truncated(offset: index) }
    defer { index += length }
    return UnsafeRawBufferPointer(start: base + index, count: length)
  }

  public mutating func array(_ length: Int) throws(DecodeError) -> [UInt8] {
    [UInt8](try raw(length))
  }

  /// A length, then the bytes.
  public mutating func block(limit: Int, what: String) throws(DecodeError) -> [UInt8] {
    try array(try count(limit: limit, what: what))
  }

  public mutating func text(limit: Int, what: String) throws(DecodeError) -> String {
    let start = index
    let bytes = try raw(try count(limit: limit, what: what))
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .invalid(what: "\(what): not UTF-8", offset: start)
    }
    return text
  }

  /// A reader of the next `length` bytes, which this one then has passed.
  public mutating func section(_ length: Int) throws(DecodeError) -> ByteReader {
    guard length >= 0, length <= remaining else { throw .truncated(offset: index) }
    defer { index += length }
    return ByteReader(base: base, index: index, end: index + length)
  }

  public func expectEnd() throws(DecodeError) {
    guard index == end else { throw .trailing(offset: index) }
  }

  /// The bytes from `start` to where the reader is.
  @inline(__always) public func slice(from start: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: base + start, count: index - start)
  }
}

extension [UInt8] {
  /// Reads all of these bytes; what `body` leaves over is an error.
  public func decode<Result>(_ body: (inout ByteReader) throws(DecodeError) -> Result)
    throws(DecodeError) -> Result
  {
    // `withUnsafeBytes` rethrows untyped; the typed error is carried out by hand.
    let result: Swift.Result<Result, DecodeError> = withUnsafeBytes { buffer in
      var reader = ByteReader(buffer)
      do throws(DecodeError) {
        let value = try body(&reader)
        try reader.expectEnd()
        return .success(value)
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }
}
