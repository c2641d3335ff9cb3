/// Reads a batch: the transactions as values, the operations one by one in their bytes.
///
/// Everything is bounded by `SyncLimits` before it is allocated. `finish()` must be called after the
/// last operation: it checks that every stream was read to its end.
public struct BatchReader {
  public private(set) var transactions: [BatchTransaction] = []
  public private(set) var runs: [BatchRun] = []
  public private(set) var siteNames: [(site: UInt32, name: String)] = []
  public private(set) var userNames: [(user: Int64, name: String)] = []
  public private(set) var audiences: [Audience] = []
  public private(set) var references: [TransactionReference] = []
  public private(set) var hidden: [HiddenOperation] = []
  public private(set) var places: [Place] = []
  public private(set) var shapes: [Shape] = []

  public struct HiddenOperation: Sendable {
    public let transaction: Int
    public let index: Int
    public let hash: Hash16
  }

  /// Where a transaction of the batch, by its index, stood in a life of the log that was lost.
  public struct Place: Sendable {
    public let transaction: Int
    public let cursor: Cursor
  }

  @usableFromInline struct ShapeStreams {
    var rows: ByteReader
    var previousRow: Int64 = 0
    var slots: [ByteReader]
  }
  private var streams: [ShapeStreams] = []
  private var shapeStream: ByteReader?
  private var audienceColumn: ByteReader?
  private var previousAudience: Int64 = 0
  private var resultStream: ByteReader?
  private var remaining = 0

  /// An operation whose values are read next, by `read(_:into:)`, once and in order.
  public struct Head {
    public let shape: Int
    public let row: RowID
    public let audience: Int
    /// nil: every value shows.
    public let results: [CellResult]?
  }

  public init(_ reader: inout ByteReader, limits: SyncLimits) throws(DecodeError) {
    if reader.isAtEnd { return }
    let parts = try PartReader(&reader, known: BatchPart.all)
    let siteLimit = limits.sitesPerBatch
    let nameLimit = limits.nameBytes
    siteNames =
      try parts.read(BatchPart.sites) { part throws(DecodeError) in
        var result: [(site: UInt32, name: String)] = []
        for _ in 0..<(try part.count(limit: siteLimit, what: "number of sites")) {
          let site = try part.uint32(what: "site")
          guard site > 0, site <= UInt32(Int32.max) else {
            throw .outOfBounds(what: "site", offset: part.index)
          }
          result.append((site, try part.text(limit: nameLimit, what: "name of a site")))
        }
        return result
      } ?? []
    userNames =
      try parts.read(BatchPart.users) { part throws(DecodeError) in
        var result: [(user: Int64, name: String)] = []
        for _ in 0..<(try part.count(limit: siteLimit, what: "number of users")) {
          let user = try part.zigzag()
          result.append((user, try part.text(limit: nameLimit, what: "name of a user")))
        }
        return result
      } ?? []
    let epochs: [UInt64] =
      try parts.read(BatchPart.epochs) { part throws(DecodeError) in
        var result: [UInt64] = []
        for _ in 0..<(try part.count(limit: siteLimit, what: "number of epochs")) {
          result.append(try part.fixed64())
        }
        return result
      } ?? []
    let labelLimit = limits.labelBytes
    let labels: [String] =
      try parts.read(BatchPart.labels) { part throws(DecodeError) in
        var result: [String] = []
        for _ in 0..<(try part.count(limit: siteLimit, what: "number of labels")) {
          result.append(try part.text(limit: labelLimit, what: "label"))
        }
        return result
      } ?? []
    let sites = siteNames
    runs =
      try parts.read(BatchPart.runs) { part throws(DecodeError) in
        var result: [BatchRun] = []
        for _ in 0..<(try part.count(limit: siteLimit, what: "number of runs")) {
          let site = try part.count(limit: sites.count - 1, what: "site of a run")
          result.append(
            BatchRun(site: sites[site].site, nonce: try part.hash16(), lastChain: try part.hash16())
          )
        }
        return result
      } ?? []
    audiences =
      try parts.read(BatchPart.audiences) { part throws(DecodeError) in
        var result: [Audience] = []
        for _ in 0..<(try part.count(limit: siteLimit, what: "number of audiences")) {
          let space = try part.zigzag()
          result.append(Audience(space: space, level: try part.byte()))
        }
        return result
      } ?? []
    let transactionLimit = limits.transactionsPerBatch
    let count =
      try parts.read(BatchPart.count) { part throws(DecodeError) in
        try part.count(limit: transactionLimit, what: "number of transactions")
      } ?? 0
    try readTransactions(count, parts, epochs, labels, limits)
    try readShapes(parts)
    let users = userNames
    references =
      try parts.read(BatchPart.references) { part throws(DecodeError) in
        var result: [TransactionReference] = []
        for _ in 0..<(try part.count(limit: siteLimit, what: "number of references")) {
          let site = try part.count(limit: sites.count - 1, what: "site of a reference")
          let sequence = try part.uint32(what: "sequence")
          let stamp = HLC(raw: try part.varint())
          let user = try part.count(limit: users.count - 1, what: "user of a reference")
          let position = Int64(try part.count(limit: 1 << 48, what: "position"))
          result.append(
            TransactionReference(
              id: TransactionID(site: sites[site].site, sequence: sequence), stamp: stamp,
              user: users[user].user, position: position))
        }
        return result
      } ?? []
    hidden =
      try parts.read(BatchPart.hidden) { part throws(DecodeError) in
        var result: [HiddenOperation] = []
        while !part.isAtEnd {
          let transaction = try part.count(limit: count - 1, what: "hidden operation")
          let index = try part.count(limit: 1 << 24, what: "hidden operation")
          result.append(
            HiddenOperation(transaction: transaction, index: index, hash: try part.hash16()))
        }
        return result
      } ?? []
    places =
      try parts.read(BatchPart.places) { part throws(DecodeError) in
        var result: [Place] = []
        while !part.isAtEnd {
          let transaction = try part.count(limit: count - 1, what: "place")
          let epoch = try part.count(limit: epochs.count - 1, what: "epoch of a place")
          let position = Int64(try part.count(limit: 1 << 48, what: "position"))
          result.append(
            Place(
              transaction: transaction, cursor: Cursor(epoch: epochs[epoch], position: position)))
        }
        return result
      } ?? []
    audienceColumn = parts.section(BatchPart.audience)
    resultStream = parts.section(BatchPart.results)
    shapeStream = parts.section(BatchPart.shape)
    var operations = 0
    for transaction in transactions where transaction.mode != .echo {
      operations += transaction.operationCount
    }
    guard operations <= limits.operationsPerBatch else {
      throw .outOfBounds(what: "number of operations", offset: 0)
    }
    guard operations == 0 || !shapes.isEmpty else {
      throw .invalid(what: "operations without shapes", offset: 0)
    }
    remaining = operations
  }

