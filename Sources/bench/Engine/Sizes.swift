import CSQLite
import ClientCore
import Glibc
import Protocol
import Storage

/// What is kept on disk beside the data, and what a save writes.
struct Sizes {
  let setting: Setting
  private static let transactions = 200

  init(_ setting: Setting) { self.setting = setting }

  func measure(_ report: inout Report) throws {
    let stage = try Stage(BenchModel.model())
    let author = try stage.device("author")
    // It never acknowledges anything, so that tombstones are not collected meanwhile.
    let idle = try stage.device("idle")
    let ids = try setting.fill(stage, for: author)
    let reader = try stage.device("reader")
    _ = try reader.sync()
    try walPages(stage, author, ids, &report)
    try editTenth(author, ids)
    _ = try author.sync()
    _ = try reader.sync()
    try metadata(stage, reader, &report)
    try tombstones(author, reader, ids, &report)
    for device in [author, reader, idle] { try device.replica.close() }
    try stage.end()
  }

  /// A tenth of the rows has one field changed by a transaction of its own.
  private func editTenth(_ author: Device, _ ids: [RowID]) throws {
    var dice = Dice(seed: 3)
    try author.replica.commitTogether { commit in
      for _ in 0..<(ids.count / 10) {
        let row = ids[dice.below(ids.count)]
        try commit("") { draft in
          try draft.apply(
            .write(BenchModel.entity, row, [(BenchModel.staff, .int(Int64(dice.below(1_000))))]))
        }
      }
    }
  }

  private func metadata(_ stage: Stage, _ reader: Device, _ report: inout Report) throws {
    let copy = stage.path("copy.sqlite")
    try reader.replica.database.checkpoint()
    try PlainSQLite.open(reader.replica.database.path) { connection in
      try connection.execute("VACUUM INTO '\(copy)'")
    }
    let size = try PlainSQLite.open(copy) { connection in
      kaai_disable_triggers(connection.handle)
      // What is kept as history is no metadata: pages of the log, bodies, nonces, chains.
      try connection.execute(
        """
        DELETE FROM _page;
        UPDATE _transaction SET body = NULL, nonce = NULL, chain = NULL, extra = NULL;
        VACUUM
        """)
      return try Self.bytes(connection)
    }
    let database = try PlainSQLite(stage.path("plain.sqlite"))
    try setting.fill(database, setting.plainIDs)
    try database.connection.execute("VACUUM")
    let plain = try Self.bytes(database.connection)
    database.close()
    report.add(
      .atMost(
        "metadata on disk", "bytes a cell",
        Double(size - plain) / Double(setting.rows.count * 7), goal: 3))
  }

  private static func bytes(_ connection: Connection) throws -> Int64 {
    let pages = try connection.scalar("PRAGMA page_count") ?? 0
    return pages * (try connection.scalar("PRAGMA page_size") ?? 0)
  }

  private func tombstones(
    _ author: Device, _ reader: Device, _ ids: [RowID], _ report: inout Report
  ) throws {
    var dice = Dice(seed: 4)
    let order = dice.shuffled(ids.count).prefix(ids.count / 5)
    try author.replica.commitTogether { commit in
      for index in order {
        try commit("") { try $0.apply(.delete(BenchModel.entity, ids[index])) }
      }
    }
    _ = try author.sync()
    _ = try reader.sync()
    try reader.replica.database.checkpoint()
    let bytes = try PlainSQLite.open(reader.replica.database.path) { connection in
      try connection.scalar("SELECT sum(pgsize) FROM dbstat WHERE name = '_tombstone'") ?? 0
    }
    report.add(
      .atMost("tombstone", "bytes", Double(bytes) / Double(order.count), goal: 25))
  }

  /// The WAL grows from nothing by transactions of one change each.
  private func walPages(
    _ stage: Stage, _ author: Device, _ ids: [RowID], _ report: inout Report
  ) throws {
    let path = author.replica.database.path
    try Self.emptyWAL(path)
    var dice = Dice(seed: 5)
    for _ in 0..<Self.transactions {
      let row = ids[dice.below(ids.count)]
      try author.replica.commit { draft in
        try draft.apply(
          .write(BenchModel.entity, row, [(BenchModel.staff, .int(Int64(dice.below(1_000))))]))
      }
    }
    let kaai = try Self.walPages(path)

    let database = try PlainSQLite(stage.path("wal.sqlite"))
    try setting.fill(database, setting.plainIDs)
    try Self.emptyWAL(stage.path("wal.sqlite"))
    let plainIDs = setting.plainIDs
    let update = try database.connection.statement("UPDATE thing SET staff = ? WHERE id = ?")
    for _ in 0..<Self.transactions {
      try database.transaction {
        update.bind(1, Int64(dice.below(1_000)))
        update.bind(2, plainIDs[dice.below(plainIDs.count)])
        try update.run()
      }
    }
    let plain = try Self.walPages(stage.path("wal.sqlite"))
    database.close()
    report.add(
      .atMost("WAL per one-column transaction", "pages", kaai, goal: 2.5, baseline: plain))
  }

  private static func emptyWAL(_ path: String) throws {
    var pointer: OpaquePointer?
    guard sqlite3_open(path, &pointer) == SQLITE_OK, let pointer else {
      throw StorageError.cannotOpen(path)
    }
    defer { sqlite3_close_v2(pointer) }
    try Connection(borrowing: pointer).execute("PRAGMA wal_checkpoint(TRUNCATE)")
  }

  /// A frame is a page of 4,096 bytes with a header of 24.
  private static func walPages(_ path: String) throws -> Double {
    guard let file = fopen("\(path)-wal", "r") else { throw BenchError.missingFile("\(path)-wal") }
    defer { fclose(file) }
    fseek(file, 0, SEEK_END)
    return Double(ftell(file) - 32) / 4_120 / Double(transactions)
  }
}
