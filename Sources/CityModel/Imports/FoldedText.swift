import Foundation

/// Text without what people spell in different ways: case, accents, hyphens, dots.
enum FoldedText {
  /// The words of letters and digits, in lower case and without accents.
  static func words(_ text: String) -> [String] {
    text.folding(options: [.caseInsensitive, .diacriticInsensitive], locale: nil)
      .split { !$0.isLetter && !$0.isNumber }.map(String.init)
  }

  /// All letters and digits in a row: `Start-it KBC` is `startitkbc`.
  static func letters(_ text: String) -> String { words(text).joined() }
}
