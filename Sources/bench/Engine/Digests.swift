import ClientCore
import Protocol
import Storage

/// What it costs to compute the digest of all rows, and to keep it.
struct Digests {
  let setting: Setting

  init(_ setting: Setting) { self.setting = setting }

  func measure(_ report: inout Report) throws {
    let work = "digest of 100,000 rows x 8: from scratch / kept up to date"
    let stage = try Stage(BenchModel.model())
    let author = try stage.device("author")
    let ids = try setting.fill(stage, for: author)
    let reader = try stage.device("reader")
    _ = try reader.sync()

    let scratch = try Stopwatch.least(of: setting.runs) {
      try Stopwatch.seconds {
        _ = try reader.replica.database.read { try $0.digestsFromScratch() }
      }
    }
    report.add(.atMost(work, "ms, from scratch", scratch * 1e3, goal: 150))

    // The time a base write takes, and the part of it that is hashing: what the value replaces and
    // what it puts there.
    var write = Double.infinity
    for run in 0..<setting.runs {
      try setting.updateAll(author, ids, seed: UInt64(200 + run))
      _ = try author.sync()
      write = min(write, try reader.sync().receiveSeconds)
    }
    let hashing = Stopwatch.least(of: setting.runs) { hash(ids) }
    report.add(.atMost(work, "% of a write, kept", 100 * hashing / write, goal: 5))
    for device in [author, reader] { try device.replica.close() }
    try stage.end()
  }

  private func hash(_ ids: [RowID]) -> Double {
    var writer = ByteWriter(capacity: 16)
    var sum: UInt64 = 0
    let seconds = Stopwatch.seconds {
      for (index, row) in ids.enumerated() {
        for side in 0..<2 {
          writer.removeAll()
          writer.int(Int64(index & 1_023 + side))
          let seed = CellHash.seed(
            row: row.raw, hlc: UInt64(index), site: 1, sequence: UInt32(side))
          sum &+= writer.bytes.withUnsafeBytes {
            CellHash.cell(seed: seed, tag: BenchModel.staff, value: $0)
          }
        }
      }
    }
    precondition(sum != 0, "a sum of hashes that is nothing")
    return seconds
  }
}
