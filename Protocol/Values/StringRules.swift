/// The rules that every text obeys, whatever it means. Lengths count Unicode scalars.
enum StringRules {
  /// Whether a line holds what would not show as one line: control characters and the separators of
  /// lines and paragraphs.
  static func breaksLine(_ text: String) -> Bool {
    text.unicodeScalars.contains { scalar in
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator: true
      default: false
      }
    }
  }

  /// Whether a text of many lines holds a control character other than line feed and tab. Lines
  /// end with a line feed alone, so that one text has one form.
  static func hasControl(_ text: String) -> Bool {
    text.unicodeScalars.contains {
      $0.properties.generalCategory == .control && $0 != "\n" && $0 != "\t"
    }
  }
}

extension StringPattern {
  /// Whether `text` has this shape. Its length is another rule.
  public func matches(_ text: String) -> Bool {
    let bytes = text.utf8
    switch self {
    case .code:
      return (2...24).contains(bytes.count)
        && bytes.allSatisfy { ASCII.isUpper($0) || ASCII.isDigit($0) || $0 == UInt8(ascii: "-") }
    case .nace:
      return bytes.count == 10 && bytes.dropFirst(5).allSatisfy(ASCII.isDigit)
        && ["2008:", "2025:"].contains(String(text.prefix(5)))
    case .mediaType:
      return ["image/jpeg", "image/png", "application/pdf"].contains(text)
        || Self.isTextType(bytes)
    case .externalKey:
      return Self.isExternalKey(bytes)
    case .tag:
      return !text.isEmpty && text.trimmedOfBlanks == text[...]
    }
  }

  /// `text/` and a name of letters, digits and the marks `.`, `+`, `-`.
  private static func isTextType(_ bytes: String.UTF8View) -> Bool {
    let name = bytes.dropFirst(5)
    return bytes.starts(with: "text/".utf8) && !name.isEmpty
      && name.allSatisfy { ASCII.isLower($0) || ASCII.isDigit($0) || ".+-".utf8.contains($0) }
  }

  private static func isExternalKey(_ bytes: String.UTF8View) -> Bool {
    guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return false }
    let namespace = bytes[..<colon]
    return !namespace.isEmpty && bytes.index(after: colon) < bytes.endIndex
      && namespace.allSatisfy {
        ASCII.isLower($0) || ASCII.isDigit($0) || $0 == UInt8(ascii: "-")
      }
  }
}
