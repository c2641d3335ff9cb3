/// Reads which modules a Swift file imports.
enum Imports {
  private static let kinds: Set<Substring> = [
    "struct", "class", "enum", "protocol", "func", "var", "let", "typealias", "actor",
  ]
  private static let access: Set<Substring> = [
    "public", "package", "internal", "fileprivate", "private",
  ]

  /// The modules, without submodules and names within them, in the order of the file.
  ///
  /// It reads line by line, and takes an import within a block comment for a real one: that errs on
  /// the safe side.
  static func modules(of text: String) -> [String] {
    text.split(whereSeparator: \.isNewline).flatMap { line in
      line.split(separator: ";").compactMap { module(of: $0) }
    }
  }

  private static func module(of statement: Substring) -> String? {
    var words = statement.split(whereSeparator: { $0 == " " || $0 == "\t" })[...]
    while let word = words.first, word.hasPrefix("@") || access.contains(word) {
      words.removeFirst()
    }
    guard words.popFirst() == "import" else { return nil }
    if let kind = words.first, kinds.contains(kind) { words.removeFirst() }
    guard let name = words.first, name != "=" else { return nil }
    return name.split(separator: ".").first.map(String.init)
  }
}
