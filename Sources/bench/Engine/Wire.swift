import ClientCore
import Protocol
import ServerApp

/// What travels when people made single changes, and how long a slow link takes.
struct Wire {
  let setting: Setting
  private static let changes = 1_000

  init(_ setting: Setting) { self.setting = setting }

  func measure(_ report: inout Report) throws {
    let stage = try Stage(BenchModel.model())
    let author = try stage.device("author")
    let ids = try setting.fill(stage, for: author)
    let reader = try stage.device("reader")
    _ = try reader.sync()

    let values = try edit(stage, author, ids)
    let sent = try author.sync()
    let received = try reader.sync()
    let whole = received.received.reduce(0, +)
    report.add(
      .atMost(
        "one-column change on the wire, compressed, in a batch of 1,000",
        "bytes beyond the value", Double(whole - values) / Double(Self.changes), goal: 5))
    report.add(
      .shown(
        "one-column change on the wire, offered by its author", "bytes beyond the value",
        Double(sent.sent.reduce(0, +) - values) / Double(Self.changes)))
    reconnect(sent, &report)
    for device in [author, reader] { try device.replica.close() }
    try stage.end()
  }

  /// One change each, by a person who thinks between 1 and 30 seconds. Returns what gzip makes of
  /// the values alone.
  private func edit(_ stage: Stage, _ author: Device, _ ids: [RowID]) throws -> Int {
    var dice = Dice(seed: 6)
    var values = ByteWriter()
    for _ in 0..<Self.changes {
      stage.system.advance(Int64(1_000 + dice.below(29_000)))
      let row = ids[dice.below(ids.count)]
      let value = Value.int(Int64(dice.below(1_000)))
      values.value(value)
      try author.replica.commit { draft in
        try draft.apply(.write(BenchModel.entity, row, [(BenchModel.staff, value)]))
      }
    }
    return Gzip.compress(values.bytes).count
  }

  /// 64 kbit/s, 300 ms each way, a new connection, 500 bytes of HTTP head a message.
  private func reconnect(_ cost: Device.SyncCost, _ report: inout Report) {
    let work = "reconnect with 1,000 pending edits on a 64 kbit/s, 300 ms link"
    let bytes = cost.sent.reduce(0, +) + cost.received.reduce(0, +) + 1_000 * cost.rounds
    let seconds = Double(bytes) * 8 / 64_000 + 0.6 * Double(cost.rounds + 1)
    report.add(.atMost(work, "round trips", Double(cost.rounds), goal: 1))
    report.add(.atMost(work, "s", seconds, goal: 3))
  }
}
