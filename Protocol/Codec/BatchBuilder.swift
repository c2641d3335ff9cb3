/// Puts transactions into columns, one after the other, and counts bytes as it goes so that a page
/// can end at a whole transaction.
public struct BatchBuilder {
  private struct Column {
    var writer = ByteWriter()
    var previous: Int64 = 0
    var isZero = true

    @inline(__always) mutating func append(_ value: Int64) {
      let difference = value &- previous
      if difference != 0 { isZero = false }
      writer.zigzag(difference)
      previous = value
    }

    /// Appends a number that is a difference already.
    mutating func appendRaw(_ value: Int64) {
      if value != 0 { isZero = false }
      writer.zigzag(value)
    }
  }

  private struct ShapeColumns {
    var rows = Column()
    var slots: [ByteWriter]
  }

  /// A small table of distinct things, numbered in order of appearance.
  private struct Table<Element: Hashable> {
    var elements: [Element] = []
    var numbers: [Element: Int] = [:]
    mutating func number(_ element: Element) -> Int {
      if let last = elements.last, last == element { return elements.count - 1 }
      if let number = numbers[element] { return number }
      numbers[element] = elements.count
      elements.append(element)
      return elements.count - 1
    }
  }

  private struct RunKey: Hashable {
    let site: UInt32
    let nonce: Hash16
  }

  private var columns = [Column](repeating: Column(), count: 29)
  private var sites = Table<UInt32>()
  private var users = Table<Int64>()
  private var epochs = Table<UInt64>()
  private var labels = Table<String>()
  private var audiences = Table<Audience>()
  private var runKeys = Table<RunKey>()
  private var runs: [BatchRun] = []
  private var lastSequence: [Int64] = []
  private var references: [TransactionReference] = []
  private var referenceNumbers: [TransactionID: Int] = [:]
  private(set) var shapes: [[UInt8]] = []
  private var shapeNumbers: [[UInt8]: Int] = [:]
  private var lastShape = -1
  private var shapeColumns: [ShapeColumns] = []
  private var shapeStream = ByteWriter()
  private var results = ByteWriter()
  private var hasResults = false
  private var pendingPlain = 0
  private var hidden = ByteWriter()
  private var places = ByteWriter()
  public private(set) var transactionCount = 0
  public private(set) var operationCount = 0
  /// About the bytes so far, without tables.
  public private(set) var byteCount = 0

  public init() {}

  public mutating func append(
    _ transaction: BatchTransaction, nonce: Hash16, chain: Hash16
  ) {
    let key = RunKey(site: transaction.id.site, nonce: nonce)
    let run = runKeys.number(key)
    if run == runs.count {
      runs.append(BatchRun(site: key.site, nonce: nonce, lastChain: chain))
      lastSequence.append(0)
      byteCount += 36
    }
    runs[run].lastChain = chain
    _ = sites.number(transaction.id.site)
    columns[Int(BatchPart.run)].append(Int64(run))
    // Sequences are differences within their run.
    columns[Int(BatchPart.sequence)].appendRaw(
      Int64(transaction.id.sequence) - lastSequence[run] - 1)
    lastSequence[run] = Int64(transaction.id.sequence)
    columns[Int(BatchPart.milliseconds)].append(transaction.stamp.milliseconds)
    columns[Int(BatchPart.counter)].append(Int64(transaction.stamp.counter))
    columns[Int(BatchPart.moved)].appendRaw(
      Int64(bitPattern: transaction.authorStamp.raw &- transaction.stamp.raw))
    columns[Int(BatchPart.user)].append(Int64(users.number(transaction.user)))
    columns[Int(BatchPart.seenEpoch)].append(Int64(epochs.number(transaction.seen.epoch)))
    columns[Int(BatchPart.seenPosition)].append(transaction.seen.position)
    columns[Int(BatchPart.model)].append(Int64(transaction.modelVersion))
    columns[Int(BatchPart.knownRefused)].append(Int64(transaction.knownRefused))
    columns[Int(BatchPart.label)].append(Int64(labels.number(transaction.label)))
    columns[Int(BatchPart.position)].append(transaction.position)
    columns[Int(BatchPart.operations)].append(Int64(transaction.operationCount))
    columns[Int(BatchPart.mode)].append(
      Int64(transaction.mode.rawValue) | Int64(transaction.echoAudience) << 2)
    transactionCount += 1
    byteCount += 12
  }

