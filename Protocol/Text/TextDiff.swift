/// Placeholder in this checkout only until the module's own arrives.
public enum TextDiff {
  public static func edits(from old: String, to new: String) -> [TextEdit] {
    let a = Array(old.unicodeScalars), b = Array(new.unicodeScalars)
    var start = 0
    while start < a.count, start < b.count, a[start] == b[start] { start += 1 }
    var end = 0
    while end < a.count - start, end < b.count - start, a[a.count - 1 - end] == b[b.count - 1 - end] { end += 1 }
    let deleted = a.count - start - end
    var text = String.UnicodeScalarView()
    text.append(contentsOf: b[start..<(b.count - end)])
    if deleted == 0, text.isEmpty { return [] }
    return [TextEdit(at: start, deleting: deleted, inserting: String(text))]
  }
}
