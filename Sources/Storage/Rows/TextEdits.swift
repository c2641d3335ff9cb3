import Protocol

extension [TextEdit] {
  /// The edits that take these back, in the order in which they are made.
  func inverted(of text: String) -> [TextEdit] {
    var buffer = TextBuffer(text)
    var result: [TextEdit] = []
    for edit in self {
      let deleted = buffer.text(from: edit.position, to: edit.position + edit.deleted)
      buffer.replace(at: edit.position, deleting: edit.deleted, with: edit.inserted)
      result.append(
        TextEdit(
          at: edit.position, deleting: edit.inserted.unicodeScalars.count, inserting: deleted))
    }
    return result.reversed()
  }

  /// The edits that are possible in another text, as near as they can be.
  func clamped(to text: String) -> [TextEdit] {
    var length = text.unicodeScalars.count
    return map { edit in
      let position = Swift.min(edit.position, length)
      let deleted = Swift.min(edit.deleted, length - position)
      length += edit.inserted.unicodeScalars.count - deleted
      return TextEdit(at: position, deleting: deleted, inserting: edit.inserted)
    }
  }
}

extension ByteWriter {
  /// Number of edits; each its position, how many scalars go, and what comes.
  mutating func edits(_ edits: [TextEdit]) {
    varint(edits.count)
    for edit in edits {
      varint(edit.position)
      varint(edit.deleted)
      block(Array(edit.inserted.utf8))
    }
  }
}

extension ByteReader {
  mutating func edits() throws(DecodeError) -> [TextEdit] {
    var edits: [TextEdit] = []
    for _ in 0..<(try count(limit: remaining, what: "number of edits")) {
      let position = try count(limit: TextLimits.mostSteps, what: "place of an edit")
      let deleted = try count(limit: TextLimits.mostSteps, what: "characters of an edit")
      edits.append(
        TextEdit(
          at: position, deleting: deleted,
          inserting: try text(limit: remaining, what: "content of an edit")))
    }
    return edits
  }
}