  /// The number by which the page's operations name an audience.
  public mutating func number(of audience: Audience) -> Int { audiences.number(audience) }

  /// The number by which heads and images name a transaction that was put in before, or another.
  public mutating func number(of reference: TransactionReference) -> Int {
    if let number = referenceNumbers[reference.id] { return number }
    referenceNumbers[reference.id] = references.count
    references.append(reference)
    _ = users.number(reference.user)
    _ = sites.number(reference.id.site)
    return references.count - 1
  }

  /// Copies the next encoded operation of `reader` into its columns.
  public mutating func append(
    operationFrom reader: inout ByteReader, audience: Int, results cellResults: [CellResult]?
  ) throws(DecodeError) {
    let shapeStart = reader.index
    let shape = try reader.shape()
    let shapeBytes = reader.slice(from: shapeStart)
    let number = shapeNumber(shapeBytes, slots: shape.slots)
    let row = try reader.rowID()
    let before = reader.index
    shapeColumns[number].rows.append(row.raw)
    for slot in 0..<shape.slots {
      shapeColumns[number].slots[slot].raw(try reader.valueView().encoded)
    }
    byteCount += reader.index - before + 3
    finish(shape: number, audience: audience, results: cellResults)
  }

  public mutating func append(
    _ operation: Operation, audience: Int, results cellResults: [CellResult]? = nil
  ) {
    let shape = Shape(kind: operation.kind, entity: operation.entity, tags: operation.tags).encoded
    let number = shape.withUnsafeBytes { shapeNumber($0, slots: operation.values.count) }
    shapeColumns[number].rows.append(operation.row.raw)
    for (slot, value) in operation.values.enumerated() {
      let before = shapeColumns[number].slots[slot].count
      shapeColumns[number].slots[slot].value(value)
      byteCount += shapeColumns[number].slots[slot].count - before
    }
    byteCount += 3
    finish(shape: number, audience: audience, results: cellResults)
  }

  private mutating func finish(shape: Int, audience: Int, results cellResults: [CellResult]?) {
    shapeStream.varint(shape)
    columns[Int(BatchPart.audience)].append(Int64(audience))
    operationCount += 1
    guard let cellResults, cellResults.contains(where: { $0 != .shown }) else {
      results.byte(0)
      return
    }
    hasResults = true
    let before = results.count
    results.byte(1)
    for result in cellResults { results.result(result) }
    byteCount += results.count - before
  }

  /// The hash of an operation that the reader may not see.
  public mutating func appendHidden(transaction: Int, index: Int, hash: Hash16) {
    hidden.varint(transaction)
    hidden.varint(index)
    hidden.hash(hash)
    byteCount += 18
  }

  /// Where the last transaction that was put in stood in a life of the log that was lost.
  public mutating func appendPlace(_ place: Cursor) {
    places.varint(transactionCount - 1)
    places.varint(epochs.number(place.epoch))
    places.varint(UInt64(place.position))
    byteCount += 6
  }

  private mutating func shapeNumber(_ bytes: UnsafeRawBufferPointer, slots: Int) -> Int {
    if lastShape >= 0, shapes[lastShape].count == bytes.count,
      shapes[lastShape].withUnsafeBytes({ $0.elementsEqual(bytes) })
    {
      return lastShape
    }
    let key = [UInt8](bytes)
    if let number = shapeNumbers[key] {
      lastShape = number
      return number
    }
    lastShape = shapes.count
    shapeNumbers[key] = lastShape
    shapes.append(key)
    shapeColumns.append(ShapeColumns(slots: [ByteWriter](repeating: ByteWriter(), count: slots)))
    return lastShape
  }