  /// The number of operations that stand in the batch.
  public var operationsLeft: Int { remaining }

  public mutating func nextOperation() throws(DecodeError) -> Head {
    guard remaining > 0 else { throw .truncated(offset: 0) }
    remaining -= 1
    var shape = 0
    if shapes.count > 1 {
      guard shapeStream != nil else { throw .truncated(offset: 0) }
      shape = try shapeStream!.count(limit: shapes.count - 1, what: "shape")
    }
    let row = RowID(streams[shape].previousRow &+ (try streams[shape].rows.zigzag()))
    guard row.isValid else {
      throw .invalid(what: "row id", offset: streams[shape].rows.index)
    }
    streams[shape].previousRow = row.raw
    if audienceColumn != nil {
      previousAudience &+= try audienceColumn!.zigzag()
    }
    guard previousAudience >= 0, previousAudience < max(1, Int64(audiences.count)) else {
      throw .outOfBounds(what: "audience", offset: 0)
    }
    var results: [CellResult]?
    if resultStream != nil, try resultStream!.byte() != 0 {
      var list: [CellResult] = []
      for _ in 0..<max(1, shapes[shape].tags.count) { list.append(try resultStream!.result()) }
      for case .heads(let heads) in list {
        for head in heads where head.reference >= references.count {
          throw .outOfBounds(what: "reference", offset: resultStream!.index)
        }
      }
      results = list
    }
    return Head(shape: shape, row: row, audience: Int(previousAudience), results: results)
  }

  /// The values of the operation that `head` began, still in their bytes.
  ///
  /// - Parameter views: emptied, then filled: room that is reused from one operation to the next.
  public mutating func read(_ head: Head, into views: inout [ValueView]) throws(DecodeError) {
    views.removeAll(keepingCapacity: true)
    for slot in streams[head.shape].slots.indices {
      views.append(try streams[head.shape].slots[slot].valueView())
    }
  }

  /// The same operation as a value.
  public func operation(_ head: Head, _ views: [ValueView]) throws(DecodeError) -> Operation {
    let shape = shapes[head.shape]
    var values: [Value] = []
    values.reserveCapacity(views.count)
    for view in views { values.append(try view.value()) }
    return Operation(
      shape.kind, entity: shape.entity, row: head.row, tags: shape.tags, values: values)
  }

  /// The operation that `head` began, as a value.
  public mutating func operation(_ head: Head) throws(DecodeError) -> Operation {
    var views: [ValueView] = []
    try read(head, into: &views)
    return try operation(head, views)
  }

  /// That nothing is left over.
  public func finish() throws(DecodeError) {
    guard remaining == 0 else { throw .trailing(offset: 0) }
    for stream in streams {
      try stream.rows.expectEnd()
      for slot in stream.slots { try slot.expectEnd() }
    }
    try shapeStream?.expectEnd()
    try audienceColumn?.expectEnd()
    try resultStream?.expectEnd()
  }

