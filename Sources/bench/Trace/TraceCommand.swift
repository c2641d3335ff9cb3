import ArgumentParser
import ClientCore
import Protocol
import Storage

/// Replays the recorded history of a conference list on one device, then syncs it.
struct TraceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace",
    abstract: "Replays a recorded history of edits, checks where it ends, and syncs it.",
    discussion: "Example: bench trace ../shared/data/conferences/conference-edit-trace.ndjson.gz")

  @Argument(help: "The trace: JSON lines, or the same packed with gzip.")
  var file = "../shared/data/conferences/conference-edit-trace.ndjson.gz"
  @Option(help: "What must be there at the end; by default beside the trace.")
  var end: String?
  @Flag(help: "Print a JSON array, one object a row.") var json = false

  private var endPath: String {
    if let end { return end }
    let folder = file.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    return (folder + ["conferences-all.ndjson.gz"]).joined(separator: "/")
  }

  func run() throws {
    let trace = try EditTrace(path: file)
    let stage = try Stage(TraceModel.model())
    var report = Report()
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
    report.print(asJSON: json)
  }

  private func megabytes(_ device: Device) throws -> Double {
    try device.replica.database.checkpoint()
    return try PlainSQLite.megabytes(device.replica.database.path)
  }
}
