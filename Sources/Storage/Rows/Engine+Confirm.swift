import Protocol

/// Turning a pending write into a part of the base where it stands: nothing is undone or written
/// again, since nothing else touched its row (DESIGN 5).
extension Engine {
  /// The operations of a pending transaction whose every before-image is of the simple sort: one for
  /// each operation, rows made and registers written, no heads beside the one that shows. nil where
  /// anything else is in it.
  public func confirmable(_ transaction: StoredTransaction) throws -> [Confirmation]? {
    var confirmations: [Confirmation] = []
    var isSimple = true
    try transaction.extra.withUnsafeBytes { buffer in
      try UndoLog.readBackwards(buffer) { record in
        if isSimple, let confirmation = try Confirmation(&record) {
          confirmations.append(confirmation)
        } else {
          isSimple = false
          _ = try record.raw(record.remaining)
        }
      }
    }
    guard isSimple else { return nil }
    confirmations.reverse()
    var index = 0
    try transaction.body.decode { reader throws(DecodeError) in
      while !reader.isAtEnd {
        let operation = try reader.operation()
        if index < confirmations.count, confirmations[index].take(operation) {
          index += 1
        } else {
          isSimple = false
        }
      }
    }
    guard isSimple, index == confirmations.count else { return nil }
    for confirmation in confirmations {
      for tag in confirmation.tags
      where layout(confirmation.entity)?.column(tag)?.cell.form != .register { return nil }
    }
    return confirmations
  }

  /// Counts a write in the digest and gives a row that was made its audience.
  public func confirm(_ confirmation: Confirmation, by writer: Writer, audience: Int64) throws {
    let row = confirmation.row
    let seed = seed(row: row, writer)
    var digest: UInt64 = 0
    for (slot, tag) in confirmation.tags.enumerated() {
      scratch.removeAll()
      scratch.value(confirmation.values[slot])
      digest &+= scratch.bytes.withUnsafeBytes { CellHash.cell(seed: seed, tag: tag, value: $0) }
    }
    if let before = confirmation.before {
      let clocks = try before.clocks.withUnsafeBytes {
        try ClockColumn(greatest: before.greatest, encoded: $0)
      }
      for (slot, tag) in confirmation.tags.enumerated() {
        let old = before.values[slot]
        guard let clock = clocks.register(tag, isNull: old.isNull) else { continue }
        digest &-= hash(
          row: row, tag: tag, writer: try self.writer(clock.transaction), value: old)
      }
    } else {
      guard let layout = layout(confirmation.entity) else {
        throw EngineError.unknownEntity(confirmation.entity)
      }
      let update = try connection.statement(layout.setAudience)
      update.bind(1, audience)
      update.bind(2, row)
      try update.run()
    }
    addToDigest(audience, digest)
  }
}

/// One pending write with what it replaced.
public struct Confirmation {
  struct Before {
    let greatest: Int64
    let clocks: [UInt8]
    let tags: [Tag]
    let values: [Value]
  }

  public let entity: Tag
  public let row: Int64
  /// nil: the row was made.
  let before: Before?
  private(set) var tags: [Tag] = []
  private(set) var values: [Value] = []

  public var operation: Operation {
    Operation(
      before == nil ? .create : .write, entity: entity, row: RowID(row), tags: tags, values: values)
  }

  /// Reads a before-image; nil where it is not of the simple sort.
  init?(_ record: inout ByteReader) throws {
    let kind = UndoLog.Kind(rawValue: try record.byte())
    entity = try record.uint32(what: "entity")
    row = Int64(bitPattern: try record.fixed64())
    switch kind {
    case .inserted: before = nil
    case .updated:
      let greatest = Int64(try record.varint())
      let length = Int(try record.varint())
      let clocks = length == 0 ? [] : try record.array(length - 1)
      var tags: [Tag] = []
      var values: [Value] = []
      for _ in 0..<(try record.count(limit: record.remaining, what: "number of changes")) {
        tags.append(try record.uint32(what: "tag"))
        values.append(try record.value())
        guard try record.varint() == 0 else { return nil }
      }
      before = Before(greatest: greatest, clocks: clocks, tags: tags, values: values)
    case .removed, .removedInOrder, .life, .text, nil: return nil
    }
  }

  /// Takes the values of the operation that this is the before-image of. False where it is not.
  mutating func take(_ operation: Operation) -> Bool {
    guard operation.entity == entity, operation.row.raw == row else { return false }
    switch operation.kind {
    case .create: guard before == nil else { return false }
    case .write: guard let before, before.tags == operation.tags else { return false }
    default: return false
    }
    tags = operation.tags
    values = operation.values
    return true
  }
}
