import Protocol

/// Where an own transaction of a device stands. The numbers are stored.
public enum TransactionState: Int64, Sendable {
  case normal = 0
  /// The server has given it a position; the page that holds it is still to come.
  case accepted = 1
  case refused = 2
}

/// The numbers of a device's own transactions start here; those of others stay below.
public enum LocalNumber {
  public static let own: Int64 = 1 << 40
  public static func own(_ sequence: UInt32) -> Int64 { own + Int64(sequence) }

  /// Own numbers become odd, others even: both are small. Never 0.
  static func folded(_ number: Int64) -> UInt64 {
    number >= own ? UInt64(number - own) << 1 | 1 : UInt64(number) << 1
  }
  static func unfolded(_ folded: UInt64) -> Int64 {
    let number = Int64(folded >> 1)
    return folded & 1 == 1 ? own + number : number
  }
}

/// A transaction as its table keeps it.
public struct StoredTransaction: Sendable {
  public var number: Int64
  public var header: Chain.Header
  /// The stamp that counts; the header has its author's.
  public var stamp: HLC
  public var position: Int64?
  public var operationCount: Int
  public var lastRow: Int64?
  public var state: TransactionState
  public var nonce: Hash16
  public var chain: Hash16
  public var body: [UInt8]
  public var extra: [UInt8]
  /// On a server, of a transaction that was returned in part: the operations that are not in its body.
  public var hidden: [UInt8] = []

  public init(
    number: Int64, header: Chain.Header, stamp: HLC, position: Int64?, operationCount: Int,
    lastRow: Int64? = nil, state: TransactionState = .normal, nonce: Hash16,
    chain: Hash16, body: [UInt8], extra: [UInt8]
  ) {
    self.number = number
    self.header = header
    self.stamp = stamp
    self.position = position
    self.operationCount = operationCount
    self.lastRow = lastRow
    self.state = state
    self.nonce = nonce
    self.chain = chain
    self.body = body
    self.extra = extra
  }
  public var id: TransactionID { header.id }
  public var writer: Writer {
    Writer(
      number: number, id: header.id, hlc: stamp, user: header.user,
      position: position ?? Writer.pending)
  }
}

extension StoredTransaction {
  public func decodedOperations() throws(DecodeError) -> [Operation] {
    let count = operationCount
    return try body.decode { reader throws(DecodeError) in
      var result: [Operation] = []
      result.reserveCapacity(count)
      while !reader.isAtEnd { result.append(try reader.operation()) }
      return result
    }
  }
}

extension Engine {
  /// The next number for a transaction of somebody else.
  public func nextNumber() throws(StorageError) -> Int64 {
    (try connection.scalar("SELECT max(id) FROM _transaction WHERE id < ?", LocalNumber.own) ?? 0)
      + 1
  }

  private static let insert = """
    INSERT INTO _transaction (id, site, sequence, hlc, user, position, author_hlc, seen_epoch,
      seen_position, model, known_refused, label, operations, last_row, nonce, chain, body, extra)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    """
  private static let insertRest = """
    INSERT INTO _transaction (id, site, sequence, hlc, user, position, author_hlc, seen_epoch,
      seen_position, model, known_refused, label, operations, last_row, nonce, chain, body, extra,
      rest)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)
    """

  /// Writes a transaction that is kept whole: an own one on a device, any on a server.
  public func insert(_ transaction: StoredTransaction, isRest: Bool = false) throws(StorageError) {
    let statement = try connection.statement(isRest ? Self.insertRest : Self.insert)
    let header = transaction.header
    statement.bind(1, transaction.number)
    statement.bind(2, Int64(header.id.site))
    statement.bind(3, Int64(header.id.sequence))
    statement.bind(4, Int64(bitPattern: transaction.stamp.raw))
    statement.bind(5, header.user)
    statement.bind(6, transaction.position)
    statement.bind(7, Int64(bitPattern: header.stamp.raw))
    statement.bind(8, Int64(bitPattern: header.seen.epoch))
    statement.bind(9, header.seen.position)
    statement.bind(10, Int64(header.modelVersion))
    statement.bind(11, Int64(header.knownRefused))
    if header.label.isEmpty { statement.bindNull(12) } else { statement.bind(12, header.label) }
    statement.bind(13, Int64(transaction.operationCount))
    statement.bind(14, transaction.lastRow)
    statement.bind(15, transaction.nonce.bytes)
    statement.bind(16, transaction.chain.bytes)
    statement.bind(17, transaction.body)
    statement.bind(18, transaction.extra)
    try statement.run()
    remember(transaction.writer)
  }

  /// The local number of a transaction known by name; one that is new is written down without its
  /// operations. A pending own transaction must not come here.
  public func intern(_ reference: TransactionReference) throws -> Int64 {
    if let number = try number(of: reference.id) {
      // A server that was put back has given it another.
      if try writer(number).position != reference.position, reference.position > 0 {
        try movePosition(number, to: reference.position)
      }
      return number
    }
    let statement = try connection.statement(
      "INSERT INTO _transaction (id, site, sequence, hlc, user, position) VALUES (?, ?, ?, ?, ?, ?)"
    )
    let number = try nextNumber()
    statement.bind(1, number)
    statement.bind(2, Int64(reference.id.site))
    statement.bind(3, Int64(reference.id.sequence))
    statement.bind(4, Int64(bitPattern: reference.stamp.raw))
    statement.bind(5, reference.user)
    statement.bind(6, reference.position)
    try statement.run()
    remember(
      Writer(
        number: number, id: reference.id, hlc: reference.stamp, user: reference.user,
        position: reference.position))
    return number
  }

