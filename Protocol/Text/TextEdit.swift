/// One change of a plain text: at a position, some scalars go and others come.
///
/// Positions and counts are in Unicode scalars, never in bytes, UTF-16 or grapheme clusters: scalars
/// alone mean the same on every system and in every version of Unicode. In a list of edits each one
/// is made in the text that the one before it left.
public struct TextEdit: Hashable, Sendable {
  public let position: Int
  public let deleted: Int
  public let inserted: String

  public init(at position: Int, deleting deleted: Int = 0, inserting inserted: String = "") {
    self.position = position
    self.deleted = deleted
    self.inserted = inserted
  }
}

extension [TextEdit] {
  /// What `text` is after these edits. They must be edits of that text.
  public func applied(to text: String) -> String {
    var buffer = TextBuffer(text)
    for edit in self {
      buffer.replace(at: edit.position, deleting: edit.deleted, with: edit.inserted)
    }
    return buffer.text
  }
}
