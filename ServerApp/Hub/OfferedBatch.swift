import Protocol
import Storage

/// What a device offers or returns, decoded and checked for what needs no database.
struct OfferedBatch {
  struct Offered {
    let transaction: BatchTransaction
    let nonce: Hash16
    let operations: [Operation]
    let body: OperationBody
    /// Operations of the author that the device does not hold.
    var missing: [MissingOperation] = []
    /// Where it stood in lives of the log that were lost before the one the device comes from.
    var places: [Cursor] = []
  }
  let offered: [Offered]
  /// For each run: the chain its device says it has after the run's last transaction.
  let runs: [BatchRun]

  /// - Parameter sites: whose transactions these must be, whole: the device's own, and those that its
  ///   replica made under earlier sites, whose outcome it may not have heard; nil for what a device
  ///   returns.
  init(_ bytes: [UInt8], sites: [Forebear]?, limits: SyncLimits) throws(DecodeError) {
    guard !bytes.isEmpty else {
      offered = []
      runs = []
      return
    }
    (offered, runs) = try bytes.decode { reader throws(DecodeError) in
      var batch = try BatchReader(&reader, limits: limits)
      var missing: [Int: [MissingOperation]] = [:]
      for hidden in batch.hidden {
        missing[hidden.transaction, default: []].append(
          MissingOperation(index: hidden.index, hash: hidden.hash))
      }
      var places: [Int: [Cursor]] = [:]
      for place in batch.places { places[place.transaction, default: []].append(place.cursor) }
      var offered: [Offered] = []
      for (index, transaction) in batch.transactions.enumerated() {
        try Self.check(transaction, sites, missing[index]?.count ?? 0, limits)
        let nonce = batch.runs[transaction.run].nonce
        var body = OperationBody(
          key: Chain.transactionKey(nonce: nonce, sequence: transaction.id.sequence))
        var operations: [Operation] = []
        for _ in 0..<transaction.operationCount {
          let head = try batch.nextOperation()
          let operation = try batch.operation(head)
          body.append(operation)
          operations.append(operation)
        }
        offered.append(
          Offered(
            transaction: transaction, nonce: nonce, operations: operations, body: body,
            missing: try MissingOperation.checked(
              missing[index] ?? [], present: operations.count),
            places: places[index] ?? []))
      }
      try batch.finish()
      return (offered, batch.runs)
    }
  }

  private static func check(
    _ transaction: BatchTransaction, _ sites: [Forebear]?, _ missing: Int, _ limits: SyncLimits
  ) throws(DecodeError) {
    if let sites, !sites.contains(where: { $0.includes(transaction.id) }) {
      throw .invalid(what: "transaction in another's name", offset: 0)
    }
    switch transaction.mode {
    case .full, .refused:
      guard missing == 0 else { throw .invalid(what: "hidden operation", offset: 0) }
    case .partial where sites == nil: break
    case .partial, .echo: throw .invalid(what: "mode of a transaction", offset: 0)
    }
    guard transaction.operationCount + missing <= limits.operationsPerTransaction else {
      throw .outOfBounds(what: "operations of a transaction", offset: 0)
    }
  }

  /// Whether the transaction at `index` is the last of its run.
  func endsRun(_ index: Int) -> Bool {
    let run = offered[index].transaction.run
    if index + 1 < offered.count, offered[index + 1].transaction.run == run { return false }
    return !offered[(index + 1)...].contains { $0.transaction.run == run }
  }
}

/// An operation of a transaction that nobody has brought: its index among the author's, and its hash.
struct MissingOperation: Hashable {
  let index: Int
  let hash: Hash16

  /// In ascending order, each once, none past the end of the transaction.
  static func checked(_ missing: [MissingOperation], present: Int) throws(DecodeError)
    -> [MissingOperation]
  {
    let sorted = missing.sorted { $0.index < $1.index }
    for (place, operation) in sorted.enumerated() {
      guard operation.index < present + missing.count,
        place == 0 || sorted[place - 1].index < operation.index
      else { throw .invalid(what: "hidden operation", offset: 0) }
    }
    return sorted
  }

  /// The indices of so many operations that are there, beside the missing ones.
  static func indices(present: Int, missing: [MissingOperation]) -> [Int] {
    let gone = Set(missing.map(\.index))
    return (0..<(present + missing.count)).filter { !gone.contains($0) }
  }

  static func encoded(_ missing: [MissingOperation]) -> [UInt8] {
    var writer = ByteWriter()
    for operation in missing {
      writer.varint(operation.index)
      writer.hash(operation.hash)
    }
    return writer.bytes
  }

  static func decoded(_ bytes: [UInt8]) throws(DecodeError) -> [MissingOperation] {
    try bytes.decode { reader throws(DecodeError) in
      var result: [MissingOperation] = []
      while !reader.isAtEnd {
        let index = try reader.count(limit: 1 << 24, what: "hidden operation")
        result.append(MissingOperation(index: index, hash: try reader.hash16()))
      }
      return result
    }
  }
}
