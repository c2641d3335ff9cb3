import Foundation

/// One of the programs as it was built beside these tests, run as a process of its own.
struct Program: Sendable {
  let name: String

  static let server = Program(name: "kaai-server")
  static let client = Program(name: "kaai")
  static let bench = Program(name: "bench")

  /// How a run ended and what it said.
  struct Ending {
    let status: Int32
    /// It ended by a signal, whose number `status` is.
    let isKilled: Bool
    let output: String
    let errors: String
    var lines: [String] { output.split(separator: "\n").map(String.init) }
  }

  enum Failure: Error {
    /// It did not end in time and was ended.
    case endless(program: String, arguments: [String])
  }

  /// The folder of the test bundle: the programs are built into the same one.
  private static let folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent()

  var url: URL { Self.folder.appendingPathComponent(name) }

  /// Runs to the end. Output goes through files, so that no full pipe can hold a program up.
  @discardableResult
  func run(
    _ arguments: [String], environment: [String: String] = [:], fileLimit: Int? = nil,
    timeout: Duration = .seconds(240)
  ) async throws -> Ending {
    let folder = try TemporaryFolder()
    let process = try start(
      arguments, environment: environment, fileLimit: fileLimit, in: folder)
    let deadline = ContinuousClock.now + timeout
    while process.isRunning {
      guard ContinuousClock.now < deadline else {
        process.send(SIGKILL)
        throw Failure.endless(program: name, arguments: arguments)
      }
      try await Task.sleep(for: .milliseconds(10))
    }
    return Ending(
      status: process.terminationStatus, isKilled: process.isKilled,
      output: try folder.text("out"), errors: try folder.text("err"))
  }

  /// Starts without waiting; what it says stands in the files `out` and `err` of the folder.
  ///
  /// - Parameter fileLimit: no file may grow past so many KiB, as on a full disk.
  func start(
    _ arguments: [String], environment: [String: String] = [:], fileLimit: Int? = nil,
    in folder: TemporaryFolder
  ) throws -> ChildProcess {
    var present = ProcessInfo.processInfo.environment
    for variable in ["KAAI_SERVER_DATA", "KAAI_DATA", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"] {
      present[variable] = nil
    }
    var words = [url.path] + arguments
    if let fileLimit {
      words = ["/bin/bash", "-c", "ulimit -f \(fileLimit); exec \"$0\" \"$@\""] + words
    }
    return try ChildProcess(
      words[0], Array(words.dropFirst()),
      environment: present.merging(environment) { _, given in given }, output: folder.path("out"),
      errors: folder.path("err"))
  }
}

/// A folder that goes when the last reference to it goes.
final class TemporaryFolder: Sendable {
  let url: URL

  init() throws {
    // In memory where there is such a place: thousands of small commits are synced to it. What is
    // killed is a process, never the machine.
    let memory = "/dev/shm"
    let parent =
      FileManager.default.isWritableFile(atPath: memory)
      ? URL(fileURLWithPath: memory) : FileManager.default.temporaryDirectory
    url = parent.appendingPathComponent("kaai-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit {
    // What cannot be removed is the operating system's to clean.
    try? FileManager.default.removeItem(at: url)
  }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  func text(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: url.appendingPathComponent(name)), as: UTF8.self)
  }
}
