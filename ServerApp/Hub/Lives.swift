import Protocol
import Storage

/// A life of the log that was lost when a backup was put back: what devices remember of it, and how
/// it lies beside this log.
///
/// ```
/// this log    1 ........ 780 | 781 ........ head       epochs e1 | e3
/// lost life   1 ........ 780 | 781 .... 950            epochs e1, e2
///                     shared   ^ what devices return
/// ```
///
/// Positions up to `shared` are the same in both: a cursor which this server sealed has the running
/// hash of its present log there, or a device has returned the next ones without a gap as they stand
/// here. The true border may lie higher.
/// A position above it says nothing here, until the transaction that stood there is returned: its
/// *place* in the lost life is kept with it, and by places a `seen` of that life is judged.
struct Life: Equatable {
  let id: Int64
  let shared: Int64
  /// The position up to which a device has shown that it was in this life.
  let reached: Int64
}

/// Judges the states that the authors of a device's transactions were looking at.
struct SeenJudge {
  let engine: Engine
  /// The device that brings the transactions.
  let site: UInt32
  /// The position of its cursor: no honest author has seen more of this log.
  let limit: Int64

  /// nil for a cursor that nobody can have had.
  func judge(_ seen: Cursor) throws -> JudgedSeen? {
    try engine.judge(seen, site: site, limit: limit)
  }
}

/// What a `seen` comes to in this log.
struct JudgedSeen: Equatable {
  /// Everything up to this position was seen.
  let position: Int64
  /// Above it: what stood at or below `limit` in this lost life.
  var life: Int64?
  var limit: Int64 = 0
}

extension Engine {
  /// Whether anything was ever returned here.
  func hasLives() throws -> Bool {
    try connection.scalar("SELECT 1 FROM _life LIMIT 1") != nil
  }

  /// The lost life to which devices give this epoch's number, whoever was in it.
  func life(ofEpoch epoch: UInt64) throws -> (id: Int64, shared: Int64)? {
    let statement = try connection.statement(
      "SELECT id, shared FROM _life_epoch JOIN _life ON id = life WHERE epoch = ?")
    defer { statement.reset() }
    statement.bind(1, Int64(bitPattern: epoch))
    guard try statement.step() else { return nil }
    return (statement.int(0), statement.int(1))
  }

  /// The same, where this device has shown that it was there.
  func life(ofEpoch epoch: UInt64, reachedBy site: UInt32) throws -> Life? {
    guard let life = try life(ofEpoch: epoch),
      let reached = try connection.scalar(
        "SELECT position FROM _life_device WHERE site = ? AND life = ?", Int64(site), life.id)
    else { return nil }
    return Life(id: life.id, shared: life.shared, reached: reached)
  }

  /// Writes down that a device came from a life with these epochs. Lives that turn out to be one,
  /// since a device went through an epoch of each, become one.
  @discardableResult
  func noteLife(
    epochs: Set<UInt64>, shared: Int64, site: UInt32? = nil, reached: Int64 = 0
  ) throws -> Life {
    let known = try epochs.compactMap { try life(ofEpoch: $0) }.sorted { $0.id < $1.id }
    let id: Int64
    if let first = known.first {
      id = first.id
      for other in Set(known.map(\.id)).subtracting([id]) { try join(other, into: id) }
      let proved = max(shared, known.map(\.shared).max() ?? 0)
      try raiseShared(of: Life(id: id, shared: proved, reached: reached))
    } else {
      id = (try connection.scalar("SELECT max(id) FROM _life") ?? 0) + 1
      let insert = try connection.statement("INSERT INTO _life VALUES (?, ?)")
      insert.bind(1, id)
      insert.bind(2, shared)
      try insert.run()
    }
    let name = try connection.statement("INSERT OR IGNORE INTO _life_epoch VALUES (?, ?)")
    for epoch in epochs {
      name.bind(1, Int64(bitPattern: epoch))
      name.bind(2, id)
      try name.run()
    }
    if let site {
      let device = try connection.statement(
        """
        INSERT INTO _life_device VALUES (?1, ?2, ?3)
        ON CONFLICT (site, life) DO UPDATE SET position = max(position, ?3)
        """)
      device.bind(1, Int64(site))
      device.bind(2, id)
      device.bind(3, reached)
      try device.run()
    }
    let shared = try connection.scalar("SELECT shared FROM _life WHERE id = ?", id) ?? 0
    return Life(id: id, shared: shared, reached: reached)
  }

  func raiseShared(of life: Life) throws(StorageError) {
    let raise = try connection.statement("UPDATE _life SET shared = max(shared, ?) WHERE id = ?")
    raise.bind(1, life.shared)
    raise.bind(2, life.id)
    try raise.run()
  }

  private func join(_ other: Int64, into life: Int64) throws {
    for sql in [
      "UPDATE _life_epoch SET life = ?1 WHERE life = ?2",
      "UPDATE OR IGNORE _place SET life = ?1 WHERE life = ?2",
      "DELETE FROM _place WHERE life = ?2 AND ?1 > 0",
      "UPDATE OR IGNORE _life_device SET life = ?1 WHERE life = ?2",
      "DELETE FROM _life_device WHERE life = ?2 AND ?1 > 0",
      "UPDATE _transaction SET life = ?1 WHERE life = ?2",
      "DELETE FROM _life WHERE id = ?2 AND ?1 > 0",
    ] {
      let statement = try connection.statement(sql)
      statement.bind(1, life)
      statement.bind(2, other)
      try statement.run()
    }
  }

  // MARK: Places

