import Protocol
import Storage

/// The history that a replica keeps: pages of the log as they came, own transactions that those only
/// name, and what is pending. Oldest first, pending ones last.
extension Engine {
  func forEachPage(_ body: ([UInt8]) throws -> Void) throws {
    var last: Int64 = 0
    while let page = try page(after: last) {
      last = page.first
      try body(page.body)
    }
  }

  func page(after position: Int64) throws -> (first: Int64, body: [UInt8])? {
    let statement = try connection.statement(
      "SELECT first, body FROM _page WHERE first > ? ORDER BY first LIMIT 1")
    defer { statement.reset() }
    statement.bind(1, position)
    guard try statement.step() else { return nil }
    return (statement.int(0), statement.blob(1))
  }

  /// The own transaction that a page only names.
  func echoed(_ id: TransactionID) throws -> StoredTransaction? {
    try transactions(where: "id = ?", [LocalNumber.own(id.sequence)]).first
  }

  /// Everything but the operations, which are not read.
  func forEachHead(_ limits: SyncLimits, _ body: (TransactionHead) throws -> Void) throws {
    try forEachPage { page in
      let transactions = try page.decode { reader throws(DecodeError) in
        try BatchReader(&reader, limits: limits).transactions
      }
      for transaction in transactions { try body(TransactionHead(transaction)) }
    }
    try forEachPending {
      try body(TransactionHead($0))
      return true
    }
  }

  /// The operations of some transactions, effects among them.
  func forEachTransaction(
    _ limits: SyncLimits, where isWanted: (TransactionID) -> Bool,
    _ body: (TransactionID, [Operation]) throws -> Void
  ) throws {
    var views: [ValueView] = []
    try forEachPage { page in
      try page.withUnsafeBytes { buffer in
        var bytes = ByteReader(buffer)
        var batch = try BatchReader(&bytes, limits: limits)
        guard batch.transactions.contains(where: { isWanted($0.id) }) else { return }
        for transaction in batch.transactions {
          var operations: [Operation] = []
          let wanted = isWanted(transaction.id)
          if transaction.mode == .echo {
            if wanted { operations = try echoed(transaction.id)?.decodedOperations() ?? [] }
          } else {
            // Columns are read in order, also past what nobody wants.
            for _ in 0..<transaction.operationCount {
              let head = try batch.nextOperation()
              try batch.read(head, into: &views)
              if wanted { operations.append(try batch.operation(head, views)) }
            }
          }
          if wanted { try body(transaction.id, operations) }
        }
      }
    }
    try forEachPending { pending in
      if isWanted(pending.id) { try body(pending.id, pending.decodedOperations()) }
      return true
    }
  }
}
