import Protocol

/// Deleted records that this device has brought back and whose return the server has not confirmed:
/// how they were, so that they show at once.
extension Engine {
  /// A row with its image in local numbers.
  public struct RestoredRow {
    public let entity: Tag
    public let row: Int64
    public let image: RowImage
    public init(entity: Tag, row: Int64, image: RowImage) {
      self.entity = entity
      self.row = row
      self.image = image
    }
  }

  private static func key(_ row: Int64) -> String { "restored.\(row)" }

  /// Keeps how a record was when it was deleted, with the rows that went with it.
  public func keepRestored(_ rows: [RestoredRow], of record: Int64) throws(StorageError) {
    var writer = ByteWriter()
    writer.varint(rows.count)
    for row in rows {
      writer.varint(row.entity)
      writer.fixed64(UInt64(bitPattern: row.row))
      writer.block(row.image.encoded)
    }
    try setFact(Self.key(record), .bytes(writer.bytes))
  }

  /// Forgets them all: nothing is pending any more.
  public func forgetRestored() throws(StorageError) {
    try connection.execute("DELETE FROM _meta WHERE key >= 'restored.' AND key < 'restored/'")
  }

  /// How a record that is being brought back was; nil where nothing is known of it.
  public func restoredRows(of record: Int64) throws -> [RestoredRow]? {
    guard case .bytes(let bytes) = try fact(Self.key(record)) else { return nil }
    return try bytes.decode { reader throws(DecodeError) in
      var rows: [RestoredRow] = []
      for _ in 0..<(try reader.count(limit: reader.remaining, what: "rows of a record")) {
        let entity = try reader.uint32(what: "entity")
        let row = Int64(bitPattern: try reader.fixed64())
        let image = try reader.block(limit: reader.remaining, what: "image")
        rows.append(RestoredRow(entity: entity, row: row, image: try RowImage(encoded: image)))
      }
      return rows
    }
  }

  /// Shows a record that is being brought back. False where nothing is known of it.
  func showRestored(_ record: Int64, _ context: ApplyContext) throws -> Bool {
    guard let rows = try restoredRows(of: record) else { return false }
    for row in rows where try !rowExists(row.entity, row.row) {
      try putImage(row.image, row.entity, row.row, context)
    }
    return true
  }
}
