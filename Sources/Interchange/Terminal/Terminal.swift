/// What a terminal may be sent of a text that somebody else wrote.
public enum Terminal {
  /// The text with everything made visible that would act instead of show: control characters
  /// (among them ESC, which begins every command to a terminal), marks that turn the direction of
  /// writing, and characters that hide. Line feeds and tabs become spaces, so that one value stays
  /// on one line; with `keepsLines`, line feeds stay.
  ///
  /// ASCII controls show as their pictures (`␛`), others as `‹U+202E›`.
  public static func safe(_ text: some StringProtocol, keepsLines: Bool = false) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x0A where keepsLines: result.append(scalar)
      case 0x09, 0x0A: result.append(" ")
      case 0x00..<0x20: result.append(picture(0x2400 + scalar.value))
      case 0x7F: result.append(picture(0x2421))
      default:
        if acts(scalar) {
          result.append(contentsOf: codeName(scalar).unicodeScalars)
        } else {
          result.append(scalar)
        }
      }
    }
    return String(result)
  }

  /// A text from elsewhere inside a sentence: safe, and no longer than 60 columns.
  public static func quotable(_ text: some StringProtocol) -> String {
    ColumnWidth.fit(safe(text), 60)
  }

  /// U+2400 to U+2421 are all characters, so the scalar exists.
  private static func picture(_ value: UInt32) -> Unicode.Scalar {
    Unicode.Scalar(value) ?? "\u{FFFD}"
  }

  private static func codeName(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    return "‹U+\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)›"
  }

  /// Controls of C1, direction marks, separators of lines, invisible marks and tag characters.
  /// Joiners stay: Persian and many emoji cannot be written without them.
  private static func acts(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x80...0x9F, 0x061C, 0x180E, 0x200B, 0x200E, 0x200F, 0x2028...0x202E, 0x2060...0x206F,
      0xFEFF, 0xFFF9...0xFFFB, 0xE0000...0xE007F:
      true
    default: false
    }
  }
}