  /// A transaction that is known has another position in the server's present log.
  public func movePosition(_ number: Int64, to position: Int64) throws(StorageError) {
    let update = try connection.statement("UPDATE _transaction SET position = ? WHERE id = ?")
    update.bind(1, position)
    update.bind(2, number)
    try update.run()
    forgetWriter(number)
  }

  /// Only acknowledged transactions are found by name.
  public func number(of id: TransactionID) throws(StorageError) -> Int64? {
    try connection.scalar(
      """
      SELECT id FROM _transaction
      WHERE site = ? AND sequence = ? AND position IS NOT NULL AND rest IS NULL
      """, Int64(id.site), Int64(id.sequence))
  }

  static let storedColumns = """
    id, site, sequence, hlc, user, position, author_hlc, seen_epoch, seen_position, model,
    known_refused, label, operations, last_row, nonce, chain, body, extra, state,
    hidden
    """

  public func transactions(
    where condition: String, _ arguments: [Int64] = []
  ) throws -> [StoredTransaction] {
    var result: [StoredTransaction] = []
    try forEachTransaction(where: condition, arguments) { transaction in
      result.append(transaction)
      return true
    }
    return result
  }

  /// Calls `body` with each transaction until it returns false. One is in memory at a time, and what
  /// comes after the last one is not read: one may have megabytes.
  ///
  /// `body` may neither ask for the same condition nor write to these transactions.
  public func forEachTransaction(
    where condition: String, _ arguments: [Int64] = [],
    _ body: (StoredTransaction) throws -> Bool
  ) throws {
    let statement = try connection.statement(
      "SELECT \(Self.storedColumns) FROM _transaction WHERE \(condition)")
    defer { statement.reset() }
    for (index, argument) in arguments.enumerated() { statement.bind(index + 1, argument) }
    while try statement.step() {
      guard try body(stored(statement)) else { return }
    }
  }

  /// The accepted transaction of this name, in the pieces in which it came: one, but for what was
  /// returned in parts.
  public func pieces(of id: TransactionID) throws -> [StoredTransaction] {
    guard let number = try number(of: id) else { return [] }
    let first = try transactions(where: "id = ?", [number])
    return try first
      + transactions(
        where: "site = ? AND sequence = ? AND rest IS NOT NULL ORDER BY id",
        [Int64(id.site), Int64(id.sequence)])
  }

  func stored(_ statement: Statement) -> StoredTransaction {
    var transaction = StoredTransaction(
      number: statement.int(0),
      header: Chain.Header(
        id: TransactionID(
          site: UInt32(truncatingIfNeeded: statement.int(1)),
          sequence: UInt32(truncatingIfNeeded: statement.int(2))),
        stamp: HLC(raw: UInt64(bitPattern: statement.int(6))), user: statement.int(4),
        seen: Cursor(
          epoch: UInt64(bitPattern: statement.int(7)), position: statement.int(8)),
        modelVersion: UInt32(truncatingIfNeeded: statement.int(9)),
        knownRefused: UInt32(truncatingIfNeeded: statement.int(10)),
        label: statement.isNull(11) ? "" : statement.text(11)),
      stamp: HLC(raw: UInt64(bitPattern: statement.int(3))), position: statement.optionalInt(5),
      operationCount: Int(statement.int(12)), lastRow: statement.optionalInt(13),
      state: TransactionState(rawValue: statement.int(18)) ?? .normal,
      nonce: Hash16(bytes: statement.blob(14)) ?? .zero,
      chain: Hash16(bytes: statement.blob(15)) ?? .zero, body: statement.blob(16),
      extra: statement.blob(17))
    if !statement.isNull(19) { transaction.hidden = statement.blob(19) }
    return transaction
  }

  /// The names of sites and users, to show.
  public func setSiteName(_ site: UInt32, _ name: String) throws(StorageError) {
    let statement = try connection.statement(
      "INSERT INTO _site VALUES (?1, ?2) ON CONFLICT (site) DO UPDATE SET name = ?2")
    statement.bind(1, Int64(site))
    statement.bind(2, name)
    try statement.run()
  }
  public func setUserName(_ user: Int64, _ name: String) throws(StorageError) {
    let statement = try connection.statement(
      "INSERT INTO _user VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET name = ?2")
    statement.bind(1, user)
    statement.bind(2, name)
    try statement.run()
  }
  public func siteName(_ site: UInt32) throws(StorageError) -> String {
    try name("SELECT name FROM _site WHERE site = ?", Int64(site)) ?? String(site)
  }
  /// What the server wrote itself, as an import there does, has no person.
  public func userName(_ user: Int64) throws(StorageError) -> String {
    if user == 0 { return "server" }
    return try name("SELECT name FROM _user WHERE id = ?", user) ?? RowID(user).text
  }
  private func name(_ sql: String, _ argument: Int64) throws(StorageError) -> String? {
    let statement = try connection.statement(sql)
    defer { statement.reset() }
    statement.bind(1, argument)
    return try statement.step() ? statement.text(0) : nil
  }
}
