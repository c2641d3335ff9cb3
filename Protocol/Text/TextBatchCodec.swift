/// Batches as bytes, one encoding each. `TEXT.md` section 2 says what stands where.
public enum TextBatchCodec {
  static let kindBits: UInt64 = 1
  static let holesFlag: UInt8 = 1
  static let stepsFlag: UInt8 = 2

  public static func encode(_ batch: TextBatch) -> [UInt8] {
    var writer = ByteWriter(capacity: batch.content.count + 4 * batch.runs.count + 16)
    encode(batch, into: &writer)
    return writer.bytes
  }

  public static func encode(_ batch: TextBatch, into writer: inout ByteWriter) {
    var flags: UInt8 = batch.holes.isEmpty ? 0 : holesFlag
    if case .steps = batch.parents { flags |= stepsFlag }
    writer.byte(flags)
    writer.varint(batch.site)
    writer.varint(batch.sequence)
    switch batch.parents {
    case .position(let position): writer.varint(position)
    case .steps(let ids):
      writer.varint(ids.count)
      for id in ids {
        writer.varint(id.site)
        writer.varint(id.sequence)
      }
    }
    encode(batch.runs, into: &writer)
    if !batch.holes.isEmpty { TextHoles.encode(batch.holes, into: &writer) }
    writer.raw(TextHoles.removed(batch.holes, from: batch.content))
  }

  static func encode(_ runs: [TextRun], into writer: inout ByteWriter) {
    writer.varint(runs.count)
    for run in runs { writer.varint(UInt64(run.count) << kindBits | UInt64(run.kind.rawValue)) }
    var end = 0
    for run in runs {
      writer.zigzag(Int64(run.position - end))
      end = run.end
    }
  }

  /// The batch that these bytes are, all of them.
  public static func decode(
    _ bytes: [UInt8], limits: TextLimits = .standard
  ) throws(DecodeError) -> TextBatch {
    try bytes.decode { (reader) throws(DecodeError) in try decode(&reader, limits: limits) }
  }

  /// The batch that the next bytes are.
  public static func decode(
    _ reader: inout ByteReader, limits: TextLimits = .standard
  ) throws(DecodeError) -> TextBatch {
    let start = reader.index
    let flags = try reader.byte()
    guard flags & ~(holesFlag | stepsFlag) == 0 else {
      throw .invalid(what: "flags of a text batch", offset: start)
    }
    let site = try reader.uint32(what: "site of a text batch")
    let sequence = try reader.count(limit: Int.max / 2, what: "sequence of a text batch")
    let parents: TextParents =
      flags & stepsFlag == 0
      ? .position(try reader.varint()) : .steps(try decodeIDs(&reader, limits))
    let runs = try decodeRuns(&reader, limits)
    let scalars = runs.reduce(0) { $0 + ($1.kind == .insertion ? $1.count : 0) }
    let holes =
      flags & holesFlag == 0 ? [] : try TextHoles.decode(&reader, scalars: scalars, limits)
    let content = try decodeContent(&reader, scalars: scalars, holes, limits)
    return TextBatch(
      site: site, sequence: sequence, parents: parents, runs: runs, content: content, holes: holes)
  }

  private static func decodeIDs(
    _ reader: inout ByteReader, _ limits: TextLimits
  ) throws(DecodeError) -> [TextID] {
    let count = try reader.count(limit: limits.parents, what: "parents of a text batch")
    var ids: [TextID] = []
    for _ in 0..<count {
      let start = reader.index
      let site = try reader.uint32(what: "site of a parent")
      let sequence = try reader.count(limit: Int.max / 2, what: "sequence of a parent")
      let id = TextID(site: site, sequence: sequence)
      if let last = ids.last, last >= id {
        throw .invalid(what: "parents of a text batch: not ascending", offset: start)
      }
      ids.append(id)
    }
    return ids
  }

  private static func decodeRuns(
    _ reader: inout ByteReader, _ limits: TextLimits
  ) throws(DecodeError) -> [TextRun] {
    let start = reader.index
    let count = try reader.count(limit: limits.batchRuns, what: "runs of a text batch")
    guard count > 0 else { throw .invalid(what: "text batch without runs", offset: start) }
    // A run takes at least two bytes, so this allocates no more than what arrived.
    guard count <= reader.remaining / 2 else { throw .truncated(offset: reader.index) }
    var columns: [UInt64] = []
    columns.reserveCapacity(count)
    var steps = 0
    for _ in 0..<count {
      let start = reader.index
      let column = try reader.varint()
      guard column >> kindBits > 0 else { throw .invalid(what: "empty text run", offset: start) }
      guard column >> kindBits <= UInt64(limits.batchSteps - steps) else {
        throw .outOfBounds(what: "steps of a text batch", offset: start)
      }
      steps += Int(column >> kindBits)
      columns.append(column)
    }
    var runs: [TextRun] = []
    runs.reserveCapacity(count)
    var end = 0
    for column in columns {
      let start = reader.index
      let (position, overflow) = end.addingReportingOverflow(Int(try reader.zigzag()))
      // A text is never longer than all the steps that made it.
      guard !overflow, position >= 0, position <= TextLimits.mostSteps else {
        throw .outOfBounds(what: "position of a text run", offset: start)
      }
      let run = TextRun(
        column & 1 == 0 ? .insertion : .deletion, at: position, count: Int(column >> kindBits))
      if let last = runs.last, last.continues(with: run) {
        throw .invalid(what: "text run that continues the one before", offset: start)
      }
      runs.append(run)
      end = run.end
    }
    return runs
  }

  private static func decodeContent(
    _ reader: inout ByteReader, scalars: Int, _ holes: [Range<Int>], _ limits: TextLimits
  ) throws(DecodeError) -> [UInt8] {
    let start = reader.index
    let sent = scalars - holes.reduce(0) { $0 + $1.count }
    // No scalar takes more than four bytes, nor less than one.
    guard sent <= reader.remaining else {
      throw .truncated(offset: reader.index + reader.remaining)
    }
    let rest = reader.rest(atMost: sent * 4)
    let length = rest.withMemoryRebound(to: UInt8.self) { bytes in
      bytes.baseAddress.map { UTF8Scalars.offset($0, bytes.count, scalars: sent) } ?? 0
    }
    let bytes = try reader.array(length)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .invalid(what: "text batch: not UTF-8", offset: start)
    }
    guard text.unicodeScalars.count == sent else { throw .truncated(offset: reader.index) }
    guard bytes.count <= limits.textBytes else {
      throw .outOfBounds(what: "bytes of a text batch", offset: start)
    }
    return TextHoles.filled(holes, in: bytes)
  }
}

extension ByteReader {
  /// A look at the next bytes, without passing them.
  fileprivate func rest(atMost count: Int) -> UnsafeRawBufferPointer {
    var copy = self
    // As many as there are can be read.
    return (try? copy.raw(min(count, remaining))) ?? UnsafeRawBufferPointer(start: nil, count: 0)
  }
}
