/// The one encoding of a value, on the wire, in heads, before-images and digests (FORMAT.md 2).
///
/// A value starts with a varint whose low three bits are the form; the rest is a number, a length or
/// a count:
///
/// | form | rest | then |
/// |---|---|---|
/// | 0 null | 0 | |
/// | 1 int | zigzag, below 2^61 | |
/// | 2 text | length in bytes | UTF-8 |
/// | 3 real | 0 | 8 bytes, IEEE 754, low byte first |
/// | 4 group | number of parts | the parts, the last not null |
/// | 5 bytes | length | the bytes |
/// | 6 wide int | 0 | 8 bytes, two's complement, low byte first; only what form 1 cannot hold |
public enum ValueForm: UInt8, Sendable {
  case null = 0
  case int = 1
  case text = 2
  case real = 3
  case group = 4
  case bytes = 5
  case wide = 6
}

extension ByteWriter {
  public mutating func value(_ value: Value) {
    switch value {
    case .null: byte(0)
    case .int(let number): int(number)
    case .text(let string):
      var copy = string
      copy.withUTF8 { utf8 in
        varint(UInt64(utf8.count) << 3 | 2)
        raw(UnsafeRawBufferPointer(utf8))
      }
    case .real(let number):
      byte(3)
      fixed64(number.bitPattern)
    case .bytes(let content):
      varint(UInt64(content.count) << 3 | 5)
      raw(content)
    case .group(let parts):
      varint(UInt64(parts.count) << 3 | 4)
      for part in parts { self.value(part) }
    }
  }

  @inline(__always) public mutating func int(_ number: Int64) {
    let folded = number.zigzag
    if folded < 1 << 61 {
      varint(folded << 3 | 1)
    } else {
      byte(6)
      fixed64(UInt64(bitPattern: number))
    }
  }
}

/// A value still in its bytes: what the hot loops bind without making a `Value`.
public struct ValueView {
  public let form: ValueForm
  /// The number of an int, the bit pattern of a real; else 0.
  public let number: Int64
  /// The content of a text or of bytes; the parts of a group.
  public let content: UnsafeRawBufferPointer
  /// The whole encoding.
  public let encoded: UnsafeRawBufferPointer
  /// How many parts a group has.
  public let partCount: Int
}

extension ByteReader {
  /// Bounds of one value: bytes, depth of groups, parts of a group.
  public static let valueBytesLimit = 1 << 20
  public static let groupPartsLimit = 32

  public mutating func valueView(depth: Int = 0) throws(DecodeError) -> ValueView {
    let start = index
    let head = try varint()
    let rest = head >> 3
    switch head & 7 {
    case 0:
      guard rest == 0 else { throw .invalid(what: "null with content", offset: start) }
      return view(.null, start)
    case 1:
      return view(.int, start, number: Int64(zigzag: rest))
    case 2, 5:
      guard rest <= UInt64(Self.valueBytesLimit) else {
        throw .outOfBounds(what: "length of a value", offset: start)
      }
      let content = try raw(Int(rest))
      return ValueView(
        form: head & 7 == 2 ? .text : .bytes, number: 0, content: content,
        encoded: slice(from: start), partCount: 0)
    case 3:
      guard rest == 0 else { throw .invalid(what: "real with content", offset: start) }
      // Read first: a call's receiver may be taken before its arguments move the reader on.
      let bits = try fixed64()
      return view(.real, start, number: Int64(bitPattern: bits))
    case 4:
      guard rest > 0, rest <= UInt64(Self.groupPartsLimit), depth == 0 else {
        throw .invalid(what: "group", offset: start)
      }
      let partsStart = index
      for part in 0..<Int(rest) {
        let form = try valueView(depth: 1).form
        guard form != .null || part + 1 < Int(rest) else {
          throw .invalid(what: "group that ends with null", offset: start)
        }
      }
      return ValueView(
        form: .group, number: 0, content: slice(from: partsStart), encoded: slice(from: start),
        partCount: Int(rest))
    case 6:
      guard rest == 0 else { throw .invalid(what: "wide number", offset: start) }
      let number = Int64(bitPattern: try fixed64())
      guard number.zigzag >= 1 << 61 else {
        throw .invalid(what: "wide number that is small", offset: start)
      }
      return view(.int, start, number: number)
    default:
      throw .invalid(what: "form of a value", offset: start)
    }
  }

  private func view(_ form: ValueForm, _ start: Int, number: Int64 = 0) -> ValueView {
    ValueView(
      form: form, number: number, content: UnsafeRawBufferPointer(start: nil, count: 0),
      encoded: slice(from: start), partCount: 0)
  }

  public mutating func value() throws(DecodeError) -> Value {
    let start = index
    return try valueView().value(offset: start)
  }
}

extension ValueView {
  public func value(offset: Int = 0) throws(DecodeError) -> Value {
    switch form {
    case .null: return .null
    case .int, .wide: return .int(number)
    case .real:
      let real = Double(bitPattern: UInt64(bitPattern: number))
      guard real.isFinite, real != 0 || real.sign == .plus else {
        throw .invalid(what: "real number", offset: offset)
      }
      return .real(real)
    case .bytes: return .bytes([UInt8](content))
    case .text:
      guard let text = String(validating: content, as: UTF8.self) else {
        throw .invalid(what: "text that is not UTF-8", offset: offset)
      }
      return .text(text)
    case .group:
      var reader = ByteReader(content)
      var parts: [Value] = []
      parts.reserveCapacity(partCount)
      for _ in 0..<partCount { parts.append(try reader.value()) }
      return .group(parts)
    }
  }
}

extension Value {
  /// This value's encoding, alone.
  public var encoded: [UInt8] {
    var writer = ByteWriter()
    writer.value(self)
    return writer.bytes
  }
}
