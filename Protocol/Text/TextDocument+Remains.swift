/// What a text still shows of what was ever written to it.
public struct TextRemains: Sendable {
  /// The text from before the history: what is in the text, and blanks in place of the rest.
  public let base: String
  /// The steps whose scalars are in the text, of each site, with where the first of them is:
  /// ascending, apart.
  private let shown: [UInt32: [(steps: Range<Int>, position: Int)]]
  private let text: [Unicode.Scalar]

  init(base: String, shown: [UInt32: [(steps: Range<Int>, position: Int)]], text: [Unicode.Scalar])
  {
    self.base = base
    self.shown = shown.mapValues { $0.sorted { $0.steps.lowerBound < $1.steps.lowerBound } }
    self.text = text
  }

  /// What stands in the text of what a step inserted.
  public func scalar(of step: TextID) -> Unicode.Scalar? {
    guard let spans = shown[step.site] else { return nil }
    var (low, high) = (0, spans.count)
    while low < high {
      let middle = (low + high) / 2
      if spans[middle].steps.upperBound <= step.sequence { low = middle + 1 } else { high = middle }
    }
    guard low < spans.count, spans[low].steps.contains(step.sequence) else { return nil }
    return text[spans[low].position + step.sequence - spans[low].steps.lowerBound]
  }
}

extension TextDocument {
  /// Costs a merge of the whole history.
  ///
  /// - Parameter text: what the text is told to show.
  /// - Precondition: it has as many scalars as the text.
  public func remains(in text: String) -> TextRemains {
    let scalars = Array(text.unicodeScalars)
    var base = Array(base.text.unicodeScalars).map { $0 == "\n" ? $0 : Erasure.blank }
    var shown: [UInt32: [(steps: Range<Int>, position: Int)]] = [:]
    var position = 0
    forEachStretch { source, count in
      switch source {
      case .base(let first):
        for index in 0..<count { base[first + index] = scalars[position + index] }
      case .step(let step):
        shown[step.site, default: []].append(
          (step.sequence..<step.sequence + count, position))
      }
      position += count
    }
    var view = String.UnicodeScalarView()
    view.append(contentsOf: base)
    return TextRemains(base: String(view), shown: shown, text: scalars)
  }
}
