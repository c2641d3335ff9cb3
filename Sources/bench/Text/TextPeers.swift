import Foundation
import Protocol

/// Two libraries beside Kaai, each in a process of its own: yrs (PyPI's pycrdt) and loro.
///
/// The adapters that drive them are not a part of the project. They and the packages go into a
/// virtual environment that ends with the run.
final class TextPeers {
  private static let adapters = "../shared/bench/text-peers"
  private let folder: URL

  init() throws {
    guard FileManager.default.fileExists(atPath: "\(Self.adapters)/common.py") else {
      throw BenchError.noPeers("the adapters \(Self.adapters) are not there")
    }
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("kaai-peers-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    do {
      try Self.call("python3", ["-m", "venv", folder.path])
      try Self.call(python, ["-m", "pip", "install", "--quiet", "pycrdt", "loro"])
    } catch {
      end()
      throw BenchError.noPeers("\(error); they need python3-venv and a network to PyPI")
    }
  }

  func end() {
    // What is left in a temporary folder is removed by the system.
    try? FileManager.default.removeItem(at: folder)
  }

  private var python: String { folder.appendingPathComponent("bin/python").path }

  /// Adds a row for each of Kaai's rows that a peer has a figure for.
  func measure(
    _ path: String, beside rows: ArraySlice<Measurement>, _ report: inout Report
  ) throws {
    let trace = folder.appendingPathComponent("trace.json").path
    let (json, kind) = try Self.unpacked(path)
    guard FileManager.default.createFile(atPath: trace, contents: Data(json)) else {
      throw BenchError.missingFile(trace)
    }
    for adapter in ["pycrdt_adapter.py", "loro_adapter.py"] {
      var arguments = ["\(Self.adapters)/\(adapter)", kind.rawValue, trace]
      if kind != .fleet { arguments.append(folder.appendingPathComponent("out").path) }
      let output = try Self.call(python, arguments)
      guard
        let figures = try JSONSerialization.jsonObject(with: output) as? [String: Any],
        let peer = figures["peer"] as? String
      else { throw BenchError.noPeers("\(adapter) printed no figures") }
      guard figures["ok"] as? Bool == true else {
        throw BenchError.noPeers("\(peer) does not end in the text of the trace")
      }
      for (work, member) in kind.figures {
        guard let row = rows.first(where: { $0.work.hasPrefix("text: \(work) (") }),
          let figure = figures[member] as? Double
        else { continue }
        report.add(.shown("\(row.work) beside \(peer)", row.unit, row.kaai, baseline: figure))
      }
    }
  }

  private enum Kind: String {
    case sequential = "seq"
    case concurrent = "conc"
    case fleet

    /// Kaai's works and the members of the peers' results. The first of a name counts.
    var figures: [(work: String, member: String)] {
      switch self {
      case .sequential:
        [
          ("replay a recorded session as local edits", "local_ms"),
          ("load a full history into an empty document", "load_ms"), ("full history", "full"),
          ("full history, deflated", "full_z"),
        ]
      case .concurrent:
        [
          ("merge the whole history into an empty document", "merge_ms"),
          ("merge its batches one by one", "stream_ms"), ("full history", "full"),
          ("full history, deflated", "full_z"),
        ]
      case .fleet:
        [
          ("one offline editing session on the wire", "sess_z"),
          ("one offline editing session, not compressed", "sess"),
          ("all sessions of a site in one message", "up_z"),
          ("merge all sessions of all sites", "hub_ms"), ("all sessions to one reader", "down_z"),
          ("full history", "full"),
        ]
      }
    }
  }

  private static func unpacked(_ path: String) throws -> ([UInt8], Kind) {
    let json = try TextTrace.json(path)
    return switch try TextTrace(json: json) {
    case .sequential: (json, .sequential)
    case .concurrent: (json, .concurrent)
    case .fleet: (json, .fleet)
    }
  }

  /// Runs a program and returns what it printed.
  @discardableResult
  private static func call(_ program: String, _ arguments: [String]) throws -> Data {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.standardError
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw BenchError.child(process.terminationStatus) }
    return data
  }
}
