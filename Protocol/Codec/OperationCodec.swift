/// The row-wise form of operations: what a chain hashes, an outbox keeps and a server's log holds.
///
/// An operation is its shape (kind, entity, number of tags, tags), then its row id in eight bytes,
/// then its values. The shape stands first and alone so that operations of one shape are recognised
/// by comparing bytes, and become columns in a batch (FORMAT.md 3).
public enum OperationCodec {
  public static let tagsLimit = 256

  public static func append(_ operation: Operation, to writer: inout ByteWriter) {
    appendShape(operation.kind, entity: operation.entity, tags: operation.tags, to: &writer)
    writer.fixed64(UInt64(bitPattern: operation.row.raw))
    for value in operation.values { writer.value(value) }
  }

  public static func appendShape(
    _ kind: OperationKind, entity: Tag, tags: [Tag], to writer: inout ByteWriter
  ) {
    writer.varint(UInt64(kind.rawValue))
    writer.varint(entity)
    writer.varint(tags.count)
    for tag in tags { writer.varint(tag) }
  }
}

/// The part of an operation that many operations share.
public struct Shape: Hashable, Sendable {
  public let kind: OperationKind
  public let entity: Tag
  public let tags: [Tag]
  public var slots: Int { kind.slots(tags: tags.count) }
  public init(kind: OperationKind, entity: Tag, tags: [Tag]) {
    self.kind = kind
    self.entity = entity
    self.tags = tags
  }

  public var encoded: [UInt8] {
    var writer = ByteWriter()
    OperationCodec.appendShape(kind, entity: entity, tags: tags, to: &writer)
    return writer.bytes
  }
}

extension ByteReader {
  public mutating func shape() throws(DecodeError) -> Shape {
    let start = index
    let number = try varint()
    guard number <= 255, let kind = OperationKind(rawValue: UInt8(number)) else {
      throw .invalid(what: "kind of an operation", offset: start)
    }
    let entity = try uint32(what: "entity tag")
    let count = try count(limit: OperationCodec.tagsLimit, what: "number of tags")
    guard kind.tagCount == nil || kind.tagCount == count else {
      throw .invalid(what: "number of tags", offset: start)
    }
    var tags: [Tag] = []
    tags.reserveCapacity(count)
    for _ in 0..<count {
      let tag = try uint32(what: "field tag")
      guard tag != 0, tag > tags.last ?? 0 else {
        throw .invalid(what: "tags that do not ascend", offset: start)
      }
      tags.append(tag)
    }
    return Shape(kind: kind, entity: entity, tags: tags)
  }

  public mutating func rowID() throws(DecodeError) -> RowID {
    let start = index
    let row = RowID(Int64(bitPattern: try fixed64()))
    guard row.isValid else { throw .invalid(what: "row id", offset: start) }
    return row
  }

  public mutating func operation() throws(DecodeError) -> Operation {
    let shape = try shape()
    let row = try rowID()
    var values: [Value] = []
    values.reserveCapacity(shape.slots)
    for _ in 0..<shape.slots { values.append(try value()) }
    return Operation(
      shape.kind, entity: shape.entity, row: row, tags: shape.tags, values: values)
  }
}

/// The operations of one transaction, encoded, with the salted hash of each.
public struct OperationBody: Sendable {
  public private(set) var writer = ByteWriter()
  public private(set) var hashes: [Hash16] = []
  private let key: Hash16

  public init(key: Hash16, capacity: Int = 64) {
    self.key = key
    writer = ByteWriter(capacity: capacity)
  }
  public var bytes: [UInt8] { writer.bytes }
  public var count: Int { hashes.count }

  public mutating func append(_ operation: Operation) {
    let start = writer.count
    OperationCodec.append(operation, to: &writer)
    seal(from: start)
  }

  /// Appends an operation where `body`, which is lent its values still in their bytes, says true;
  /// else, and where it throws, nothing is appended.
  ///
  /// - Parameter views: room for the values, reused from call to call.
  public mutating func append(
    _ operation: Operation, views: inout [ValueView], if body: ([ValueView]) throws -> Bool
  ) throws -> Bool {
    let start = writer.count
    OperationCodec.appendShape(
      operation.kind, entity: operation.entity, tags: operation.tags, to: &writer)
    writer.fixed64(UInt64(bitPattern: operation.row.raw))
    let valuesStart = writer.count
    for value in operation.values { writer.value(value) }
    let isWanted: Bool
    do {
      isWanted = try writer.bytes.withUnsafeBytes { buffer in
        var reader = ByteReader(UnsafeRawBufferPointer(rebasing: buffer[valuesStart...]))
        views.removeAll(keepingCapacity: true)
        for _ in operation.values { views.append(try reader.valueView()) }
        return try body(views)
      }
    } catch {
      writer.truncate(to: start)
      throw error
    }
    if isWanted { seal(from: start) } else { writer.truncate(to: start) }
    return isWanted
  }

  /// Appends by a closure that writes one encoded operation.
  public mutating func append(_ body: (inout ByteWriter) -> Void) {
    let start = writer.count
    body(&writer)
    seal(from: start)
  }

  private mutating func seal(from start: Int) {
    let index = hashes.count
    let hash = writer.bytes.withUnsafeBytes {
      Chain.operationHash(
        key: key, index: index, operation: UnsafeRawBufferPointer(rebasing: $0[start...]))
    }
    hashes.append(hash)
  }
}
