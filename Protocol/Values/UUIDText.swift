/// A UUID of version 7 (RFC 9562) as text: 8-4-4-4-12 lower-case hexadecimal digits.
public struct UUIDText: Sendable, Hashable {
  public let text: String

  public enum Refusal: String, Error, Sendable, CaseIterable {
    case empty
    case form
    /// A UUID, but of another version or variant.
    case version
  }

  public init(text: String) throws(Refusal) {
    if text.isEmpty { throw .empty }
    let bytes = text.utf8.map(ASCII.lowered)
    let pieces = bytes.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    guard pieces.map(\.count) == [8, 4, 4, 4, 12],
      pieces.allSatisfy({ $0.allSatisfy(ASCII.isLowerHexadecimal) })
    else { throw .form }
    guard bytes[14] == UInt8(ascii: "7"), "89ab".utf8.contains(bytes[19]) else { throw .version }
    self.text = String(decoding: bytes, as: UTF8.self)
  }
}

extension UUIDText.Refusal {
  public var sentence: Label {
    Label(
      nl: "een UUID van versie 7 ziet eruit als 0192a4b6-7c8d-7e0f-8a1b-2c3d4e5f6071",
      en: "a UUID of version 7 looks like 0192a4b6-7c8d-7e0f-8a1b-2c3d4e5f6071")
  }
}
