/// What somebody changed in a text that came back whole: from a form, a file, an editor.
///
/// The edits are those that a person would name, and meet those of others as such. Whole lines that
/// stayed are found first; inside what is left, words that stayed. A word that was changed is replaced
/// as a whole, with the blank beside it, and so is a number, so that two people who change one word
/// leave both words and never a third that nobody wrote. A lone word that happens to stand in both, between
/// stretches that were rewritten, is rewritten with them; a line in which no word stayed is replaced
/// as a line.
///
/// No grapheme cluster is torn: what stays is whole clusters of both texts. Equal means equal scalar
/// by scalar, also where two spellings show the same character.
///
/// Time and number are bounded: where two texts differ too much at a level, or in too many places, the
/// level is left out, and what is between its neighbours is replaced as a whole.
public enum TextDiff {
  /// Edits that turn `old` into `new`, each of the text that the one before left, from left to right.
  public static func edits(from old: String, to new: String) -> [TextEdit] {
    var comparison = TextComparison(TextSide(old), TextSide(new))
    return comparison.edits(of: comparison.hunks())
  }
}

/// A stretch of the old text, in bytes, and what stands in its place in the new one.
struct TextHunk: Equatable {
  var old: Range<Int>
  var new: Range<Int>

  /// Where all of it was written anew or all of it went, there is nothing more to compare.
  var isReplacement: Bool { !old.isEmpty && !new.isEmpty }

  /// With so many bytes more, which are the same in both texts.
  func grown(before: Int, behind: Int) -> TextHunk {
    TextHunk(
      old: old.lowerBound - before..<old.upperBound + behind,
      new: new.lowerBound - before..<new.upperBound + behind)
  }
}

/// Two texts while they are compared.
struct TextComparison {
  /// Changes with fewer unchanged characters between them, and no word, are one.
  private static let leastBetween = 3
  /// Of a longer word, what both begin and end with stays: nobody reads it as one.
  private static let longestWord = 256
  /// With more changes than these, words or lines are not told apart. A batch takes more.
  private static let mostHunks = 1 << 14

  private let old: TextSide
  private let new: TextSide
  /// How many steps all searches together may still take.
  private var budget = ShortestEdit.mostSteps

  init(_ old: TextSide, _ new: TextSide) {
    self.old = old
    self.new = new
  }

  mutating func hunks() -> [TextHunk] {
    let whole = [changedLines()]
    let lines = whole.flatMap { narrow($0) { $0.lineEnds(in: $1) } }
    let words = lines.flatMap { line in
      apart(joined(narrow(line) { $0.wordEnds(in: $1) }).map(trimmed), in: line)
    }
    let best = [words, lines].first { $0.count <= Self.mostHunks } ?? whole
    return best.filter { !$0.old.isEmpty || !$0.new.isEmpty }
  }

  /// All lines but those that both texts begin and end with.
  private func changedLines() -> TextHunk {
    let (a, b) = (old.bytes, new.bytes)
    let shorter = min(a.count, b.count)
    var start = 0
    while start < shorter, a[start] == b[start] { start += 1 }
    if start == a.count, start == b.count {
      return TextHunk(old: start..<start, new: start..<start)
    }
    while start > 0, a[start - 1] != TextSide.newline { start -= 1 }
    var common = 0
    while common < shorter - start, a[a.count - 1 - common] == b[b.count - 1 - common] {
      common += 1
    }
    while common > 0,
      !(old.isLineStart(a.count - common) && new.isLineStart(b.count - common))
    {
      common -= 1
    }
    return TextHunk(old: start..<a.count - common, new: start..<b.count - common)
  }

  /// The parts of a hunk that differ when it is cut into tokens.
  private mutating func narrow(
    _ hunk: TextHunk, _ ends: (TextSide, Range<Int>) -> [Int]
  ) -> [TextHunk] {
    guard hunk.isReplacement else { return [hunk] }
    let oldEnds = ends(old, hunk.old)
    let newEnds = ends(new, hunk.new)
    var names = TokenNames(old, new, count: oldEnds.count + newEnds.count)
    let a = names.names(of: oldEnds, from: hunk.old.lowerBound, in: 0)
    let b = names.names(of: newEnds, from: hunk.new.lowerBound, in: 1)
    var search = ShortestEdit(a, b, names: names.count, budget: budget)
    defer { budget = search.budget }
    return search.unequal().map { stretch in
      TextHunk(
        old: Self.bytes(of: stretch.a, oldEnds, from: hunk.old.lowerBound),
        new: Self.bytes(of: stretch.b, newEnds, from: hunk.new.lowerBound))
    }
  }

  /// - Parameter start: where the first token begins.
  private static func bytes(of tokens: Range<Int>, _ ends: [Int], from start: Int) -> Range<Int> {
    func offset(_ token: Int) -> Int { token == 0 ? start : ends[token - 1] }
    return offset(tokens.lowerBound)..<offset(tokens.upperBound)
  }

  /// A replacement of what is too long for a word, without the clusters that both sides begin and end
  /// with.
  private func trimmed(_ hunk: TextHunk) -> TextHunk {
    guard hunk.isReplacement, min(hunk.old.count, hunk.new.count) > Self.longestWord,
      old.wordEnds(in: hunk.old).count == 1
    else { return hunk }
    let start = commonStart(hunk)
    let rest = TextHunk(
      old: hunk.old.lowerBound + start..<hunk.old.upperBound,
      new: hunk.new.lowerBound + start..<hunk.new.upperBound)
    let end = commonEnd(rest)
    return TextHunk(
      old: rest.old.lowerBound..<rest.old.upperBound - end,
      new: rest.new.lowerBound..<rest.new.upperBound - end)
  }

