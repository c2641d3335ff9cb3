import ClientCore
import Protocol
import Storage

/// What it costs to send a table, and changes of it, to a device.
struct Syncing {
  let setting: Setting

  init(_ setting: Setting) { self.setting = setting }

  func measure(_ report: inout Report) throws {
    let count = setting.rows.count
    let stage = try Stage(BenchModel.model())
    let author = try stage.device("author")
    let ids = try setting.fill(stage, for: author)

    var plain = Double.infinity
    var apply = Double.infinity
    var extract = Double.infinity
    var bytes = 0
    for run in 0..<setting.runs {
      let database = try PlainSQLite(stage.path("plain-\(run).sqlite"))
      let plainIDs = setting.plainIDs
      plain = min(plain, try Stopwatch.seconds { try setting.fill(database, plainIDs) })
      database.close()
      let reader = try stage.device("reader-\(run)")
      let cost = try reader.sync()
      apply = min(apply, cost.receiveSeconds)
      extract = min(extract, cost.serverSeconds)
      bytes = cost.received.reduce(0, +)
      try reader.replica.close()
    }
    report.add(
      .ratio(
        "apply a snapshot to an empty replica", "us a row", kaai: apply.microseconds(each: count),
        baseline: plain.microseconds(each: count), atMost: 1.4))
    report.add(
      .atLeast(
        "extract a full delta", "rows/s", Double(count) / extract, goal: 500_000))
    report.add(
      .atMost(
        "first sync, compressed", "bytes a row", Double(bytes) / Double(count), goal: 38))
    try changes(stage, author, ids, &report)
    try author.replica.close()
    try stage.end()
  }

  private func changes(
    _ stage: Stage, _ author: Device, _ ids: [RowID], _ report: inout Report
  ) throws {
    let reader = try stage.device("reader")
    _ = try reader.sync()
    for (portion, unit) in [(Setting.portion, ""), (1, ", each a transaction")] {
      var apply = Double.infinity
      for run in 0..<setting.runs {
        try setting.updateAll(author, ids, seed: UInt64(100 + run + portion), portion: portion)
        _ = try author.sync()
        apply = min(apply, try reader.sync().receiveSeconds)
      }
      let rate = Double(ids.count) / apply
      let work = "apply one-column changes"
      report.add(
        unit.isEmpty
          ? .atLeast(work, "changes/s", rate, goal: 80_000)
          : .shown(work, "changes/s\(unit)", rate))
    }
    try reader.replica.close()
  }
}
