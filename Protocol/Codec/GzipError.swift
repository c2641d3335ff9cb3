/// Why bytes are not the one gzip member they should be.
public enum GzipError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Not gzip, or damaged on the way: a wrong header, code, length or checksum.
  case corrupt
  /// The bytes end before the member does: the sender was cut off.
  case truncated
  /// The contents are longer than the reader allows; nothing beyond the limit was stored.
  case tooLarge(limit: Int)
  /// Something follows the end of the member. A body is one member, never several.
  case trailingBytes

  public var description: String {
    switch self {
    case .corrupt: "The compressed bytes are damaged; send them again."
    case .truncated: "The compressed bytes end too early; send them again."
    case .tooLarge(let limit):
      "The contents are longer than \(limit) bytes when inflated; send less at a time."
    case .trailingBytes: "Bytes follow the end of the compressed contents; send one gzip member."
    }
  }
}
