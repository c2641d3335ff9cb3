import CSQLite
import Protocol

/// Digests: the sum of the hashes of all cells, per audience, kept as rows change (DESIGN 5).
extension Engine {
  @inline(__always)
  func hash(row: Int64, tag: Tag, writer: Writer, value: UnsafeRawBufferPointer) -> UInt64 {
    CellHash.cell(seed: seed(row: row, writer), tag: tag, value: value)
  }

  @inline(__always)
  func seed(row: Int64, _ writer: Writer) -> UInt64 {
    CellHash.seed(
      row: row, hlc: writer.hlc.raw, site: writer.id.site, sequence: writer.id.sequence)
  }

  func hash(row: Int64, tag: Tag, writer: Writer, value: Value) -> UInt64 {
    scratch.removeAll()
    scratch.value(value)
    return scratch.bytes.withUnsafeBytes { hash(row: row, tag: tag, writer: writer, value: $0) }
  }

  @inline(__always)
  func addToDigest(_ audience: Int64, _ change: UInt64) {
    if change != 0 { digestChanges[audience, default: 0] &+= change }
  }

  /// Writes what changed since the last call; part of the transaction that changed it.
  public func flushDigest() throws(StorageError) {
    guard !digestChanges.isEmpty else { return }
    let statement = try connection.statement(
      """
      INSERT INTO _digest (audience, sum) VALUES (?1, ?2)
      ON CONFLICT (audience) DO UPDATE SET sum = ?2
      """)
    for (audience, change) in digestChanges {
      let sum = UInt64(
        bitPattern: try connection.scalar("SELECT sum FROM _digest WHERE audience = ?", audience)
          ?? 0)
      statement.bind(1, audience)
      statement.bind(2, Int64(bitPattern: sum &+ change))
      try statement.run()
    }
    digestChanges.removeAll(keepingCapacity: true)
  }

  /// The digests as they are kept.
  public func digests() throws -> [Audience: UInt64] {
    var result: [Audience: UInt64] = [:]
    let statement = try connection.statement(
      "SELECT space, level, sum FROM _digest JOIN _audience ON _audience.id = _digest.audience")
    defer { statement.reset() }
    while try statement.step() {
      let sum = UInt64(bitPattern: statement.int(2))
      if sum != 0 {
        result[
          Audience(space: statement.int(0), level: UInt8(truncatingIfNeeded: statement.int(1)))] =
          sum
      }
    }
    return result
  }

  /// The digests computed from every row; what is kept must equal them.
  public func digestsFromScratch() throws -> [Audience: UInt64] {
    var sums: [Int64: UInt64] = [:]
    for layout in try storedLayouts() {
      let scan = try connection.statement(layout.scan)
      defer { scan.reset() }
      while try scan.step() {
        guard let audience = scan.optionalInt(3) else { continue }
        sums[audience, default: 0] &+= try hashRow(scan, layout)
      }
    }
    let heads = try connection.statement("SELECT row, tag, txn, audience, value FROM _head")
    defer { heads.reset() }
    while try heads.step() {
      guard let audience = heads.optionalInt(3) else { continue }
      let writer = try writer(heads.int(2))
      sums[audience, default: 0] &+= hash(
        row: heads.int(0), tag: Tag(truncatingIfNeeded: heads.int(1)), writer: writer,
        value: heads.rawBlob(4))
    }
    var result: [Audience: UInt64] = [:]
    for (number, sum) in sums where sum != 0 {
      // Rows of an audience that does not exist are damaged: the sum of nobody never agrees.
      result[try knownAudience(number) ?? Audience(space: -1, level: 0), default: 0] &+= sum
    }
    return result
  }

  /// The hash of the row a statement of `TableLayout.scan` stands on, without its further heads.
  func hashRow(_ scan: Statement, _ layout: TableLayout) throws -> UInt64 {
    let row = scan.int(0)
    let base = try writer(scan.int(1))
    if scan.isNull(2) {
      return hashPlain(scan, layout, seed: seed(row: row, base))
    }
    let clocks = try ClockColumn(greatest: scan.int(1), encoded: scan.rawBlob(2))
    return try hashRow(scan, layout, row: row, clocks: clocks)
  }

  private func hashPlain(_ scan: Statement, _ layout: TableLayout, seed: UInt64) -> UInt64 {
    var writer = ByteWriter()
    swap(&writer, &scratch)
    defer { swap(&writer, &scratch) }
    var sum: UInt64 = 0
    for cell in layout.cells {
      writer.removeAll()
      if scan.encode(cell, offset: 4, to: &writer) {
        sum &+= writer.bytes.withUnsafeBytes {
          CellHash.cell(seed: seed, tag: cell.tag, value: $0)
        }
      }
    }
    return sum
  }

