/// What one person did to a text in one transaction: the content of an `edit` operation. Who and when
/// are the transaction's, and what they knew is too.
///
/// Bytes: number of runs; for each run its count, doubled, plus 1 for a deletion; for each run its
/// position less the place where the author's cursor was after the run before, as `zigzag`; then the
/// UTF-8 of all insertions (FORMAT.md 3). Runs that could be one are one, so that there is one
/// encoding.
public struct TextChange: Hashable, Sendable {
  public let runs: [TextRun]
  /// UTF-8 of all that is inserted, in the order of the runs.
  public let content: [UInt8]

  /// nil where the edits change nothing.
  public init?(_ edits: [TextEdit]) {
    guard
      let batch = TextBatchBuilder(edits).batch(site: 0, sequence: 0, parents: .position(0))
    else { return nil }
    runs = batch.runs
    content = batch.content
  }

  /// - Precondition: `content` has as many scalars as the runs insert.
  init(runs: [TextRun], content: [UInt8]) {
    self.runs = runs
    self.content = content
  }

  public var stepCount: Int { runs.reduce(0) { $0 + $1.count } }

  public var encoded: [UInt8] {
    var writer = ByteWriter(capacity: content.count + 8 * runs.count)
    writer.varint(runs.count)
    for run in runs { writer.varint(run.count << 1 | Int(run.kind.rawValue)) }
    var cursor = 0
    for run in runs {
      writer.zigzag(Int64(run.position - cursor))
      cursor = run.end
    }
    writer.raw(content)
    return writer.bytes
  }

  public init(encoded: [UInt8], limits: TextLimits = .standard) throws(DecodeError) {
    (runs, content) = try encoded.decode { reader throws(DecodeError) in
      let count = try reader.count(
        limit: min(limits.batchRuns, reader.remaining / 2), what: "runs of an edit")
      guard count > 0 else { throw .invalid(what: "an edit of nothing", offset: 0) }
      var lengths: [UInt64] = []
      lengths.reserveCapacity(count)
      for _ in 0..<count { lengths.append(try reader.varint()) }
      var runs: [TextRun] = []
      runs.reserveCapacity(count)
      var steps = 0
      var inserted = 0
      var cursor: Int64 = 0
      for length in lengths {
        let start = reader.index
        let size = Int(length >> 1)
        guard size > 0, size <= limits.batchSteps - steps else {
          throw .outOfBounds(what: "characters of an edit", offset: start)
        }
        steps += size
        let kind: TextRun.Kind = length & 1 == 0 ? .insertion : .deletion
        let (position, overflow) = cursor.addingReportingOverflow(try reader.zigzag())
        guard !overflow, position >= 0, position <= Int64(TextLimits.mostSteps) else {
          throw .outOfBounds(what: "place of an edit", offset: start)
        }
        let run = TextRun(kind, at: Int(position), count: size)
        if let last = runs.last, last.continues(with: run) {
          throw .invalid(what: "two runs that are one", offset: start)
        }
        runs.append(run)
        if kind == .insertion { inserted += size }
        cursor = Int64(run.end)
      }
      let start = reader.index
      let content = try reader.array(reader.remaining)
      guard let text = String(validating: content, as: UTF8.self),
        text.unicodeScalars.count == inserted
      else { throw .invalid(what: "content of an edit", offset: start) }
      return (runs, content)
    }
  }

  /// The same as edits, each of the text that the one before left.
  public var edits: [TextEdit] {
    let scalars = String(decoding: content, as: UTF8.self).unicodeScalars
    var next = scalars.startIndex
    return runs.map { run in
      guard run.kind == .insertion else { return TextEdit(at: run.position, deleting: run.count) }
      let end = scalars.index(next, offsetBy: run.count)
      defer { next = end }
      return TextEdit(at: run.position, inserting: String(scalars[next..<end]))
    }
  }

  /// The batch that this is as a part of a transaction. A transaction changes a text once, so its own
  /// sequence names the steps.
  public func batch(of id: TransactionID, knowing parents: [TextID]) -> TextBatch {
    TextBatch(
      site: id.site, sequence: Self.firstSequence(id), parents: .steps(parents), runs: runs,
      content: content)
  }

  /// The last of its steps: who knows it knows the change.
  public func lastStep(of id: TransactionID) -> TextID {
    TextID(site: id.site, sequence: Self.firstSequence(id) + stepCount - 1)
  }

  /// The step with this number of the change.
  public func step(_ number: Int, of id: TransactionID) -> TextID {
    TextID(site: id.site, sequence: Self.firstSequence(id) + number)
  }

  /// More than any change has steps lie between two transactions.
  private static func firstSequence(_ id: TransactionID) -> Int { Int(id.sequence) << 24 }
}
