/// When two elements of a set are one: texts are compared without regard to case, "AI" is "ai".
///
/// Every head of an element keeps the spelling that its author wrote; the spelling that shows is that
/// of the first head by (HLC, site). It is a function of the heads alone, so that order of arrival
/// cannot matter. A device writes an element that shows in the spelling that shows, so that the
/// first spelling stays when somebody adds the element again.
extension Value {
  /// What elements are compared by. Texts are folded scalar by scalar (upper case, then lower case,
  /// by Unicode's full mappings, in no language): "straße" is "STRASSE". Cost: linear in the text.
  public var elementKey: Value {
    guard case .text(let text) = self else { return self }
    if let folded = Self.foldedASCII(text) { return folded.map { .text($0) } ?? self }
    return .text(text.uppercased().lowercased())
  }

  /// nil where the text has other characters; inside, nil where it is folded already.
  private static func foldedASCII(_ text: String) -> String?? {
    var hasCapital = false
    for byte in text.utf8 {
      guard byte < 0x80 else { return .none }
      if byte >= UInt8(ascii: "A"), byte <= UInt8(ascii: "Z") { hasCapital = true }
    }
    return .some(hasCapital ? text.lowercased() : nil)
  }
}
