/// The body of `POST /v1/history`: what happened to one record, from the server's log, which is never
/// cut (FORMAT.md 5.4).
public struct HistoryRequest: Sendable, Hashable {
  public let modelName: String
  public let row: RowID
  /// Only what lies after this position.
  public let after: Int64
  /// Uncompressed bytes after which the page ends, at a whole transaction.
  public let pageBytes: Int

  public init(modelName: String, row: RowID, after: Int64, pageBytes: Int) {
    self.modelName = modelName
    self.row = row
    self.after = after
    self.pageBytes = pageBytes
  }

  public var encoded: [UInt8] {
    var writer = ByteWriter()
    writer.protocolVersion()
    writer.part(2) {
      $0.text(modelName)
      $0.fixed64(UInt64(bitPattern: row.raw))
      $0.varint(UInt64(max(0, after)))
      $0.varint(pageBytes)
    }
    return writer.bytes
  }

  public init(encoded: [UInt8], limits: SyncLimits) throws(DecodeError) {
    self = try encoded.decode { reader throws(DecodeError) in
      let parts = try PartReader(&reader, known: [1, 2])
      try parts.expectProtocolVersion()
      let request = try parts.read(2) { part throws(DecodeError) in
        HistoryRequest(
          modelName: try part.text(limit: limits.nameBytes, what: "name of the model"),
          row: try part.rowID(),
          after: Int64(try part.count(limit: 1 << 48, what: "position")),
          pageBytes: try part.count(limit: 1 << 30, what: "size of a page"))
      }
      guard let request else { throw .invalid(what: "a request for no record", offset: 0) }
      return request
    }
  }
}

/// A piece of the log, cut to what touched one record or its parts and to what the reader may see.
public struct HistoryResponse: Sendable, Hashable {
  /// The position up to which this tells everything.
  public let through: Int64
  public let hasMore: Bool
  /// A batch as in the page of a sync, without echoes; empty where there is nothing.
  public let page: [UInt8]

  public init(through: Int64, hasMore: Bool, page: [UInt8]) {
    self.through = through
    self.hasMore = hasMore
    self.page = page
  }

  public var encoded: [UInt8] {
    var writer = ByteWriter()
    writer.protocolVersion()
    writer.part(2) {
      $0.varint(UInt64(through))
      $0.varint(hasMore ? 1 : 0)
    }
    writer.part(3) { $0.raw(page) }
    return writer.bytes
  }

  public init(encoded: [UInt8], limits: SyncLimits) throws(DecodeError) {
    self = try encoded.decode { reader throws(DecodeError) in
      let parts = try PartReader(&reader, known: [1, 2, 3])
      try parts.expectProtocolVersion()
      let place = try parts.read(2) { part throws(DecodeError) in
        let through = Int64(try part.count(limit: 1 << 48, what: "position"))
        return (through, try part.count(limit: 1, what: "whether there is more") == 1)
      }
      guard let place else { throw .invalid(what: "a history without a place", offset: 0) }
      let page = try parts.read(3) { part throws(DecodeError) in try part.array(part.remaining) }
      return HistoryResponse(through: place.0, hasMore: place.1, page: page ?? [])
    }
  }
}
