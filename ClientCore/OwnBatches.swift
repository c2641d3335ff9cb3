import Protocol
import Storage

extension StoredTransaction {
  /// This transaction as a device offers it.
  var offered: BatchTransaction {
    BatchTransaction(
      id: id, stamp: header.stamp, authorStamp: header.stamp, user: header.user, seen: header.seen,
      modelVersion: header.modelVersion, knownRefused: header.knownRefused, label: header.label,
      operationCount: operationCount)
  }
}

extension BatchBuilder {
  /// Puts in an own transaction, with its operations.
  mutating func append(own transaction: StoredTransaction) throws {
    var header = transaction.offered
    if transaction.state == .refused { header.mode = .refused }
    append(header, nonce: transaction.nonce, chain: transaction.chain)
    try append(operationsOf: transaction)
  }

  mutating func append(operationsOf transaction: StoredTransaction) throws {
    try transaction.body.decode { reader throws(DecodeError) in
      while !reader.isAtEnd {
        try append(operationFrom: &reader, audience: 0, results: nil)
      }
    }
  }
}
