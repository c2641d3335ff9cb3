/// What somebody changed in a text that came back whole: from a form, a file, an editor.
public enum TextDiff {
  /// One edit that turns `old` into `new`: all between what both begin and end with. No grapheme
  /// cluster is torn. Linear in the length of the texts.
  public static func edits(from old: String, to new: String) -> [TextEdit] {
    let (before, after) = (Array(old), Array(new))
    let shorter = min(before.count, after.count)
    var start = 0
    while start < shorter, isSame(before[start], after[start]) { start += 1 }
    var end = 0
    while end < shorter - start,
      isSame(before[before.count - 1 - end], after[after.count - 1 - end])
    { end += 1 }
    let deleted = before[start..<(before.count - end)]
    let inserted = String(after[start..<(after.count - end)])
    if deleted.isEmpty, inserted.isEmpty { return [] }
    let position = before[..<start].reduce(0) { $0 + $1.unicodeScalars.count }
    return [
      TextEdit(
        at: position, deleting: deleted.reduce(0) { $0 + $1.unicodeScalars.count },
        inserting: inserted)
    ]
  }

  /// Equal scalar by scalar: canonically equal characters may be spelled in two ways.
  private static func isSame(_ a: Character, _ b: Character) -> Bool {
    a == b && a.unicodeScalars.elementsEqual(b.unicodeScalars)
  }
}
