import Protocol

/// What a transaction did at its position: the audience of each operation then, what became of each
/// value, and what happened beyond the author's operations. Kept with the transaction, so that a
/// page is the same whenever it is read. Numbers are the store's own.
struct Effects: Equatable {
  struct Extra: Equatable {
    let kind: OperationKind
    let entity: Tag
    let row: RowID
    let audience: Int64
    /// An encoded `RowImage` in positions; empty for the other kinds.
    let image: [UInt8]
  }

  /// One for each of the author's operations.
  var audiences: [Int64] = []
  /// Operations whose values do not all show.
  var results: [Int: [CellResult]] = [:]
  var extras: [Extra] = []

  /// The audience of all operations, where it is one and nothing else happened: such a transaction
  /// needs no bytes when it goes back to its author.
  var echoAudience: Int64? {
    guard results.isEmpty, extras.isEmpty, let first = audiences.first,
      audiences.allSatisfy({ $0 == first })
    else { return nil }
    return first
  }

  var touchedAudiences: Set<Int64> { Set(audiences).union(extras.map(\.audience)) }

  var encoded: [UInt8] {
    var writer = ByteWriter()
    if let first = audiences.first, audiences.allSatisfy({ $0 == first }) {
      writer.byte(0)
      writer.varint(UInt64(first))
      writer.varint(audiences.count)
    } else {
      writer.byte(1)
      writer.varint(audiences.count)
      for audience in audiences { writer.varint(UInt64(audience)) }
    }
    writer.varint(results.count)
    for (index, list) in results.sorted(by: { $0.key < $1.key }) {
      writer.varint(index)
      writer.varint(list.count)
      for result in list { writer.result(result) }
    }
    writer.varint(extras.count)
    for extra in extras {
      writer.byte(extra.kind.rawValue)
      writer.varint(extra.entity)
      writer.fixed64(UInt64(bitPattern: extra.row.raw))
      writer.varint(UInt64(extra.audience))
      writer.block(extra.image)
    }
    return writer.bytes
  }

  init() {}

  init(encoded: [UInt8]) throws(DecodeError) {
    var audiences: [Int64] = []
    var results: [Int: [CellResult]] = [:]
    var extras: [Extra] = []
    try encoded.decode { reader throws(DecodeError) in
      if try reader.byte() == 0 {
        let audience = Int64(try reader.varint())
        let count = try reader.count(limit: 1 << 24, what: "operations")
        audiences = [Int64](repeating: audience, count: count)
      } else {
        for _ in 0..<(try reader.count(limit: reader.remaining, what: "operations")) {
          audiences.append(Int64(try reader.varint()))
        }
      }
      for _ in 0..<(try reader.count(limit: reader.remaining, what: "results")) {
        let index = try reader.count(limit: 1 << 24, what: "operation")
        var list: [CellResult] = []
        for _ in 0..<(try reader.count(limit: reader.remaining, what: "results")) {
          list.append(try reader.result())
        }
        results[index] = list
      }
      for _ in 0..<(try reader.count(limit: reader.remaining, what: "effects")) {
        let start = reader.index
        guard let kind = OperationKind(rawValue: try reader.byte()) else {
          throw .invalid(what: "effect", offset: start)
        }
        let entity = try reader.uint32(what: "entity")
        let row = try reader.rowID()
        let audience = Int64(try reader.varint())
        extras.append(
          Extra(
            kind: kind, entity: entity, row: row, audience: audience,
            image: try reader.block(limit: reader.remaining, what: "image")))
      }
    }
    self.audiences = audiences
    self.results = results
    self.extras = extras
  }
}
