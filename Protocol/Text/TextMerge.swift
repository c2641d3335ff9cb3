/// Two changes of one text, merged as if two people had made them at the same time.
public enum TextMerge {
  /// The text with both changes. Where both changed the same place, what each took away is gone and
  /// what each put in is there, that of `mine` first.
  public static func merged(base: String, mine: String, theirs: String) -> String {
    if mine == base { return theirs }
    if theirs == base { return mine }
    let changes = [mine, theirs].map { TextDiff.edits(from: base, to: $0) }
    do {
      var document = try TextDocument(base: TextBase(text: base))
      let start = document.version
      for (index, edits) in changes.enumerated() {
        guard
          let batch = TextBatchBuilder(edits).batch(
            site: UInt32(1 + index), sequence: 0, parents: start)
        else { continue }
        try document.apply(batch)
      }
      return document.text
    } catch {
      // Larger than a document may be: the change that was made last stands.
      return mine
    }
  }
}
