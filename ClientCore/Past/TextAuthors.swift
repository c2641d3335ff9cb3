import Protocol
import Storage

/// A stretch of a text, and whose it is.
public struct AuthoredText: Sendable, Equatable {
  public let text: String
  /// nil for what stood there before the history begins that is known here.
  public let by: PastAuthor?
}

extension Replica {
  /// Who wrote each part of a text: stretches in the order of the text, next to each other of different
  /// transactions.
  ///
  /// What two people wrote at once is each one's own; what one cut from one place and put at another is
  /// theirs from then on.
  ///
  /// - Parameter pages: what the server told of the record, in place of what is kept here.
  public func authors(_ row: RowID, _ tag: Tag, pages: [[UInt8]]? = nil) throws -> [AuthoredText] {
    try database.read { engine in
      var authors = TextAuthors()
      let past = try RecordPast(engine, rows: [row.raw], withParts: false, limits: limits)
      try past.replay(pages: pages) { step in
        for change in step.changes where change.touches(tag) {
          // A record that this replica first got whole says who wrote last, not who wrote what; and
          // of what was erased nobody knows it any more.
          let isWhole =
            step.operations.contains { $0.kind == .erase && $0.tags == [tag] }
            || change.before == nil && !step.operations.contains { $0.kind == .create }
          authors.change(to: (change.after?.fields[tag]).text, by: isWhole ? nil : step.head)
        }
      }
      let shown = try engine.record(row)?.fields[tag]
      authors.change(to: shown.text, by: nil)
      return try authors.stretches.map { text, head in
        AuthoredText(text: text, by: try head.map { try PastAuthor($0, engine) })
      }
    }
  }
}

/// A text through its past, each scalar with the transaction that put it there.
private struct TextAuthors {
  private var buffer = TextBuffer("")
  private var authors: [Int] = []
  private var heads: [TransactionHead?] = []

  mutating func change(to text: String, by head: TransactionHead?) {
    for edit in TextDiff.edits(from: buffer.text(from: 0, to: buffer.count), to: text) {
      buffer.replace(at: edit.position, deleting: edit.deleted, with: edit.inserted)
      authors.replaceSubrange(
        edit.position..<edit.position + edit.deleted,
        with: repeatElement(heads.count, count: edit.inserted.unicodeScalars.count))
    }
    heads.append(head)
  }

  var stretches: [(text: String, head: TransactionHead?)] {
    var result: [(text: String, head: TransactionHead?)] = []
    var start = 0
    for index in authors.indices
    where index + 1 == authors.count || authors[index + 1] != authors[index] {
      result.append((buffer.text(from: start, to: index + 1), heads[authors[index]]))
      start = index + 1
    }
    return result
  }
}
