import Protocol

/// What an import did with each entry of its file, and what it changed or left out on the way.
public struct ImportReport: Sendable {
  public struct Finding: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable {
      /// The entry, or a value of it, was left out.
      case skipped
      /// A value was put right.
      case mended
    }

    public let kind: Kind
    public let line: Int
    /// The field it is about; nil for the entry as a whole.
    public let field: String?
    /// A word that stays the same in every language, to count by: `url-completed`.
    public let reason: String
    public let sentence: Label
  }

  public internal(set) var read = 0
  public internal(set) var created = 0
  /// Entries whose record is there already: left as it is.
  public internal(set) var recognised = 0
  /// Entries that say more about a record of an earlier entry.
  public internal(set) var joined = 0
  /// Entries left out as a whole.
  public internal(set) var skipped = 0
  public internal(set) var findings: [Finding] = []

  public func count(_ reason: String) -> Int { findings.count { $0.reason == reason } }

  /// How often each reason occurs, in the order of their first finding.
  public var counts: [(reason: String, count: Int)] {
    var order: [String] = []
    var counts: [String: Int] = [:]
    for finding in findings {
      if counts[finding.reason] == nil { order.append(finding.reason) }
      counts[finding.reason, default: 0] += 1
    }
    return order.map { ($0, counts[$0] ?? 0) }
  }

  /// The report as lines for people: the sum first, then each finding, then how often
  /// each reason occurred.
  public func lines(in language: Language) -> [String] {
    let sum = Label(
      nl: "\(read) gelezen, \(created) nieuw, \(recognised) herkend, \(joined) samengevoegd, "
        + "\(skipped) overgeslagen",
      en: "\(read) read, \(created) new, \(recognised) recognised, \(joined) joined, "
        + "\(skipped) skipped")
    let words = counts.map { "\($0.count) \($0.reason)" }.joined(separator: ", ")
    let details = findings.map { finding in
      let line = Label(nl: "regel \(finding.line)", en: "line \(finding.line)").text(in: language)
      let place = finding.field.map { "\(line), \($0)" } ?? line
      return "\(place): \(finding.sentence.text(in: language))"
    }
    return [sum.text(in: language)] + details + (words.isEmpty ? [] : [words])
  }
}
