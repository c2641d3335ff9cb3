import ClientCore
import Protocol
import Storage

/// What a person's edits cost on their own laptop.
struct LocalEdits {
  let setting: Setting
  /// How many transactions of one row or change are made.
  private static let singles = 2_000

  init(_ setting: Setting) { self.setting = setting }

  func measure(_ report: inout Report) throws {
    try bulkInsert(&report)
    try singleInserts(&report)
    try updates(&report)
  }

  private func bulkInsert(_ report: inout Report) throws {
    let count = setting.rows.count
    var plain = Double.infinity
    var kaai = Double.infinity
    for _ in 0..<setting.runs {
      let stage = try Stage(BenchModel.model())
      let database = try PlainSQLite(stage.path("plain.sqlite"))
      try database.connection.execute(BenchModel.plainTable)
      let ids = setting.plainIDs
      plain = min(
        plain,
        try Stopwatch.seconds {
          try database.transaction { try setting.insert(database, ids, 0..<count) }
        })
      database.close()
      let device = try stage.device("laptop")
      kaai = min(kaai, try Stopwatch.seconds { try setting.insertAll(device) })
      try device.replica.close()
      try stage.end()
    }
    report.add(
      .ratio(
        "local insert, one big transaction", "us a row", kaai: kaai.microseconds(each: count),
        baseline: plain.microseconds(each: count), atMost: 2))
  }

  private func singleInserts(_ report: inout Report) throws {
    let count = Self.singles
    var plain = Double.infinity
    var kaai = Double.infinity
    for _ in 0..<setting.runs {
      let stage = try Stage(BenchModel.model())
      let database = try PlainSQLite(stage.path("plain.sqlite"))
      try database.connection.execute(BenchModel.plainTable)
      let ids = setting.plainIDs
      plain = min(
        plain,
        try Stopwatch.seconds {
          for index in 0..<count {
            try database.transaction {
              try setting.insert(database, ids, index % ids.count..<(index % ids.count + 1))
            }
          }
        })
      database.close()
      let device = try stage.device("laptop")
      kaai = min(
        kaai,
        try Stopwatch.seconds {
          for index in 0..<count {
            try device.replica.commit { draft in
              try draft.create(
                BenchModel.entity, setting.rows[index % setting.rows.count].writes)
            }
          }
        })
      try device.replica.close()
      try stage.end()
    }
    report.add(
      .ratio(
        "local insert, one row per transaction", "us a row", kaai: kaai.microseconds(each: count),
        baseline: plain.microseconds(each: count), atMost: 1.5))
  }

  private func updates(_ report: inout Report) throws {
    let work = "local update of one column: one per transaction / bulk"
    let stage = try Stage(BenchModel.model())
    let database = try PlainSQLite(stage.path("plain.sqlite"))
    let plainIDs = setting.plainIDs
    try setting.fill(database, plainIDs)
    let device = try stage.device("laptop")
    let ids = try setting.fill(stage, for: device)

    var plain = Double.infinity
    var kaai = Double.infinity
    for run in 0..<setting.runs {
      plain = min(
        plain, try Stopwatch.seconds { try plainSingles(database, plainIDs, seed: UInt64(run)) })
      kaai = min(kaai, try Stopwatch.seconds { try singles(device, ids, seed: UInt64(run)) })
    }
    report.add(
      .ratio(
        work, "us a change, one per transaction", kaai: kaai.microseconds(each: Self.singles),
        baseline: plain.microseconds(each: Self.singles), atMost: 2.2))

    plain = .infinity
    kaai = .infinity
    for run in 0..<setting.runs {
      plain = min(
        plain, try Stopwatch.seconds { try plainUpdateAll(database, plainIDs, seed: UInt64(run)) })
      kaai = min(
        kaai, try Stopwatch.seconds { try setting.updateAll(device, ids, seed: UInt64(run)) })
    }
    report.add(
      .ratio(
        work, "us a change, bulk", kaai: kaai.microseconds(each: ids.count),
        baseline: plain.microseconds(each: ids.count), atMost: 2.2))
    database.close()
    try device.replica.close()
    try stage.end()
  }

  private func singles(_ device: Device, _ ids: [RowID], seed: UInt64) throws {
    var dice = Dice(seed: seed)
    for _ in 0..<Self.singles {
      let row = ids[dice.below(ids.count)]
      try device.replica.commit { draft in
        try draft.apply(
          .write(
            BenchModel.entity, row, [(BenchModel.staff, .int(Int64(dice.below(1_000))))]))
      }
    }
  }

  private func plainSingles(_ database: PlainSQLite, _ ids: [Int64], seed: UInt64) throws {
    var dice = Dice(seed: seed)
    let update = try database.connection.statement("UPDATE thing SET staff = ? WHERE id = ?")
    for _ in 0..<Self.singles {
      let row = ids[dice.below(ids.count)]
      try database.transaction {
        update.bind(1, Int64(dice.below(1_000)))
        update.bind(2, row)
        try update.run()
      }
    }
  }

  private func plainUpdateAll(_ database: PlainSQLite, _ ids: [Int64], seed: UInt64) throws {
    var dice = Dice(seed: seed)
    let order = dice.shuffled(ids.count)
    let update = try database.connection.statement("UPDATE thing SET staff = ? WHERE id = ?")
    try database.transaction {
      for index in order {
        update.bind(1, Int64(dice.below(1_000)))
        update.bind(2, ids[index])
        try update.run()
      }
    }
  }
}
