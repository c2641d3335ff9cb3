import ArgumentParser
import ClientCore
import Protocol
import Storage

/// Replays the recorded history of a conference list on one device and syncs it, or deals it over
/// several.
struct TraceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace",
    abstract: "Replays a recorded history of edits, checks where it ends, and syncs it.",
    discussion: """
      Examples: bench trace ../shared/data/conferences/conference-edit-trace.ndjson.gz
                bench trace --devices 8 --seed 3 --json
      """)

  @Argument(help: "The trace: JSON lines, or the same packed with gzip.")
  var file = "../shared/data/conferences/conference-edit-trace.ndjson.gz"
  @Option(help: "What must be there at the end; by default beside the trace.")
  var end: String?
  @Flag(help: "Print a JSON array, one object a row.") var json = false
  @Option(help: "Deal the trace over so many devices, each offline most of the time.")
  var devices: Int?
  @Option(help: "With --devices: the same number gives the same run.") var seed: UInt64 = 1
  @Option(help: "With --devices: at most so many changesets pass between two syncs of a device.")
  var offline = 400

  func validate() throws {
    guard devices.map({ (2...64).contains($0) }) ?? true else {
      throw ValidationError("--devices: from 2 to 64.")
    }
    guard offline > 0 else { throw ValidationError("--offline: at least 1.") }
  }

  private var endPath: String {
    if let end { return end }
    let folder = file.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    return (folder + ["conferences-all.ndjson.gz"]).joined(separator: "/")
  }

  func run() throws {
    let trace = try EditTrace(path: file)
    var report = Report()
    if let devices {
      try deal(trace, over: devices, &report)
    } else {
      try replay(trace, &report)
    }
    report.print(asJSON: json)
  }

  private func replay(_ trace: EditTrace, _ report: inout Report) throws {
    let stage = try Stage(TraceModel.model())
    let device = try stage.device("editor")

    let replay = Replay(trace: trace, device: device, stage: stage)
    let rows = Double(trace.changesets.count)
    let kaai = try replay.onDevice()
    let plain = try PlainReplay(trace: trace, path: stage.path("plain.sqlite"))
    report.add(
      .shown(
        "replay of the trace, one transaction a changeset", "transactions/s", rows / kaai,
        baseline: rows / plain.seconds))
    let edits = Double(trace.editCount)
    report.add(
      .shown(
        "replay of the trace, one transaction a changeset", "us an operation",
        kaai * 1e6 / edits, baseline: plain.seconds * 1e6 / edits))
    try EndState(path: endPath).check(device)

    let up = try device.sync()
    let reader = try stage.device("reader")
    let down = try reader.sync()
    try EndState(path: endPath).check(reader)
    report.add(
      .shown("upload of the trace", "bytes an operation", Double(up.sent.reduce(0, +)) / edits))
    report.add(
      .shown(
        "download of the trace", "bytes an operation", Double(down.received.reduce(0, +)) / edits))
    report.add(
      .shown(
        "database after the trace, on the device that made it", "MB", try megabytes(device),
        baseline: plain.megabytes))
    report.add(
      .shown(
        "database after the trace, on a device that received it", "MB", try megabytes(reader),
        baseline: plain.megabytes))
    try device.replica.close()
    try reader.replica.close()
    try stage.end()
  }

  private func deal(_ trace: EditTrace, over count: Int, _ report: inout Report) throws {
    let end = try EndState(path: endPath)
    let stage = try Stage(TraceModel.model(asks: true))
    var dealt = try DealtTrace(trace, on: stage, devices: count, offline: offline, seed: seed)
    try dealt.run()
    let shown = try DealtEnd(dealt, end: end)
    let (cost, edits) = (dealt.cost, Double(trace.editCount))
    func add(_ unit: String, _ figure: Double) {
      report.add(.shown("trace dealt over \(count) devices", unit, figure))
    }
    add("us an operation, saving", dealt.savingSeconds * 1e6 / edits)
    add("syncs", Double(cost.syncs))
    add("syncs for a record that was not there yet", Double(cost.called))
    add("ms a sync, the device", cost.deviceSeconds * 1e3 / Double(cost.syncs))
    add("ms a sync, the server", cost.serverSeconds * 1e3 / Double(cost.syncs))
    add("bytes an operation, sent", Double(cost.sentBytes) / edits)
    add(
      "bytes an operation and other device, received",
      Double(cost.receivedBytes) / edits / Double(count - 1))
    add("records", Double(shown.records))
    add("records kept, since their deletion had not seen everything", Double(shown.kept))
    add("open conflicts", Double(shown.conflicts))
    add("MB, the database of the first device", try megabytes(dealt.devices[0]))
    for device in dealt.devices { try device.replica.close() }
    try stage.end()
  }

  private func megabytes(_ device: Device) throws -> Double {
    try device.replica.database.checkpoint()
    return try PlainSQLite.megabytes(device.replica.database.path)
  }
}
