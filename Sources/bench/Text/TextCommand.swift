import ArgumentParser
import Foundation
import Protocol

/// Texts: replay, load, merge, size on the wire and at rest.
struct TextCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "text",
    abstract: "Texts that merge: recorded sessions, also beside two libraries.",
    discussion: """
      Every text that a trace ends in is checked. Times are CPU time, the least of several runs.

      Examples: bench text --json
                bench text --trace ../shared/data/text/sequential/rustcode.json.gz --peers
      """)

  @Option(
    help: ArgumentHelp(
      "A recorded history: patches, txns or sites, as JSON, also with gzip; may be repeated.",
      valueName: "file"))
  var trace: [String] = []
  @Flag(help: "Put pycrdt (yrs) and loro beside it, installed from PyPI for this run.")
  var peers = false
  @Flag(help: "Print a JSON array, one object a row.") var json = false
  @Option(help: "How often each work is repeated; the least counts.") var runs = 9

  private static let folder = "../shared/data/text"
  private static let recorded = [
    "sequential/automerge-paper", "concurrent/friendsforever", "fleet/5k-20x10",
    "sequential/rustcode", "sequential/sveltecomponent", "fleet/5k-5x10", "fleet/1k-3x2",
  ]

  func validate() throws {
    guard runs > 0 else { throw ValidationError("--runs: at least 1.") }
  }

  func run() throws {
    var report = Report(baseline: peers ? "peer" : "plain")
    if trace.isEmpty {
      try TextAtRest().measure(&report)
      try DiffRun(runs: min(runs, 3)).measure(&report)
    }
    let peers = peers ? try TextPeers() : nil
    defer { peers?.end() }
    for path in trace.isEmpty ? Self.paths() : trace {
      let name = Self.name(of: path)
      let start = report.rows.count
      try TextRun(name: name, runs: runs).measure(
        try TextTrace(json: try TextTrace.json(path)), &report)
      if let peers { try peers.measure(path, beside: report.rows[start...], &report) }
    }
    report.print(asJSON: json)
  }

  /// The recorded histories that are there; says which are not.
  private static func paths() -> [String] {
    recorded.compactMap { name in
      let path = "\(folder)/\(name).json.gz"
      if FileManager.default.isReadableFile(atPath: path) { return path }
      FileHandle.standardError.write(Data("skipped: \(path) is not there\n".utf8))
      return nil
    }
  }

  private static func name(of path: String) -> String {
    let file = path.split(separator: "/").last ?? ""
    return String(file.prefix { $0 != "." })
  }
}