  private func hashRow(
    _ scan: Statement, _ layout: TableLayout, row: Int64, clocks: ClockColumn
  ) throws -> UInt64 {
    var sum: UInt64 = 0
    let baseSeed = seed(row: row, try writer(clocks.base))
    for column in layout.cells {
      let tag = column.tag
      switch column.form {
      case .set, .map:
        if !shows(scan, column, clocks[tag]) { sum &+= Self.damage }
      case .counter:
        guard case .counter(let transaction) = clocks[tag] else { continue }
        sum &+= hash(
          row: row, tag: tag, writer: try writer(transaction),
          value: .int(scan.int(4 + column.first)))
      case .register:
        scratch.removeAll()
        let isWritten = scan.encode(column, offset: 4, to: &scratch)
        guard let clock = clocks.register(tag, isNull: !isWritten) else { continue }
        if !isWritten { scratch.byte(0) }
        let seed =
          clock.transaction == clocks.base
          ? baseSeed : seed(row: row, try writer(clock.transaction))
        sum &+= scratch.bytes.withUnsafeBytes { CellHash.cell(seed: seed, tag: tag, value: $0) }
      }
    }
    for item in clocks.items {
      switch item.content {
      case .entries(let entries):
        for entry in entries { sum &+= try hash(row: row, tag: item.tag, entry: entry) }
      case .unknown(let form, let entries):
        for entry in entries { sum &+= try hash(row: row, tag: item.tag, entry: entry, form) }
      case .register, .counter: break
      }
    }
    return sum
  }

  /// What a cell adds that shows something else than its clocks hold.
  private static let damage: UInt64 = 0xD6E8_FEB8_6659_FD93

  /// Whether the column of a set or a map shows the elements that its clocks name.
  private func shows(
    _ scan: Statement, _ cell: CellColumns, _ content: ClockColumn.Content?
  ) -> Bool {
    guard case .entries(let entries) = content else { return scan.isNull(4 + cell.first) }
    return scan.text(4 + cell.first) == EntriesText.json(entries, cell.form)
  }

  /// The hash of one element of a set, one key of a map, or one unknown cell: of each of its heads.
  ///
  /// - Parameter form: an unknown register or counter has no key: it counts as where it is known.
  func hash(
    row: Int64, tag: Tag, entry: ClockColumn.Entry, _ form: CellForm = .set
  ) throws -> UInt64 {
    var sum: UInt64 = 0
    for head in entry.heads {
      let writer = try writer(head.transaction)
      scratch.removeAll()
      if form == .set || form == .map { scratch.value(entry.key) }
      scratch.value(head.value)
      sum &+= scratch.bytes.withUnsafeBytes { hash(row: row, tag: tag, writer: writer, value: $0) }
    }
    return sum
  }

  // MARK: Audiences

  /// The local number of an audience.
  public func number(of audience: Audience) throws(StorageError) -> Int64 {
    if let number = try connection.scalar(
      "SELECT id FROM _audience WHERE space = ? AND level = ?", audience.space,
      Int64(audience.level))
    {
      return number
    }
    let statement = try connection.statement("INSERT INTO _audience (space, level) VALUES (?, ?)")
    statement.bind(1, audience.space)
    statement.bind(2, Int64(audience.level))
    try statement.run()
    return connection.lastInsertedRow
  }

  public func audience(_ number: Int64) throws -> Audience {
    guard let audience = try knownAudience(number) else {
      throw EngineError.contradiction("audience \(number) is unknown")
    }
    return audience
  }

  private func knownAudience(_ number: Int64) throws(StorageError) -> Audience? {
    let statement = try connection.statement("SELECT space, level FROM _audience WHERE id = ?")
    defer { statement.reset() }
    statement.bind(1, number)
    guard try statement.step() else { return nil }
    return Audience(space: statement.int(0), level: UInt8(truncatingIfNeeded: statement.int(1)))
  }
}

extension Engine {
  /// All audiences with their local numbers.
  public func audiences() throws(StorageError) -> [(Int64, Audience)] {
    let statement = try connection.statement("SELECT id, space, level FROM _audience")
    defer { statement.reset() }
    var result: [(Int64, Audience)] = []
    while try statement.step() {
      result.append(
        (
          statement.int(0),
          Audience(
            space: statement.int(1), level: UInt8(truncatingIfNeeded: statement.int(2)))
        ))
    }
    return result
  }
}
