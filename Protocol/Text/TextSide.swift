/// One of two texts that are compared: its bytes, and where its lines, words and clusters end.
///
/// Every end of a line or word is one of a grapheme cluster; looking for clusters begins only at one.
struct TextSide {
  static let newline = UInt8(ascii: "\n")

  let bytes: [UInt8]
  private let text: String

  init(_ text: String) {
    var copy = text
    copy.makeContiguousUTF8()
    self.text = copy
    bytes = Array(copy.utf8)
  }

  func isLineStart(_ offset: Int) -> Bool { offset == 0 || bytes[offset - 1] == Self.newline }

  func scalars(in range: Range<Int>) -> Int {
    bytes.withUnsafeBufferPointer { bytes in
      bytes.baseAddress.map { UTF8Scalars.count($0 + range.lowerBound, range.count) } ?? 0
    }
  }

  /// A line feed ends a line, and every cluster too.
  func lineEnds(in range: Range<Int>) -> [Int] {
    var ends = range.filter { bytes[$0] == Self.newline }.map { $0 + 1 }
    if ends.last ?? range.lowerBound != range.upperBound { ends.append(range.upperBound) }
    return ends
  }

  /// The last place in `range`, from its start, at which a cluster ends without looking at more than
  /// the bytes beside it: where a line ends, or between two ASCII characters.
  func plainEnd(in range: Range<Int>) -> Int {
    var end = range.upperBound
    while end > range.lowerBound, !isPlainEnd(end) { end -= 1 }
    return end
  }

  func isPlainEnd(_ offset: Int) -> Bool {
    guard offset > 0, offset < bytes.count else { return true }
    let (before, after) = (bytes[offset - 1], bytes[offset])
    return before == Self.newline
      || before < 0x80 && after < 0x80 && before != UInt8(ascii: "\r")
  }

  /// - Parameter offset: how far to go at least.
  func clusterEnds(in range: Range<Int>, beyond offset: Int = .max) -> [Int] {
    var ends: [Int] = []
    forEachCluster(in: range) { end, _ in
      ends.append(end)
      return end < offset
    }
    return ends
  }

  func hasFewerClusters(in range: Range<Int>, than limit: Int) -> Bool {
    var count = 0
    forEachCluster(in: range) { _, _ in
      count += 1
      return count < limit
    }
    return count < limit
  }

  /// Letters and digits side by side are a word, with what joins them inside: "auto's", "x.be", "1.250,00",
  /// "0477 12 34 56". Spaces side by side are another; every other cluster is one of its own, as is every
  /// ideograph, since nothing stands between their words.
  func wordEnds(in range: Range<Int>) -> [Int] { tokens(in: range).map(\.end) }

  /// How many words are in a range.
  func wordCount(in range: Range<Int>) -> Int {
    range.isEmpty ? 0 : tokens(in: range).count { $0.kind == .word || $0.kind == .ideograph }
  }

  func hasWord(in range: Range<Int>) -> Bool {
    var found = false
    forEachCluster(in: range) { _, first in
      found = TokenKind(first) == .word || TokenKind(first) == .ideograph
      return !found
    }
    return found
  }

  func isBlank(_ offset: Int) -> Bool {
    [UInt8(ascii: " "), UInt8(ascii: "\t")].contains(bytes[offset])
  }

  private struct Token {
    var end: Int
    let kind: TokenKind
  }

  private func tokens(in range: Range<Int>) -> [Token] {
    var tokens: [Token] = []
    // What may join two words; whether it does shows by the next cluster.
    var joiner: Token?
    forEachCluster(in: range) { end, first in
      let kind = TokenKind(first)
      if let token = joiner {
        joiner = nil
        if kind == .word, joins(token, tokens[tokens.count - 1].end) {
          tokens[tokens.count - 1].end = end
          return true
        }
        tokens.append(token)
      }
      if let last = tokens.last, last.kind == kind, kind == .word || kind == .space {
        tokens[tokens.count - 1].end = end
      } else if tokens.last?.kind == .word, TokenKind.mayJoin(first) {
        joiner = Token(end: end, kind: kind)
      } else {
        tokens.append(Token(end: end, kind: kind))
      }
      return true
    }
    if let joiner { tokens.append(joiner) }
    return tokens
  }

  /// Whether a cluster makes one word of those beside it: a blank or a comma only of digits.
  private func joins(_ token: Token, _ start: Int) -> Bool {
    guard isBlank(start) || bytes[start] == UInt8(ascii: ",") else { return true }
    func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }
    return isDigit(bytes[start - 1]) && isDigit(bytes[token.end])
  }

  /// Calls `body` with the end and the first scalar of each cluster, while it returns true.
  private func forEachCluster(
    in range: Range<Int>, _ body: (Int, Unicode.Scalar) -> Bool
  ) {
    let utf8 = text.utf8
    let start = utf8.index(utf8.startIndex, offsetBy: range.lowerBound)
    let part = text[start..<utf8.index(start, offsetBy: range.count)]
    var index = part.startIndex
    while index < part.endIndex {
      let next = part.index(after: index)
      let end = utf8.distance(from: utf8.startIndex, to: next)
      if !body(end, part.unicodeScalars[index]) { return }
      index = next
    }
  }
}

/// What a cluster is to a reader, by its first scalar.
private enum TokenKind {
  case word, space, ideograph, single

  init(_ scalar: Unicode.Scalar) {
    if scalar.isASCII {
      switch UInt8(truncatingIfNeeded: scalar.value) {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
        self = .word
      case UInt8(ascii: " "), UInt8(ascii: "\t"): self = .space
      default: self = .single
      }
    } else if scalar.properties.isIdeographic {
      self = .ideograph
    } else if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
      self = .word
    } else {
      self = scalar.properties.isWhitespace ? .space : .single
    }
  }

  static func mayJoin(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "'", "’", "-", ".", "@", "/", ":", "&", ",", " ": true
    default: false
    }
  }
}
