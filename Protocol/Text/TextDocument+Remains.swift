/// What a text still shows of what was ever written to it.
public struct TextRemains: Sendable {
  /// The text from before the history, with blanks in place of what is not in the text any more.
  public let base: String
  /// The steps whose scalars are in the text, of each site: ascending, apart.
  let shown: [UInt32: [Range<Int>]]

  /// Whether what a step inserted is in the text.
  public func shows(_ step: TextID) -> Bool {
    guard let spans = shown[step.site] else { return false }
    var (low, high) = (0, spans.count)
    while low < high {
      let middle = (low + high) / 2
      if spans[middle].upperBound <= step.sequence { low = middle + 1 } else { high = middle }
    }
    return low < spans.count && spans[low].contains(step.sequence)
  }
}

extension TextDocument {
  /// Costs a merge of the whole history.
  public func remains() -> TextRemains {
    let walker = TextWalker()
    walker.replayAll(history, length: base.text.unicodeScalars.count)
    let scalars = Array(base.text.unicodeScalars)
    var isShown = [Bool](repeating: false, count: scalars.count)
    var shown: [UInt32: [Range<Int>]] = [:]
    walker.forEachShown { id, count in
      guard id < TextItem.baseStart else {
        // The last stretch is what is left of the base, which has no end.
        let first = Int(id - TextItem.baseStart)
        for index in first..<max(first, min(scalars.count, first + Int(count))) {
          isShown[index] = true
        }
        return
      }
      var version = id
      while version < id + count {
        let end = min(id + count, history.sites.end(ofRunAt: version))
        let step = history.sites.id(of: version)
        shown[step.site, default: []].append(step.sequence..<step.sequence + Int(end - version))
        version = end
      }
    }
    var base = String.UnicodeScalarView()
    for (scalar, isShown) in zip(scalars, isShown) {
      base.append(isShown || scalar == "\n" ? scalar : Erasure.blank)
    }
    return TextRemains(base: String(base), shown: shown.mapValues { TextHoles.union($0, []) })
  }
}
