import ArgumentParser
import ClientCore
import Protocol
import Storage

/// Every figure about SQLite, the wire, digests and memory.
struct EngineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "engine",
    abstract: "Local edits, sync, sizes, digests and memory, beside plain SQLite.",
    discussion: """
      Examples: bench engine --rows 20000 --json
                bench engine --rows 1000000 --authors 200 --runs 1
      """)

  @Flag(help: "Print a JSON array, one object a row.") var json = false
  @Option(help: "How many rows the tables have.") var rows = 100_000
  @Option(help: "How many devices made the rows that come by sync, 10 rows a transaction.")
  var authors = 1
  @Option(help: "How often each work is repeated; the least counts.") var runs = 3
  @Option(help: "Only the part of this name: edits, sync, sizes, wire, digest or memory.")
  var only: String?

  func validate() throws {
    guard rows >= 1_000, rows.isMultiple(of: 1_000) else {
      throw ValidationError("--rows: a multiple of 1000, so that transactions are whole.")
    }
    guard authors == 1 || authors > 1 && rows.isMultiple(of: authors * Setting.handful) else {
      throw ValidationError("--authors: 1, or a number that shares the rows by whole tens.")
    }
    guard runs > 0 else { throw ValidationError("--runs: at least 1.") }
    guard only.map({ Self.parts.contains($0) }) ?? true else {
      throw ValidationError("--only: one of \(Self.parts.joined(separator: ", ")).")
    }
  }

  private static let parts = ["edits", "sync", "sizes", "wire", "digest", "memory"]

  func run() throws {
    let setting = Setting(rows: BenchRow.make(rows), authors: authors, runs: runs)
    var report = Report()
    func isWanted(_ part: String) -> Bool { only == nil || only == part }
    if isWanted("edits") { try LocalEdits(setting).measure(&report) }
    if isWanted("sync") { try Syncing(setting).measure(&report) }
    if isWanted("sizes") { try Sizes(setting).measure(&report) }
    if isWanted("wire") { try Wire(setting).measure(&report) }
    if isWanted("digest") { try Digests(setting).measure(&report) }
    if isWanted("memory") { try SyncMemory(setting).measure(&report) }
    report.print(asJSON: json)
  }
}

/// What all parts share.
struct Setting {
  let rows: [BenchRow]
  /// How many devices made the rows that come by sync.
  let authors: Int
  let runs: Int

  /// How many operations a large transaction has.
  static let portion = 1_000

  /// Saves all rows with one sync to disk, in transactions of `portion` rows. Returns their ids.
  @discardableResult
  func insertAll(_ device: Device) throws -> [RowID] {
    var ids: [RowID] = []
    ids.reserveCapacity(rows.count)
    try device.replica.commitTogether { commit in
      for start in stride(from: 0, to: rows.count, by: Self.portion) {
        try commit("") { draft in
          for row in rows[start..<(start + Self.portion)] {
            ids.append(try draft.create(BenchModel.entity, row.writes))
          }
        }
      }
    }
    return ids
  }

  /// Changes one field of every row, in an order without a pattern, with one sync to disk.
  ///
  /// - Parameter portion: how many changes a transaction has.
  func updateAll(_ device: Device, _ ids: [RowID], seed: UInt64, portion: Int = Self.portion) throws
  {
    var dice = Dice(seed: seed)
    let order = dice.shuffled(ids.count)
    try device.replica.commitTogether { commit in
      for start in stride(from: 0, to: ids.count, by: portion) {
        try commit("") { draft in
          for index in order[start..<min(start + portion, ids.count)] {
            try draft.apply(
              .write(
                BenchModel.entity, ids[index],
                [(BenchModel.staff, .int(Int64(dice.below(1_000))))]))
          }
        }
      }
    }
  }

  /// A table in plain SQLite with all rows under these ids.
  func fill(_ plain: PlainSQLite, _ ids: [Int64]) throws {
    try plain.connection.execute(BenchModel.plainTable)
    try plain.transaction { try insert(plain, ids, 0..<rows.count) }
  }

  func insert(_ plain: PlainSQLite, _ ids: [Int64], _ range: Range<Int>) throws {
    let insert = try plain.connection.statement(BenchModel.plainInsert)
    for index in range {
      var row = rows[index]
      insert.bind(1, ids[index])
      try row.name.withUTF8 { name in
        insert.bindText(2, static: UnsafeRawBufferPointer(name))
        try row.kind.withUTF8 { kind in
          insert.bindText(3, static: UnsafeRawBufferPointer(kind))
          try row.note.withUTF8 { note in
            insert.bindText(4, static: UnsafeRawBufferPointer(note))
            insert.bind(5, row.year)
            insert.bind(6, row.staff)
            insert.bind(7, row.cents)
            insert.bind(8, row.changed)
            try insert.run()
          }
        }
      }
    }
  }

  /// Ids as a device would give them.
  var plainIDs: [Int64] { (1...rows.count).map { RowID(site: 1 << 30, counter: UInt32($0)).raw } }
}
