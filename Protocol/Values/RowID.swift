/// The number of a record: positive, below 2^62, made offline by its site and never reused.
///
/// Layout: site (31 bits), then that site's own row counter (31 bits). Ids derived from content have
/// bit 62 set. Text form: 13 Crockford base-32 digits, most significant first, zero-padded.
/// Source: Douglas Crockford, "Base 32", https://www.crockford.com/base32.html
public struct RowID: Sendable, Hashable, Comparable {
  public let raw: Int64

  public init(_ raw: Int64) { self.raw = raw }
  public init(site: UInt32, counter: UInt32) { raw = Int64(site) << 31 | Int64(counter) }

  public var isDerived: Bool { raw & (1 << 62) != 0 }
  public var site: UInt32 { UInt32(truncatingIfNeeded: raw >> 31) & 0x7FFF_FFFF }
  public var counter: UInt32 { UInt32(truncatingIfNeeded: raw) & 0x7FFF_FFFF }
  /// Whether this can be a record's number at all.
  public var isValid: Bool { raw > 0 && (isDerived || (site > 0 && counter > 0)) }

  public static func < (a: RowID, b: RowID) -> Bool { a.raw < b.raw }

  private static let digits = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

  /// Thirteen digits.
  public var text: String {
    var result = [UInt8](repeating: 0, count: 13)
    var rest = UInt64(bitPattern: raw)
    for index in stride(from: 12, through: 0, by: -1) {
      result[index] = Self.digits[Int(rest & 31)]
      rest >>= 5
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// Reads thirteen digits in any case, with hyphens anywhere, I and L as 1, O as 0.
  /// Anything else is not an id: nil.
  public init?(text: some StringProtocol) {
    var value: UInt64 = 0
    var count = 0
    for byte in text.utf8 where byte != UInt8(ascii: "-") {
      guard count < 13, let digit = Self.digit(byte) else { return nil }
      if count == 0, digit > 7 { return nil }
      value = value << 5 | UInt64(digit)
      count += 1
    }
    guard count == 13, value <= UInt64(Int64.max) else { return nil }
    raw = Int64(value)
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    let upper = byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") ? byte - 32 : byte
    switch upper {
    case UInt8(ascii: "I"), UInt8(ascii: "L"): return 1
    case UInt8(ascii: "O"): return 0
    default: return digits.firstIndex(of: upper).map { UInt8($0) }
    }
  }
}