  /// How many bytes both sides begin with, in whole clusters.
  private func commonStart(_ hunk: TextHunk) -> Int {
    let (a, b) = (hunk.old, hunk.new)
    var count = 0
    while count < min(a.count, b.count),
      old.bytes[a.lowerBound + count] == new.bytes[b.lowerBound + count]
    {
      count += 1
    }
    if count == 0 { return 0 }
    // What stands behind the common bytes may belong to their last cluster.
    let start = old.plainEnd(in: a.lowerBound..<a.lowerBound + count - 1) - a.lowerBound
    let ends = Set(
      old.clusterEnds(in: a.lowerBound + start..<a.upperBound, beyond: a.lowerBound + count)
        .map { $0 - a.lowerBound })
    return new.clusterEnds(in: b.lowerBound + start..<b.upperBound, beyond: b.lowerBound + count)
      .map { $0 - b.lowerBound }
      .last { $0 <= count && ends.contains($0) } ?? start
  }

  /// How many bytes both sides end with, in whole clusters.
  private func commonEnd(_ hunk: TextHunk) -> Int {
    let (a, b) = (hunk.old, hunk.new)
    var count = 0
    while count < min(a.count, b.count),
      old.bytes[a.upperBound - 1 - count] == new.bytes[b.upperBound - 1 - count]
    {
      count += 1
    }
    if count == 0 { return 0 }
    func starts(_ side: TextSide, _ range: Range<Int>) -> [Int] {
      let first = side.plainEnd(in: range.lowerBound..<range.upperBound - count)
      return [range.upperBound - first]
        + side.clusterEnds(in: first..<range.upperBound).map { range.upperBound - $0 }
    }
    let oldStarts = Set(starts(old, a))
    return starts(new, b).first { $0 <= count && oldStarts.contains($0) } ?? 0
  }

  /// The changes of one stretch of lines, those as one between which little stayed.
  private func joined(_ hunks: [TextHunk]) -> [TextHunk] {
    struct Change {
      var hunk: TextHunk
      /// In words.
      var old: Int
      var new: Int
      var size: Int { max(old, new) }
    }
    var result: [Change] = []
    for hunk in hunks {
      var change = Change(
        hunk: hunk, old: old.wordCount(in: hunk.old), new: new.wordCount(in: hunk.new))
      while let last = result.last {
        let between = last.hunk.old.upperBound..<change.hunk.old.lowerBound
        let words = old.wordCount(in: between)
        let isLittle =
          words == 0
          ? old.hasFewerClusters(in: between, than: Self.leastBetween)
          : 2 * words <= min(last.size, change.size)
        guard isLittle else { break }
        result.removeLast()
        change = Change(
          hunk: TextHunk(
            old: last.hunk.old.lowerBound..<change.hunk.old.upperBound,
            new: last.hunk.new.lowerBound..<change.hunk.new.upperBound),
          old: last.old + words + change.old, new: last.new + words + change.new)
      }
      result.append(change)
    }
    return result.map(\.hunk)
  }

  /// The changes of one stretch of lines, each replacement with what keeps it apart from another that
  /// somebody else puts at the same place: its line, where no word of that stayed, else the blank before or
  /// behind it.
  private func apart(_ hunks: [TextHunk], in scope: TextHunk) -> [TextHunk] {
    var start = scope.old.lowerBound
    var end = start
    return hunks.indices.map { index in
      let hunk = hunks[index]
      if let newline = old.bytes[end..<hunk.old.lowerBound].lastIndex(of: TextSide.newline) {
        start = newline + 1
      }
      end = hunk.old.upperBound
      guard hunk.isReplacement else { return hunk }
      // Between changes of one line words have stayed, or they would be one.
      let isFirst = index == 0 || hunks[index - 1].old.upperBound <= start
      let next = index + 1 < hunks.count ? hunks[index + 1].old.lowerBound : scope.old.upperBound
      let newline = old.bytes[end..<next].firstIndex(of: TextSide.newline)
      let isLast = newline != nil || index + 1 == hunks.count
      let rest = newline.map { $0 + 1 } ?? next
      if isFirst, isLast, old.isLineStart(start), !old.hasWord(in: start..<hunk.old.lowerBound),
        !old.hasWord(in: end..<rest)
      {
        return hunk.grown(before: hunk.old.lowerBound - start, behind: rest - end)
      }
      if hunk.old.lowerBound > scope.old.lowerBound, old.isBlank(hunk.old.lowerBound - 1) {
        return hunk.grown(before: 1, behind: 0)
      }
      // A mark may stand on a blank: then that is no place to cut.
      if end < next, old.isBlank(end), old.isPlainEnd(end + 1),
        new.isPlainEnd(hunk.new.upperBound + 1)
      {
        return hunk.grown(before: 0, behind: 1)
      }
      return hunk
    }
  }

  func edits(of hunks: [TextHunk]) -> [TextEdit] {
    var position = 0
    var offset = 0
    return hunks.map { hunk in
      // Everything to the left is as in the new text already.
      position += new.scalars(in: offset..<hunk.new.lowerBound)
      offset = hunk.new.lowerBound
      return TextEdit(
        at: position, deleting: old.scalars(in: hunk.old),
        inserting: String(decoding: new.bytes[hunk.new], as: UTF8.self))
    }
  }
}
