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

  let cases: [KindCase]
  /// The records of all cases, seen by all.
  let base: LaidOutWorld

  init(_ city: KindCity, _ cases: [KindCase]) throws {
    self.cases = cases
    let world = try city.world()
    let maker = try world.device("M")
    let devices = try ["A", "B", "C"].map { try world.device($0) }
      .sorted { try $0.site() < $1.site() }
    try city.makeBase(maker, cases)
    try world.syncAll([maker] + devices)
    try maker.replica.close()
    base = try LaidOutWorld(closing: world, devices)
  }

  /// What each order of arrival leaves.
  func outcomes(of history: KindHistory) throws -> [(order: String, outcome: Outcome)] {
    let script = Script(history.relation, history.start)
    let began = try base.open(history.scripts.map(\.devices).max())
    var told = Told()
    try run(script.steps, began.devices, began.world, script, &told)
    let laidOut = try LaidOutWorld(closing: began.world, began.devices)
    return try zip(history.orders, history.scripts).map { order, script in
      let copy = try laidOut.open()
      var told = told
      try run(script.steps.dropFirst(told.steps), copy.devices, copy.world, script, &told)
      let outcome = try check(copy.world, copy.devices, script, told)
      _ = try LaidOutWorld(closing: copy.world, copy.devices)
      return (order, outcome)
    }
  }

  /// What was written so far.
  private struct Told {
    var steps = 0
    var transactions: [TransactionID] = []
    var users: [RowID] = []
  }

  private func run(
    _ steps: some Sequence<Substring>, _ devices: [Device], _ world: World, _ script: Script,
    _ told: inout Told
  ) throws {
    for step in steps {
      guard let name = step.first, let place = ["A", "B", "C"].firstIndex(of: name) else {
        throw KindError.unknownWord(String(step))
      }
      told.steps += 1
      let device = devices[place]
      switch step.dropFirst().first {
      case "↑":
        var session = try SyncSession(device.replica)
        if let answer = try device.exchange(&session) { try session.receive(answer) }
      case "*": try device.sync()
      default:
        if !step.hasSuffix("=") { world.advance(1_000, devices) }
        if let id = try write(told.users.count, script, on: device) {
          told.transactions.append(id)
        }
        told.users.append(try device.user())
      }
    }
  }

  /// The write a, b or c of every case, as one transaction.
  private func write(_ index: Int, _ script: Script, on device: Device) throws -> TransactionID? {
    let letter: Character = ["a", "b", "c"][index]
    return try device.replica.commit { draft in
      let author = KindCase.Author(letter: letter, draft: draft)
      var operations: [Operation] = []
      for some in cases where some.line.expected(script) != nil {
        operations += try some.operations(some.line.writes[index], by: author)
      }
      if script.writesTogether { operations = Self.together(operations) }
      for operation in operations { try draft.apply(operation) }
    }
  }

  /// The writes of registers of one record as one operation, as a form makes it.
  private static func together(_ operations: [Operation]) -> [Operation] {
    var writes: [RowID: Operation] = [:]
    for operation in operations where operation.kind == .write {
      let before = writes[operation.row]
      writes[operation.row] = .write(
        operation.entity, operation.row,
        Array(
          zip(
            (before?.tags ?? []) + operation.tags, (before?.values ?? []) + operation.values)))
    }
    return operations.compactMap { operation in
      operation.kind == .write ? writes.removeValue(forKey: operation.row) : operation
    }
  }

  private func check(_ world: World, _ devices: [Device], _ script: Script, _ told: Told) throws
    -> Outcome
  {
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
          engine, conflicts, users: told.users, transactions: told.transactions)
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
