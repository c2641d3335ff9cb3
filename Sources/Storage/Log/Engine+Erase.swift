import Protocol

/// What is written down of a transaction, when the past of a text in it is taken away.
extension Engine {
  /// The bytes of what was erased are still in the file, until it is written anew (`Database.tidy`).
  public func noteErased() throws(StorageError) { try setFact("vacuum", .int(1)) }

  public var holdsErased: Bool {
    get throws(StorageError) { try fact("vacuum").intValue == 1 }
  }

  /// Keeps a transaction without what it wrote to a text.
  ///
  /// Its nonce goes with that: nobody can say the hashes of its operations any more, nor try out what
  /// they were. Its chain and the running hash of the log stay as they are.
  public func blank(_ number: Int64, body: [UInt8], extra: [UInt8]?) throws(StorageError) {
    let update = try connection.statement(
      "UPDATE _transaction SET body = ?, extra = coalesce(?, extra), nonce = ? WHERE id = ?")
    update.bind(1, body)
    update.bind(2, extra)
    update.bind(3, Hash16.zero.bytes)
    update.bind(4, number)
    try update.run()
  }

  /// The same for what waits with the admin.
  public func blankQuarantined(_ erasure: Erasure) throws {
    for (site, sequence, body) in try quarantined(holding: erasure.row.raw) {
      guard let blanked = try erasure.blanked(body: body) else { continue }
      let update = try connection.statement(
        "UPDATE _quarantine SET body = ?, nonce = ? WHERE site = ? AND sequence = ?")
      update.bind(1, blanked)
      update.bind(2, Hash16.zero.bytes)
      update.bind(3, site)
      update.bind(4, sequence)
      try update.run()
    }
  }

  private func quarantined(holding row: Int64) throws(StorageError)
    -> [(site: Int64, sequence: Int64, body: [UInt8])]
  {
    let statement = try connection.statement(
      "SELECT site, sequence, body FROM _quarantine WHERE instr(body, ?)")
    defer { statement.reset() }
    statement.bind(1, RowID(row).bytes)
    var result: [(site: Int64, sequence: Int64, body: [UInt8])] = []
    while try statement.step() {
      result.append((statement.int(0), statement.int(1), statement.blob(2)))
    }
    return result
  }
}

extension RowID {
  /// As it stands in operations.
  var bytes: [UInt8] {
    var writer = ByteWriter(capacity: 8)
    writer.fixed64(UInt64(bitPattern: raw))
    return writer.bytes
  }
}

extension Erasure {
  /// Encoded operations without what they wrote to the text; nil where they wrote nothing to it.
  public func blanked(body: [UInt8]) throws -> [UInt8]? {
    var isBlanked = false
    let bytes = try body.decode { reader throws(DecodeError) in
      var writer = ByteWriter(capacity: body.count)
      while !reader.isAtEnd {
        let operation = try reader.operation()
        let blanked = try blanked(operation)
        if blanked != nil { isBlanked = true }
        OperationCodec.append(blanked ?? operation, to: &writer)
      }
      return writer.bytes
    }
    return isBlanked ? bytes : nil
  }
}