  private mutating func readShapes(_ parts: PartReader) throws(DecodeError) {
    shapes =
      try parts.read(BatchPart.shapes) { part throws(DecodeError) in
        var result: [Shape] = []
        for _ in 0..<(try part.count(limit: 1 << 16, what: "number of shapes")) {
          result.append(try part.shape())
        }
        return result
      } ?? []
    let shapes = shapes
    streams =
      try parts.read(BatchPart.streams) { part throws(DecodeError) in
        var result: [ShapeStreams] = []
        for shape in shapes {
          let rows = try part.section(try part.count(limit: part.remaining, what: "row ids"))
          var slots: [ByteReader] = []
          for _ in 0..<shape.slots {
            slots.append(try part.section(try part.count(limit: part.remaining, what: "values")))
          }
          result.append(ShapeStreams(rows: rows, slots: slots))
        }
        return result
      } ?? []
    guard streams.count == shapes.count else {
      throw .invalid(what: "shapes without streams", offset: 0)
    }
  }

  private mutating func readTransactions(
    _ count: Int, _ parts: PartReader, _ epochs: [UInt64], _ labels: [String], _ limits: SyncLimits
  ) throws(DecodeError) {
    func column(_ tag: UInt64, isDifference: Bool = true) throws(DecodeError) -> [Int64] {
      guard var section = parts.section(tag) else { return [] }
      // Every number takes a byte at least, so the bytes bound what is allocated.
      guard section.remaining >= count else { throw .truncated(offset: section.index) }
      var result: [Int64] = []
      result.reserveCapacity(count)
      var previous: Int64 = 0
      for _ in 0..<count {
        let number = try section.zigzag()
        previous = isDifference ? previous &+ number : number
        result.append(previous)
      }
      try section.expectEnd()
      return result
    }
    let run = try column(BatchPart.run)
    let sequence = try column(BatchPart.sequence, isDifference: false)
    let milliseconds = try column(BatchPart.milliseconds)
    let counter = try column(BatchPart.counter)
    let moved = try column(BatchPart.moved, isDifference: false)
    let user = try column(BatchPart.user)
    let seenEpoch = try column(BatchPart.seenEpoch)
    let seenPosition = try column(BatchPart.seenPosition)
    let model = try column(BatchPart.model)
    let knownRefused = try column(BatchPart.knownRefused)
    let label = try column(BatchPart.label)
    let position = try column(BatchPart.position)
    let operations = try column(BatchPart.operations)
    let mode = try column(BatchPart.mode)
    var lastSequence = [Int64](repeating: 0, count: runs.count)
    func check(_ value: Int64, _ range: Range<Int64>, _ what: String) throws(DecodeError) -> Int {
      guard range.contains(value) else { throw .outOfBounds(what: what, offset: 0) }
      return Int(value)
    }
    // The count is bounded, but may be far above what the columns hold when all are zeros.
    transactions.reserveCapacity(min(count, 4_096))
    for index in 0..<count {
      func at(_ column: [Int64]) -> Int64 { column.isEmpty ? 0 : column[index] }
      let runNumber = try check(at(run), 0..<Int64(runs.count), "run")
      let sequenceNumber = try check(
        lastSequence[runNumber] &+ at(sequence) &+ 1, 1..<Int64(UInt32.max), "sequence")
      lastSequence[runNumber] = Int64(sequenceNumber)
      let stamp = HLC(
        milliseconds: Int64(
          try check(at(milliseconds), 0..<HLC.maximumMilliseconds + 1, "milliseconds")),
        counter: UInt16(try check(at(counter), 0..<65_536, "counter")))
      let author = HLC(raw: stamp.raw &+ UInt64(bitPattern: at(moved)))
      guard author.milliseconds <= HLC.maximumMilliseconds else {
        throw .outOfBounds(what: "author's stamp", offset: 0)
      }
      let packed = at(mode)
      guard packed >= 0, let mode = TransactionMode(rawValue: UInt8(packed & 3)) else {
        throw .invalid(what: "mode of a transaction", offset: 0)
      }
      let echoAudience = Int(packed >> 2)
      guard echoAudience == 0 || echoAudience < audiences.count else {
        throw .outOfBounds(what: "audience", offset: 0)
      }
      transactions.append(
        BatchTransaction(
          id: TransactionID(site: runs[runNumber].site, sequence: UInt32(sequenceNumber)),
          stamp: stamp, authorStamp: author,
          user: userNames[try check(at(user), 0..<Int64(userNames.count), "user")].user,
          seen: Cursor(
            epoch: epochs[try check(at(seenEpoch), 0..<Int64(epochs.count), "epoch")],
            position: Int64(try check(at(seenPosition), 0..<(1 << 48), "seen"))),
          modelVersion: UInt32(try check(at(model), 0..<(1 << 31), "model version")),
          knownRefused: UInt32(try check(at(knownRefused), 0..<(1 << 32), "refused sequence")),
          label: labels[try check(at(label), 0..<Int64(labels.count), "label")],
          position: Int64(try check(at(position), 0..<(1 << 48), "position")),
          operationCount: try check(
            at(operations), 0..<Int64(limits.operationsPerBatch) + 1, "number of operations"),
          mode: mode, echoAudience: echoAudience, run: runNumber))
    }
  }
}
