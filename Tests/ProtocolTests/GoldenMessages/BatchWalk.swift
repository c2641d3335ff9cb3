import Protocol

/// Reads a batch to its last byte and keeps nothing: as fast as a reader gets, for very many batches.
enum BatchWalk {
  static func read(_ bytes: [UInt8]) throws(DecodeError) {
    if bytes.isEmpty { return }
    try bytes.decode { reader throws(DecodeError) in
      var batch = try BatchReader(&reader, limits: .standard)
      while batch.operationsLeft > 0 {
        let operation = try batch.operation(try batch.nextOperation())
        if operation.kind == .image, case .bytes(let image) = operation.values[0] {
          _ = try RowImage(encoded: image)
        }
      }
      try batch.finish()
    }
  }
}
