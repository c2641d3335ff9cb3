/// How many columns of a terminal a text takes.
///
/// A character counts once, however many scalars it is made of: wide ones (East Asian, emoji) take
/// two columns, marks that combine take none. Terminals differ on new emoji; tables stay readable
/// when one of them is a column off.
public enum ColumnWidth {
  public static func of(_ text: some StringProtocol) -> Int {
    text.reduce(0) { $0 + of($1) }
  }

  public static func of(_ character: Character) -> Int {
    if character.isASCII { return character.unicodeScalars.allSatisfy { $0.value < 0x20 } ? 0 : 1 }
    let scalars = character.unicodeScalars
    guard let first = scalars.first, !isZeroWidth(first) else { return 0 }
    let isEmoji = first.properties.isEmojiPresentation || scalars.contains { $0.value == 0xFE0F }
    return isEmoji || isWide(first) ? 2 : 1
  }

  private static func isZeroWidth(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: true
    default: false
    }
  }

  /// The ranges of East Asian Wide and Fullwidth, rounded to blocks.
  /// Source: Unicode Standard Annex 11, EastAsianWidth.
  private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
      0xA000...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19,
      0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18CFF, 0x1AFF0...0x1B2FF,
      0x1F200...0x1F2FF, 0x20000...0x3FFFD:
      true
    default: false
    }
  }

  /// The text cut to `width` columns, its end marked with `…` where something was left out.
  public static func fit(_ text: String, _ width: Int) -> String {
    guard of(text) > width else { return text }
    guard width > 0 else { return "" }
    var result = ""
    var used = 0
    for character in text {
      let next = of(character)
      if used + next > width - 1 { break }
      result.append(character)
      used += next
    }
    return result + "…"
  }
}
