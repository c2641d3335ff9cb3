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
/// Positions up to `shared` are the same in both: a cursor of the device which this server sealed has the
/// running hash of its present log there, or the device has returned the next ones without a gap as they
/// stand here. The true border may lie higher.
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

  /// The lost life to which devices give this epoch's number, whoever was in it; the first known where
  /// there are several.
  func life(ofEpoch epoch: UInt64) throws -> (id: Int64, shared: Int64)? {
    let statement = try connection.statement(
      "SELECT id, shared FROM _life_epoch JOIN _life ON id = life WHERE epoch = ? ORDER BY id")
    defer { statement.reset() }
    statement.bind(1, Int64(bitPattern: epoch))
    guard try statement.step() else { return nil }
    return (statement.int(0), statement.int(1))
  }

  /// The same, where this device has shown that it was there.
  func life(ofEpoch epoch: UInt64, reachedBy site: UInt32) throws -> Life? {
    let statement = try connection.statement(
      """
      SELECT life, shared, position FROM _life_epoch JOIN _life_device USING (life)
      WHERE epoch = ? AND site = ? ORDER BY life DESC
      """)
    defer { statement.reset() }
    statement.bind(1, Int64(bitPattern: epoch))
    statement.bind(2, Int64(site))
    guard try statement.step() else { return nil }
    return Life(id: statement.int(0), shared: statement.int(1), reached: statement.int(2))
  }

  /// Writes down a life with these epochs, and that a device came from it. Lives that turn out to be
  /// one, since a device went through an epoch of each, become one.
  @discardableResult
  func noteLife(
    epochs: Set<UInt64>, shared: Int64, site: UInt32? = nil, reached: Int64 = 0
  ) throws -> Life {
    var known = Set(try epochs.compactMap { try life(ofEpoch: $0)?.id }).sorted()
    if let site {
      let own = try epochs.compactMap { try life(ofEpoch: $0, reachedBy: site)?.id }
      if !own.isEmpty { known = Set(own).sorted() }
    }
    let id: Int64
    if let first = known.first {
      id = first
      for other in known.dropFirst() { try join(other, into: id) }
      try raiseShared(of: id, to: shared)
    } else {
      id = try newLife(shared: shared)
    }
    for epoch in epochs { try name(epoch, of: id) }
    guard let site else { return Life(id: id, shared: shared, reached: reached) }
    let device = try connection.statement(
      """
      INSERT INTO _life_device VALUES (?1, ?2, ?3, ?4)
      ON CONFLICT (site, life) DO UPDATE SET position = max(position, ?3), shared = max(shared, ?4)
      """)
    device.bind(1, Int64(site))
    device.bind(2, id)
    device.bind(3, reached)
    device.bind(4, shared)
    try device.run()
    return Life(id: id, shared: shared, reached: reached)
  }

  private func newLife(shared: Int64) throws -> Int64 {
    let id = (try connection.scalar("SELECT max(id) FROM _life") ?? 0) + 1
    let insert = try connection.statement("INSERT INTO _life VALUES (?, ?)")
    insert.bind(1, id)
    insert.bind(2, shared)
    try insert.run()
    return id
  }

  private func name(_ epoch: UInt64, of life: Int64) throws {
    let name = try connection.statement("INSERT OR IGNORE INTO _life_epoch VALUES (?, ?)")
    name.bind(1, Int64(bitPattern: epoch))
    name.bind(2, life)
    try name.run()
  }

  /// A device returns from a place what others have not seen there: a machine was resumed in an epoch,
  /// so that its number stands for two lives. The device gets one apart. False where it contradicts
  /// itself alone.
  func split(_ life: Life, epoch: UInt64, site: UInt32) throws -> Bool {
    let others = try connection.scalar(
      "SELECT 1 FROM _life_device WHERE life = ? AND site <> ?", life.id, Int64(site))
    guard others != nil else { return false }
    let id = try newLife(shared: life.shared)
    try name(epoch, of: id)
    let update = try connection.statement(
      "UPDATE _life_device SET life = ? WHERE life = ? AND site = ?")
    update.bind(1, id)
    update.bind(2, life.id)
    update.bind(3, Int64(site))
    try update.run()
    return true
  }

  /// The logs are the same further on than was known.
  func raiseShared(of life: Life, site: UInt32) throws(StorageError) {
    try raiseShared(of: life.id, to: life.shared)
    let raise = try connection.statement(
      "UPDATE _life_device SET shared = max(shared, ?) WHERE life = ? AND site = ?")
    raise.bind(1, life.shared)
    raise.bind(2, life.id)
    raise.bind(3, Int64(site))
    try raise.run()
  }

  private func raiseShared(of life: Int64, to shared: Int64) throws(StorageError) {
    let raise = try connection.statement("UPDATE _life SET shared = max(shared, ?) WHERE id = ?")
    raise.bind(1, shared)
    raise.bind(2, life)
    try raise.run()
  }

  private func join(_ other: Int64, into life: Int64) throws {
    for sql in [
      "UPDATE OR IGNORE _life_epoch SET life = ?1 WHERE life = ?2",
      "DELETE FROM _life_epoch WHERE life = ?2 AND ?1 > 0",
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

  /// Keeps where a returned transaction stood.
  func notePlace(_ life: Int64, _ place: Cursor, of number: Int64) throws(StorageError) {
    let insert = try connection.statement("INSERT OR IGNORE INTO _place VALUES (?, ?, ?, ?)")
    insert.bind(1, life)
    insert.bind(2, place.position)
    insert.bind(3, number)
    insert.bind(4, Int64(bitPattern: place.epoch))
    try insert.run()
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
