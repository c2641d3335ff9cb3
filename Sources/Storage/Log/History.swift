import Protocol

/// What only a server keeps: who wrote to a row when, and the last image of what was deleted.
extension Engine {
  public func noteWritten(_ rows: [Int64], _ position: Int64) throws(StorageError) {
    let statement = try connection.statement("INSERT OR IGNORE INTO _written VALUES (?, ?)")
    for row in rows {
      statement.bind(1, row)
      statement.bind(2, position)
      try statement.run()
    }
  }

  /// The positions above `position` that wrote to a row.
  public func writes(to row: Int64, after position: Int64) throws(StorageError) -> [Int64] {
    let statement = try connection.statement(
      "SELECT position FROM _written WHERE row = ? AND position > ?")
    defer { statement.reset() }
    statement.bind(1, row)
    statement.bind(2, position)
    var result: [Int64] = []
    while try statement.step() { result.append(statement.int(0)) }
    return result
  }

  /// Whether an id was used before by a row that is not there any more, and has no grave.
  public func wasUsed(_ row: Int64) throws(StorageError) -> Bool {
    try connection.scalar("SELECT 1 FROM _written WHERE row = ? LIMIT 1", row) != nil
  }

  /// Readers were sent this row whole at a position.
  public func noteImage(_ row: Int64, _ position: Int64) throws(StorageError) {
    let statement = try connection.statement("INSERT OR REPLACE INTO _image VALUES (?, ?)")
    statement.bind(1, row)
    statement.bind(2, position)
    try statement.run()
  }

  /// The last position at which readers were sent this row whole; 0 for never.
  public func imagePosition(_ row: Int64) throws(StorageError) -> Int64 {
    try connection.scalar("SELECT position FROM _image WHERE row = ?", row) ?? 0
  }

  public struct Grave {
    public let row: Int64
    public let entity: Tag
    /// The deletion that took it.
    public let transaction: Int64
    /// The record it was deleted with.
    public let record: Int64
    /// The row it is a child of; 0 for none.
    public let owner: Int64
    public let audience: Int64
    public let image: [UInt8]
  }

  public func bury(
    _ entity: Tag, _ row: Int64, record: Int64, owner: Int64, transaction: Int64,
    audience: Int64, image: RowImage
  ) throws(StorageError) {
    let statement = try connection.statement(
      """
      INSERT OR REPLACE INTO _grave (row, entity, txn, record, owner, audience, image)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      """)
    statement.bind(1, row)
    statement.bind(2, Int64(entity))
    statement.bind(3, transaction)
    statement.bind(4, record)
    statement.bind(5, owner)
    statement.bind(6, audience)
    statement.bind(7, image.encoded)
    try statement.run()
  }

  public func grave(_ row: Int64) throws(StorageError) -> Grave? {
    try graves("row = ?", row).first
  }

  public func graves(of record: Int64) throws(StorageError) -> [Grave] {
    try graves("record = ? ORDER BY row", record)
  }

  /// The dead rows that hang below a row, and below those.
  public func buriedBelow(_ row: Int64) throws(StorageError) -> [Int64] {
    var result: [Int64] = []
    for grave in try graves("owner = ?", row) {
      result.append(grave.row)
      result += try buriedBelow(grave.row)
    }
    return result
  }

  private func graves(_ condition: String, _ argument: Int64) throws(StorageError) -> [Grave] {
    let statement = try connection.statement(
      "SELECT row, entity, txn, record, owner, audience, image FROM _grave WHERE \(condition)")
    defer { statement.reset() }
    statement.bind(1, argument)
    var result: [Grave] = []
    while try statement.step() {
      result.append(
        Grave(
          row: statement.int(0), entity: Tag(truncatingIfNeeded: statement.int(1)),
          transaction: statement.int(2), record: statement.int(3), owner: statement.int(4),
          audience: statement.int(5), image: statement.blob(6)))
    }
    return result
  }

  public func forgetGrave(_ row: Int64) throws(StorageError) {
    let statement = try connection.statement("DELETE FROM _grave WHERE row = ?")
    statement.bind(1, row)
    try statement.run()
  }

  /// A second deletion of what is dead already: it marks the record too, should it be revived. It
  /// has no audience while it waits, so that no digest counts it.
  public func addLateDeletion(_ entity: Tag, _ row: Int64, _ transaction: Int64) throws {
    try insertFurtherHead(entity, row, Field.lifeTag, transaction, value: .null, audience: nil)
  }

  public func takeLateDeletions(_ row: Int64) throws -> [Int64] {
    let heads = try lifeHeads(row)
    if !heads.isEmpty { try deleteFurtherHeads(row, Field.lifeTag) }
    return heads.map(\.writer.number)
  }

  /// The sequence of the quarantined transaction of `site` that made this row.
  public func quarantined(_ row: Int64, site: UInt32) throws(StorageError) -> UInt32? {
    try connection.scalar(
      "SELECT max(sequence) FROM _quarantined_row WHERE row = ? AND site = ?", row, Int64(site)
    ).map { UInt32(truncatingIfNeeded: $0) }
  }
}
