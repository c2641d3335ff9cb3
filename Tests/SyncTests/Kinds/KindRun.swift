import CityModel
import ClientCore
import Protocol
import ServerApp
import Storage

/// Runs many cases at once: each on a record of its own, and all of them through one history.
struct KindRun {
  /// Everything that a history left, on the server and on the devices.
  struct Outcome {
    var dump = ""
    var digest: UInt64 = 0
    var problems: [String] = []
    /// Cases that do not show what their tables say.
    var surprises: [String] = []
  }

  let city: KindCity
  let cases: [KindCase]
  /// Writes all registers of a record with one operation.
  let writesTogether: Bool

  func outcome(of script: Script) throws -> Outcome {
    let world = try city.world()
    let maker = try world.device("M")
    let devices = try ["A", "B", "C"].prefix(script.devices).map { try world.device($0) }
      .sorted { try $0.site() < $1.site() }
    try city.makeBase(maker, cases)
    try world.syncAll([maker] + devices)

    var transactions: [TransactionID] = []
    var users: [RowID] = []
    for step in script.steps {
      guard let name = step.first, let place = ["A", "B", "C"].firstIndex(of: name) else {
        throw KindError.unknownWord(String(step))
      }
      let device = devices[place]
      switch step.dropFirst().first {
      case "↑":
        var session = try SyncSession(device.replica)
        if let answer = try device.exchange(&session) { try session.receive(answer) }
      case "*": try device.sync()
      default:
        if !step.hasSuffix("=") { world.advance(1_000, devices) }
        let index = transactions.count
        if let id = try write(index, script, on: device) { transactions.append(id) }
        users.append(try device.user())
      }
    }
    return try check(
      world, [maker] + devices, script, users: users, transactions: transactions)
  }

  /// The write a, b or c of every case, as one transaction.
  private func write(_ index: Int, _ script: Script, on device: Device) throws -> TransactionID?
  {
    let letter: Character = ["a", "b", "c"][index]
    return try device.replica.commit { draft in
      let author = KindCase.Author(user: draft.user, letter: letter) { [draft] entity, row in
        try draft.read { try $0.record(entity.tag, row) }
      }
      var operations: [Operation] = []
      for some in cases {
        if some.line.expected(script) == nil { continue }
        for operation in try some.operations(some.line.writes[index], by: author) {
          if writesTogether, operation.kind == .write, let last = operations.last,
            last.kind == .write, last.row == operation.row
          {
            operations[operations.count - 1] = .write(
              last.entity, last.row,
              Array(zip(last.tags + operation.tags, last.values + operation.values)))
          } else {
            operations.append(operation)
          }
        }
      }
      for operation in operations { try draft.apply(operation) }
    }
  }

  private func check(
    _ world: World, _ devices: [Device], _ script: Script, users: [RowID],
    transactions: [TransactionID]
  ) throws -> Outcome {
    var outcome = Outcome()
    for device in devices {
      if try device.sync().agrees != true {
        outcome.problems.append("\(device.name): the digests differ")
      }
    }
    outcome.dump = try world.dump()
    for device in devices where try device.dump() != outcome.dump {
      outcome.problems.append("\(device.name) shows something else than the server")
    }
    let report = try world.store.verify()
    outcome.digest = report.digest
    outcome.problems += report.problems
    outcome.problems += try world.store.quarantine().map {
      "\($0.id.text) was refused: \($0.reason) \($0.detail)"
    }
    outcome.surprises = try world.store.database.write { engine in
      let conflicts = Dictionary(grouping: try engine.conflicts(), by: \.record)
      return try cases.compactMap { some in
        guard let expected = some.line.expected(script) else { return nil }
        let shown = try some.shown(
          try engine.record(some.entity.tag, some.row), conflicts[some.row] ?? [], users: users,
          transactions: transactions)
        if shown == expected { return nil }
        return "\(some.path) (\(some.table)): \(some.line.writes.joined(separator: " ")) with "
          + "\(script.relation.rawValue) shows \(shown), not \(expected)"
      }
    }
    return outcome
  }
}

extension Device {
  func site() throws -> UInt32 {
    guard let identity = try replica.identity() else { throw ReplicaError.notEnrolled }
    return identity.site
  }

  func user() throws -> RowID {
    guard let identity = try replica.identity() else { throw ReplicaError.notEnrolled }
    return RowID(identity.user)
  }
}

extension World {
  fileprivate func advance(_ milliseconds: Int64, _ devices: [Device]) {
    serverSystem.advance(milliseconds)
    for device in devices { device.system.advance(milliseconds) }
  }
}
