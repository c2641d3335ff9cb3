/// Why bytes from outside could not be read. Nothing was changed.
public enum DecodeError: Error, Equatable, Sendable {
  /// The bytes end before `needed` more at `offset`.
  case truncated(offset: Int)
  /// A number, length or count is out of its bounds.
  case outOfBounds(what: String, offset: Int)
  /// A form that this reader must not guess about.
  case invalid(what: String, offset: Int)
  /// A critical part that this version does not know: the remedy is an update.
  case unknownCritical(tag: UInt64)
  /// Bytes after the end of a message or section.
  case trailing(offset: Int)
}
