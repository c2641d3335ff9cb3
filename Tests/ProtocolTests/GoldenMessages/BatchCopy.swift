import Protocol

/// Takes a batch apart into values and puts it together again: equal bytes show that there is one
/// encoding and that nothing of it is lost.
enum BatchCopy {
  static func encoded(_ bytes: [UInt8]) throws(DecodeError) -> [UInt8] {
    if bytes.isEmpty { return [] }
    return try bytes.decode { reader throws(DecodeError) in
      var batch = try BatchReader(&reader, limits: .standard)
      var builder = BatchBuilder()
      var hidden = batch.hidden[...]
      var places = batch.places[...]
      for (ordinal, transaction) in batch.transactions.enumerated() {
        var header = transaction
        if transaction.mode == .echo {
          header.echoAudience = builder.number(of: batch.audiences[transaction.echoAudience])
        }
        let run = batch.runs[transaction.run]
        builder.append(header, nonce: run.nonce, chain: run.lastChain)
        while let next = places.first, next.transaction == ordinal {
          builder.appendPlace(next.cursor)
          places.removeFirst()
        }
        if transaction.mode != .echo {
          for _ in 0..<transaction.operationCount { try copyOperation(&batch, to: &builder) }
        }
        while let next = hidden.first, next.transaction == ordinal {
          builder.appendHidden(transaction: ordinal, index: next.index, hash: next.hash)
          hidden.removeFirst()
        }
      }
      try batch.finish()
      let siteNames = Dictionary(batch.siteNames.map { ($0.site, $0.name) }) { first, _ in first }
      let userNames = Dictionary(batch.userNames.map { ($0.user, $0.name) }) { first, _ in first }
      return builder.finish(
        siteName: { siteNames[$0] ?? "" }, userName: { userNames[$0] ?? "" })
    }
  }

  private static func copyOperation(
    _ batch: inout BatchReader, to builder: inout BatchBuilder
  ) throws(DecodeError) {
    let head = try batch.nextOperation()
    var operation = try batch.operation(head)
    // An offer has no audiences: the server says them.
    let audience =
      batch.audiences.isEmpty ? 0 : builder.number(of: batch.audiences[head.audience])
    if operation.kind == .image, case .bytes(let bytes) = operation.values[0] {
      let references = batch.references
      let image = try RowImage(encoded: bytes).mapTransactions { number throws(DecodeError) in
        guard number < references.count else { throw .outOfBounds(what: "reference", offset: 0) }
        return Int64(builder.number(of: references[Int(number)]))
      }
      operation = Operation(
        .image, entity: operation.entity, row: operation.row, values: [.bytes(image.encoded)])
    }
    var results: [CellResult]?
    if let given = head.results {
      results = given.map { result in
        guard case .heads(let heads) = result else { return result }
        return .heads(
          heads.map {
            HeadReference(
              reference: builder.number(of: batch.references[$0.reference]), value: $0.value)
          })
      }
    }
    builder.append(operation, audience: audience, results: results)
  }
}
