/// The versions of the protocol (FORMAT.md 5).
public enum ProtocolVersion: UInt32, Sendable {
  /// 2026-11: the first.
  case first = 1
  public static let current = ProtocolVersion.first
}

extension ByteWriter {
  /// The first part of a message.
  mutating func protocolVersion() {
    part(1) { $0.varint(ProtocolVersion.current.rawValue) }
  }
}

extension PartReader {
  /// - Throws: what calls for an update, where the message is of another version.
  func expectProtocolVersion() throws(DecodeError) {
    let version = try read(1) { part throws(DecodeError) in
      try part.uint32(what: "protocol version")
    }
    guard version == ProtocolVersion.current.rawValue else { throw .unknownCritical(tag: 1) }
  }
}
