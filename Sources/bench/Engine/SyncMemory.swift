import ArgumentParser
import ClientCore
import Foundation
import Protocol
import Storage

/// How much memory a sync of many changes takes: measured in a process of its own, which is given
/// the server's answers as files.
struct SyncMemory {
  let setting: Setting

  init(_ setting: Setting) { self.setting = setting }

  func measure(_ report: inout Report) throws {
    let stage = try Stage(BenchModel.model())
    let author = try stage.device("author")
    let ids = try setting.fill(stage, for: author)
    let reader = try stage.device("reader")
    _ = try reader.sync()
    // Every row changed by somebody else, each in a transaction; a fifth changed here too.
    try setting.updateAll(author, ids, seed: 9, portion: 1)
    _ = try author.sync()
    try setting.updateAll(reader, Array(ids.prefix(ids.count / 5)), seed: 10, portion: 1)

    let before = stage.path("before.sqlite")
    try reader.replica.database.backup(to: before)
    let answers = stage.folder.appendingPathComponent("answers")
    try FileManager.default.createDirectory(at: answers, withIntermediateDirectories: true)
    var count = 0
    _ = try reader.sync { answer in
      try Data(answer).write(to: answers.appendingPathComponent("\(count)"))
      count += 1
    }
    let kilobytes = try child(["receive", before, answers.path])
    report.add(
      .atMost("memory of a sync", "MB over idle", Double(kilobytes) / 1_024, goal: 16))
    for device in [author, reader] { try device.replica.close() }
    try stage.end()
  }

  private func child(_ arguments: [String]) throws -> Int {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let text = String(decoding: output, as: UTF8.self).split(separator: "\n").first ?? ""
    guard process.terminationStatus == 0, let number = Int(text) else {
      throw BenchError.child(process.terminationStatus)
    }
    return number
  }
}

/// The measured process: syncs a replica with answers from files, prints the peak over idle in KB.
struct ReceiveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "receive", shouldDisplay: false)

  @Argument var database: String
  @Argument var answers: String

  func run() throws {
    let replica = try Replica(
      path: database, model: BenchModel.model(), system: ScriptedSystem(seed: 2), create: false)
    _ = try replica.status()
    let idle = Memory.residentKilobytes
    Memory.resetPeak()
    var session = try SyncSession(replica)
    var number = 0
    while try session.nextRequest() != nil {
      let path = URL(fileURLWithPath: answers).appendingPathComponent("\(number)")
      try session.receive([UInt8](try Data(contentsOf: path)))
      number += 1
    }
    guard session.summary.agrees == true else { throw BenchError.disagreement }
    print(Memory.peakKilobytes - idle)
    try replica.close()
  }
}