  /// - Parameters:
  ///   - siteName: the device of a site and its user, for pages.
  ///   - userName: the name of a user, for pages.
  public consuming func finish(
    siteName: (UInt32) -> String = { _ in "" }, userName: (Int64) -> String = { _ in "" }
  ) -> [UInt8] {
    var writer = ByteWriter(capacity: byteCount + 256)
    guard transactionCount > 0 else { return [] }
    writer.part(BatchPart.sites) { part in
      part.varint(sites.elements.count)
      for site in sites.elements {
        part.varint(site)
        part.text(siteName(site))
      }
    }
    writer.part(BatchPart.users) { part in
      part.varint(users.elements.count)
      for user in users.elements {
        part.zigzag(user)
        part.text(userName(user))
      }
    }
    writer.part(BatchPart.epochs) { part in
      part.varint(epochs.elements.count)
      for epoch in epochs.elements { part.fixed64(epoch) }
    }
    writer.part(BatchPart.labels) { part in
      part.varint(labels.elements.count)
      for label in labels.elements { part.text(label) }
    }
    writer.part(BatchPart.runs) { part in
      part.varint(runs.count)
      for run in runs {
        part.varint(sites.number(run.site))
        part.hash(run.nonce)
        part.hash(run.lastChain)
      }
    }
    if !audiences.elements.isEmpty {
      writer.part(BatchPart.audiences) { part in
        part.varint(audiences.elements.count)
        for audience in audiences.elements {
          part.zigzag(audience.space)
          part.byte(audience.level)
        }
      }
    }
    writer.part(BatchPart.count) { $0.varint(transactionCount) }
    for tag in BatchPart.run...BatchPart.mode { column(tag, to: &writer) }
    writer.part(BatchPart.shapes) { part in
      part.varint(shapes.count)
      for shape in shapes { part.raw(shape) }
    }
    if shapes.count > 1 { writer.part(BatchPart.shape, shapeStream.bytes) }
    writer.part(BatchPart.streams) { part in
      for columns in shapeColumns {
        part.block(columns.rows.writer.bytes)
        for slot in columns.slots { part.block(slot.bytes) }
      }
    }
    column(BatchPart.audience, to: &writer)
    if hasResults { writer.part(BatchPart.results, results.bytes) }
    if !references.isEmpty {
      writer.part(BatchPart.references) { part in
        part.varint(references.count)
        for reference in references {
          part.varint(sites.number(reference.id.site))
          part.varint(reference.id.sequence)
          part.varint(reference.stamp.raw)
          part.varint(users.number(reference.user))
          part.varint(UInt64(reference.position))
        }
      }
    }
    if hidden.count > 0 { writer.part(BatchPart.hidden, hidden.bytes) }
    if places.count > 0 { writer.part(BatchPart.places, places.bytes) }
    return writer.bytes
  }

  private func column(_ tag: UInt64, to writer: inout ByteWriter) {
    let column = columns[Int(tag)]
    if !column.isZero { writer.part(tag, column.writer.bytes) }
  }
}

extension ByteWriter {
  public mutating func result(_ result: CellResult) {
    switch result {
    case .shown: byte(0)
    case .hidden: byte(1)
    case .heads(let heads):
      byte(2)
      varint(heads.count)
      for head in heads {
        varint(head.reference)
        value(head.value)
      }
    }
  }
}

extension ByteReader {
  public static let headsLimit = 1_024

  public mutating func result() throws(DecodeError) -> CellResult {
    let start = index
    switch try byte() {
    case 0: return .shown
    case 1: return .hidden
    case 2:
      let count = try count(limit: Self.headsLimit, what: "number of heads")
      var heads: [HeadReference] = []
      heads.reserveCapacity(count)
      for _ in 0..<count {
        let reference = try self.count(limit: 1 << 24, what: "reference")
        heads.append(HeadReference(reference: reference, value: try value()))
      }
      return .heads(heads)
    default: throw .invalid(what: "result of a cell", offset: start)
    }
  }
}

extension BatchBuilder {
  /// The fields that the operations name.
  public func fields() throws(DecodeError) -> [Tag: Set<Tag>] {
    var result: [Tag: Set<Tag>] = [:]
    for bytes in shapes {
      let shape = try bytes.decode { reader throws(DecodeError) in try reader.shape() }
      result[shape.entity, default: []].formUnion(shape.tags)
    }
    return result
  }
}
