import ClientCore
import Foundation
import Protocol
import ServerApp
import Storage
import Synchronization

/// A clock that the measurement moves, and random numbers from a seed.
final class ScriptedSystem: SystemSource {
  private struct State {
    var milliseconds: Int64
    var dice: Dice
  }
  private let state: Mutex<State>

  init(seed: UInt64) {
    state = Mutex(State(milliseconds: 1_790_000_000_000, dice: Dice(seed: seed)))
  }

  func wallMilliseconds() -> Int64 { state.withLock { $0.milliseconds } }
  func bootMilliseconds() -> Int64 { wallMilliseconds() - 1_780_000_000_000 }
  func bootID() -> String { "bench" }
  func randomBytes(_ count: Int) -> [UInt8] {
    state.withLock { state in (0..<count).map { _ in UInt8(truncatingIfNeeded: state.dice.next()) }
    }
  }
  func advance(_ milliseconds: Int64) { state.withLock { $0.milliseconds += milliseconds } }
}

/// A server and its devices in one process, without a network, in a temporary folder.
final class Stage {
  let folder: URL
  let model: Model
  let system = ScriptedSystem(seed: 1)
  let store: SQLiteServerStore
  let limits: SyncLimits

  init(_ model: Model, limits: SyncLimits = .standard) throws {
    self.model = model
    self.limits = limits
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("kaai-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    store = try SQLiteServerStore(
      path: folder.appendingPathComponent("server.sqlite").path, model: model, system: system,
      limits: limits, create: true)
    _ = try store.addAccount(name: "bench", role: .editor, spaceCodes: nil)
  }

  /// Closes the server and removes the folder.
  func end() throws {
    try store.database.close()
    try FileManager.default.removeItem(at: folder)
  }

  func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  func device(_ name: String) throws -> Device {
    let code = DeviceCode.make(system)
    try store.addCode(
      for: "bench", hash: DeviceCode.hash(code),
      expiresAtMilliseconds: system.wallMilliseconds() + 900_000)
    let path = path("\(name).sqlite")
    let replica = try Replica(
      path: path, model: model, system: system, limits: limits, create: true)
    let token = AccessToken.make(system)
    let answer = try store.enrol(
      codeHash: DeviceCode.hash(code), deviceName: name,
      tokenHash: SHA256.hash(Array(token.utf8)), token: token)
    try replica.enrol(answer, server: "bench")
    return Device(replica: replica, stage: self)
  }

  /// Closes a device and removes its files.
  func leave(_ device: Device) throws {
    let path = device.replica.database.path
    try device.replica.close()
    for ending in ["", "-wal", "-shm"] where FileManager.default.fileExists(atPath: path + ending) {
      try FileManager.default.removeItem(atPath: path + ending)
    }
  }
}

/// One replica that can sync with the server of its stage.
final class Device {
  let replica: Replica
  private unowned let stage: Stage

  init(replica: Replica, stage: Stage) {
    self.replica = replica
    self.stage = stage
  }

  /// What a sync took, apart for the two ends.
  struct SyncCost {
    var rounds = 0
    var requestSeconds = 0.0
    var serverSeconds = 0.0
    var receiveSeconds = 0.0
    /// The sizes of each body, as compressed as it would travel.
    var sent: [Int] = []
    var received: [Int] = []
    var agrees = false
  }

  /// - Parameter keep: is given each answer's bytes.
  func sync(keep: ([UInt8]) throws -> Void = { _ in }) throws -> SyncCost {
    var cost = SyncCost()
    var session = try SyncSession(replica)
    while true {
      var request: [UInt8]?
      cost.requestSeconds += try Stopwatch.seconds { request = try session.nextRequest() }
      guard let request else { break }
      var answer: [UInt8] = []
      cost.serverSeconds += try Stopwatch.seconds { answer = try self.answer(to: request) }
      try keep(answer)
      cost.receiveSeconds += try Stopwatch.seconds { try session.receive(answer) }
      cost.rounds += 1
      cost.sent.append(Gzip.compress(request).count)
      cost.received.append(
        Gzip.compress(answer, level: AnswerCompression().level(answer.count)).count)
    }
    cost.agrees = session.summary.agrees == true
    guard cost.agrees else { throw BenchError.disagreement }
    return cost
  }

  /// Gives the server so many pending transactions, and hears of others' only as far as that takes.
  func give(_ transactions: Int) throws {
    var session = try SyncSession(replica)
    while let request = try session.nextRequest() {
      let answer = try answer(to: request)
      if session.summary.offered >= transactions { return }
      try session.receive(answer)
    }
    throw BenchError.disagreement
  }

  private func answer(to body: [UInt8]) throws -> [UInt8] {
    let request = try SyncRequest(encoded: body, limits: stage.limits)
    guard let identity = try replica.identity(),
      let record = try stage.store.authenticate(tokenHash: SHA256.hash(Array(identity.token.utf8)))
    else { throw BenchError.disagreement }
    return try stage.store.exchange([ExchangeRequest(device: record, request: request)])[0]
      .get().encoded
  }
}

enum BenchError: Error, CustomStringConvertible {
  case disagreement
  case wrongEnd(String)
  case missingFile(String)
  case noTrace(String)
  case noPeers(String)
  case child(Int32)

  var description: String {
    switch self {
    case .disagreement: "The replica and the server disagree after a sync: the figures are void."
    case .wrongEnd(let what): "The end state is wrong: \(what)."
    case .missingFile(let path): "There is no file \(path): give the trace's path."
    case .noTrace(let why): "This is no recorded history of a text: \(why)."
    case .noPeers(let why): "The peers cannot be measured: \(why)."
    case .child(let status): "The measuring process ended with status \(status)."
    }
  }
}
