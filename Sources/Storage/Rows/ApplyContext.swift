import Protocol

/// Under what circumstances operations are applied.
public struct ApplyContext {
  public let writer: Writer
  public let knows: Knowledge
  /// The audience of rows that are made; nil while only pending.
  public let audience: Int64?
  /// Takes the before-images of pending writes; nil for the base.
  public let undo: UndoLog?
  /// Readers may hold a text as of this position without its edits.
  public var textFloor: Int64 = 0
  /// Whether rows belong to the base, whose digest is kept.
  public var isBase: Bool { undo == nil }

  public init(writer: Writer, knows: Knowledge, audience: Int64?, undo: UndoLog?) {
    self.writer = writer
    self.knows = knows
    self.audience = audience
    self.undo = undo
  }
}

/// What became of an operation.
public enum Applied: Equatable {
  /// The row is not there.
  case missing
  /// nil: every value shows, alone. References are local transaction numbers.
  case done([CellResult]?)
}

/// What pending writes replaced, as it stood in the rows: columns, clocks, heads.
///
/// Records are read back in reverse. The bytes are a column of the pending transaction.
public final class UndoLog {
  private(set) var writer = ByteWriter()
  private var lengths: [Int] = []

  enum Kind: UInt8 {
    case inserted = 1
    case updated = 2
    /// Format 1: all columns, in the order of the model of that time.
    case removedInOrder = 3
    case life = 4
    case removed = 5
    /// An edit of a text, with the edits that take it back.
    case text = 6
  }

  public init() {}

  func record(_ kind: Kind, entity: Tag, row: Int64, _ body: (inout ByteWriter) -> Void = { _ in })
  {
    let start = writer.count
    writer.byte(kind.rawValue)
    writer.varint(entity)
    writer.fixed64(UInt64(bitPattern: row))
    body(&writer)
    lengths.append(writer.count - start)
  }

  /// The records, then their lengths from the last to the first, then their number.
  public var encoded: [UInt8] {
    var result = writer
    for length in lengths.reversed() { result.fixed32(UInt32(length)) }
    result.fixed32(UInt32(lengths.count))
    return result.bytes
  }

  /// Takes the records of other rows over from an older log of the same transaction.
  public func keep(_ older: [UInt8], unless isReplaced: (Int64) -> Bool) throws {
    var kept: [[UInt8]] = []
    try older.withUnsafeBytes { buffer in
      try Self.readBackwards(buffer) { record in
        let start = record.index
        _ = try record.byte()
        _ = try record.uint32(what: "entity")
        let row = Int64(bitPattern: try record.fixed64())
        _ = try record.raw(record.remaining)
        if !isReplaced(row) { kept.append([UInt8](record.slice(from: start))) }
      }
    }
    for record in kept.reversed() {
      writer.raw(record)
      lengths.append(record.count)
    }
  }

  /// Calls `body` with each record, the last first.
  static func readBackwards(
    _ bytes: UnsafeRawBufferPointer, _ body: (inout ByteReader) throws -> Void
  ) throws {
    guard bytes.count >= 4 else { return }
    let count = Int(
      bytes.loadUnaligned(fromByteOffset: bytes.count - 4, as: UInt32.self).littleEndian)
    let tableStart = bytes.count - 4 - 4 * count
    guard tableStart >= 0 else {
      throw DecodeError.invalid(what: "before-images", offset: bytes.count)
    }
    var end = tableStart
    for index in 0..<count {
      let length = Int(
        bytes.loadUnaligned(fromByteOffset: tableStart + 4 * index, as: UInt32.self).littleEndian)
      guard length <= end else { throw DecodeError.invalid(what: "before-images", offset: end) }
      var reader = ByteReader(UnsafeRawBufferPointer(rebasing: bytes[(end - length)..<end]))
      try body(&reader)
      end -= length
    }
  }
}