  /// Keeps where a returned transaction stood. False where another is said to have stood there.
  func notePlace(_ life: Int64, _ place: Cursor, of number: Int64, _ id: TransactionID) throws
    -> Bool
  {
    if let other = try transaction(at: place.position, in: life), other != id { return false }
    let insert = try connection.statement("INSERT OR IGNORE INTO _place VALUES (?, ?, ?, ?)")
    insert.bind(1, life)
    insert.bind(2, place.position)
    insert.bind(3, number)
    insert.bind(4, Int64(bitPattern: place.epoch))
    try insert.run()
    return true
  }

  /// The transaction that was returned from a place in a lost life.
  func transaction(at position: Int64, in life: Int64) throws -> TransactionID? {
    try connection.scalar(
      "SELECT txn FROM _place WHERE life = ? AND position = ? LIMIT 1", life, position
    ).map { try writer($0).id }
  }

  /// Where a transaction stood in lost lives.
  func places(of number: Int64) throws -> [(life: Int64, cursor: Cursor)] {
    let statement = try connection.statement(
      "SELECT life, epoch, position FROM _place WHERE txn = ? ORDER BY life, position")
    defer { statement.reset() }
    statement.bind(1, number)
    var result: [(life: Int64, cursor: Cursor)] = []
    while try statement.step() {
      result.append(
        (
          statement.int(0),
          Cursor(epoch: UInt64(bitPattern: statement.int(1)), position: statement.int(2))
        ))
    }
    return result
  }

  // MARK: Seen

  /// `seen` as its author's device may claim it; nil for a cursor that nobody can have had.
  fileprivate func judge(_ seen: Cursor, site: UInt32, limit: Int64) throws -> JudgedSeen? {
    if seen == .none { return JudgedSeen(position: 0) }
    if let life = try life(ofEpoch: seen.epoch, reachedBy: site) {
      if seen.position <= life.shared { return JudgedSeen(position: seen.position) }
      guard seen.position <= life.reached else { return nil }
      return JudgedSeen(position: life.shared, life: life.id, limit: seen.position)
    }
    if let end = try epochEnd(seen.epoch), seen.position <= end {
      return seen.position <= limit ? JudgedSeen(position: seen.position) : nil
    }
    // A life of which this device itself has no cursor any more, or of which nobody has told.
    guard let life = try life(ofEpoch: seen.epoch) else { return JudgedSeen(position: 0) }
    if seen.position <= life.shared { return JudgedSeen(position: seen.position) }
    return JudgedSeen(position: life.shared, life: life.id, limit: seen.position)
  }

  /// What an author with a judged `seen` knew.
  func knowledge(_ id: TransactionID, _ seen: JudgedSeen) throws -> Knowledge {
    var positions: Set<Int64> = []
    if let life = seen.life {
      let statement = try connection.statement(
        "SELECT txn FROM _place WHERE life = ? AND position <= ? AND txn > ?")
      defer { statement.reset() }
      statement.bind(1, life)
      statement.bind(2, seen.limit)
      statement.bind(3, seen.position)
      while try statement.step() { positions.insert(statement.int(0)) }
    }
    return Knowledge(
      site: id.site, sequence: id.sequence, seen: seen.position,
      beyond: Knowledge.Beyond(positions: positions, forebears: try forebears(of: id.site)))
  }

  /// The greatest stamp of all that was seen.
  func greatestStamp(_ seen: JudgedSeen) throws -> HLC {
    let shared = try greatestStamp(at: seen.position)
    guard let life = seen.life else { return shared }
    let returned = try connection.scalar(
      """
      SELECT max(hlc) FROM _place JOIN _transaction ON id = txn WHERE _place.life = ?
        AND _place.position <= ?
      """, life, seen.limit)
    return max(shared, HLC(raw: UInt64(bitPattern: returned ?? 0)))
  }

  /// How the `seen` of an accepted transaction was judged.
  func judgedSeen(_ number: Int64) throws -> JudgedSeen {
    let statement = try connection.statement(
      "SELECT judged, life, seen_epoch, seen_position FROM _transaction WHERE id = ?")
    defer { statement.reset() }
    statement.bind(1, number)
    guard try statement.step() else { throw EngineError.danglingTransaction(number) }
    let position = statement.int(3)
    if let judged = statement.optionalInt(0) {
      return JudgedSeen(position: judged, life: statement.optionalInt(1), limit: position)
    }
    return JudgedSeen(position: position)
  }

  /// Keeps how the `seen` of a transaction was judged, where that is not what it says.
  func keepJudged(_ seen: JudgedSeen, of number: Int64, said: Cursor) throws {
    guard seen.life != nil || seen.position != said.position else { return }
    let update = try connection.statement(
      "UPDATE _transaction SET judged = ?, life = ? WHERE id = ?")
    update.bind(1, seen.position)
    update.bind(2, seen.life)
    update.bind(3, number)
    try update.run()
  }

  /// The sites that a replica bore before, the last first.
  func forebears(of site: UInt32) throws -> [Forebear] {
    var result: [Forebear] = []
    var present = site
    while result.count < Forebear.limit {
      let statement = try connection.statement(
        "SELECT parent, last_shared FROM _device WHERE site = ? AND parent IS NOT NULL")
      defer { statement.reset() }
      statement.bind(1, Int64(present))
      guard try statement.step() else { break }
      let through = min(
        UInt32(truncatingIfNeeded: statement.int(1)), result.last?.lastShared ?? UInt32.max)
      present = UInt32(truncatingIfNeeded: statement.int(0))
      result.append(Forebear(site: present, lastShared: through))
    }
    return result
  }
}
