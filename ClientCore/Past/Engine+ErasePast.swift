import Protocol
import Storage

/// Takes the past of a text away from what a replica keeps: pages of the log, and own transactions
/// that those only name. What is pending or was refused is its person's own work, and stays.
extension Engine {
  /// - Parameter position: of the transaction that says so.
  func erase(_ erasure: Erasure, before position: Int64, _ limits: SyncLimits) throws {
    var isFound = false
    var last: Int64 = -1
    while let page = try page(after: last), page.first < position {
      last = page.first
      guard let blanked = try BlankPage(page.body, erasure, before: position, limits).body else {
        continue
      }
      isFound = true
      let update = try connection.statement("UPDATE _page SET body = ? WHERE first = ?")
      update.bind(1, blanked)
      update.bind(2, page.first)
      try update.run()
    }
    var number = LocalNumber.own
    while let portion = try ownTransactions(after: number, touching: erasure.row.raw) {
      number = portion[portion.count - 1].number
      for stored in portion where stored.position ?? .max < position {
        guard let body = try erasure.blanked(body: stored.body) else { continue }
        isFound = true
        try blank(stored.number, body: body, extra: nil)
      }
    }
    if isFound { try noteErased() }
  }

  private func ownTransactions(after number: Int64, touching row: Int64) throws
    -> [StoredTransaction]?
  {
    let portion = try transactions(touching: [row], after: number)
    return portion.isEmpty ? nil : portion
  }
}

/// A page of the log without what it says of a text.
///
/// Transactions that held some of it are partial from then on, and the nonces by which their
/// operations' hashes could be said are gone.
private struct BlankPage {
  /// nil where the page says nothing of the text.
  private(set) var body: [UInt8]?

  init(_ page: [UInt8], _ erasure: Erasure, before position: Int64, _ limits: SyncLimits) throws {
    body = try page.withUnsafeBytes { buffer in
      var bytes = ByteReader(buffer)
      var batch = try BatchReader(&bytes, limits: limits)
      guard batch.shapes.contains(where: { $0.entity == erasure.entity }) else { return nil }
      let operations = try Self.operations(&batch, erasure, before: position)
      guard operations.contains(where: { $0.contains(where: \.isBlank) }) else { return nil }
      return Self.page(batch, operations)
    }
  }

  private struct Kept {
    let operation: Operation
    let audience: Int
    let results: [CellResult]?
    let isBlank: Bool
  }

  /// The operations of each transaction.
  private static func operations(
    _ batch: inout BatchReader, _ erasure: Erasure, before position: Int64
  ) throws -> [[Kept]] {
    var views: [ValueView] = []
    var result: [[Kept]] = []
    for transaction in batch.transactions {
      var kept: [Kept] = []
      for _ in 0..<(transaction.mode == .echo ? 0 : transaction.operationCount) {
        let head = try batch.nextOperation()
        try batch.read(head, into: &views)
        let operation = try batch.operation(head, views)
        let blanked =
          transaction.position < position ? try erasure.blanked(operation) : nil
        kept.append(
          Kept(
            operation: blanked ?? operation, audience: head.audience,
            results: blanked == nil ? head.results : head.results.map(Erasure.blanked),
            isBlank: blanked != nil))
      }
      result.append(kept)
    }
    try batch.finish()
    return result
  }

  private static func page(_ batch: BatchReader, _ operations: [[Kept]]) -> [UInt8] {
    var builder = BatchBuilder()
    // Images and heads name these by their numbers, operations name audiences so.
    for reference in batch.references { _ = builder.number(of: reference) }
    for audience in batch.audiences { _ = builder.number(of: audience) }
    var lastOfRun: [Int: Int] = [:]
    for (index, transaction) in batch.transactions.enumerated() {
      lastOfRun[transaction.run] = index
    }
    for (index, transaction) in batch.transactions.enumerated() {
      let run = batch.runs[transaction.run]
      let isBlank = operations[index].contains(where: \.isBlank)
      var header = transaction
      if isBlank { header.mode = .partial }
      // A chain that is not said is not missed; one that is said of another transaction is wrong.
      builder.append(
        header, nonce: isBlank ? .zero : run.nonce,
        chain: lastOfRun[transaction.run] == index ? run.lastChain : .zero)
      for place in batch.places where place.transaction == index {
        builder.appendPlace(place.cursor)
      }
      for kept in operations[index] {
        builder.append(kept.operation, audience: kept.audience, results: kept.results)
      }
    }
    for hidden in batch.hidden {
      builder.appendHidden(
        transaction: hidden.transaction, index: hidden.index, hash: hidden.hash)
    }
    let sites = Dictionary(batch.siteNames.map { ($0.site, $0.name) }) { first, _ in first }
    let users = Dictionary(batch.userNames.map { ($0.user, $0.name) }) { first, _ in first }
    return builder.finish(siteName: { sites[$0] ?? "" }, userName: { users[$0] ?? "" })
  }
}
