import ClientCore
import Protocol
import Storage

/// The trace as the work of several people, each offline most of the time.
///
/// Every changeset is dealt to a device at random and saved there, in the trace's order. After each
/// sync a device draws how many changesets of the trace pass until its next. One that needs a record
/// which it does not hold goes online at once, and so does the record's maker where nobody else has
/// it yet: nobody edits what their screen never showed.
struct DealtTrace {
  let trace: EditTrace
  let stage: Stage
  let devices: [Device]
  /// At most so many changesets pass between two syncs of a device.
  let offline: Int

  private var dice: Dice
  private var rows: [String: (row: RowID, maker: Int)] = [:]
  /// The records that a device made or was sent, as of its last sync.
  private var holds: [Set<RowID>]
  /// Those that the server has.
  private var shared: Set<RowID> = []
  private var made: [Set<RowID>]
  /// The changeset before which a device syncs.
  private var due: [Int]

  private(set) var expected: ExpectedList
  private(set) var savingSeconds = 0.0
  private(set) var cost = Cost()

  struct Cost {
    var syncs = 0
    /// Those that a record which was not there yet called for.
    var called = 0
    var deviceSeconds = 0.0
    var serverSeconds = 0.0
    var sentBytes = 0
    var receivedBytes = 0
  }

  init(_ trace: EditTrace, on stage: Stage, devices count: Int, offline: Int, seed: UInt64) throws {
    self.trace = trace
    self.stage = stage
    self.offline = offline
    devices = try (1...count).map { try stage.device("device-\($0)") }
    dice = Dice(seed: seed)
    holds = Array(repeating: [], count: count)
    made = holds
    due = Array(repeating: 0, count: count)
    expected = ExpectedList(devices: count)
    for device in devices.indices { drawNextSync(device, after: 0) }
  }

  /// Carries everything out, until all devices have all there is.
  mutating func run() throws {
    for (number, changeset) in trace.changesets.enumerated() {
      for device in devices.indices where due[device] <= number { try sync(device, number) }
      stage.system.advance(1_000)
      let device = dice.below(devices.count)
      try fetchRecords(of: changeset, for: device, number)
      try save(changeset, on: device)
      expected.apply(changeset.edits, by: device)
    }
    // Everybody gives, then everybody takes.
    for _ in 0..<2 {
      for device in devices.indices { try sync(device, trace.changesets.count) }
    }
  }

  /// The row of a record of the trace.
  func row(of name: String) -> RowID? { rows[name]?.row }

  private mutating func fetchRecords(
    of changeset: EditTrace.Changeset, for device: Int, _ number: Int
  ) throws {
    for edit in changeset.edits {
      guard let name = edit.existing else { continue }
      guard let (row, maker) = rows[name] else {
        // It may be made in this very changeset.
        continue
      }
      if made[device].contains(row) || holds[device].contains(row) { continue }
      if !shared.contains(row) {
        cost.called += 1
        try sync(maker, number)
      }
      cost.called += 1
      try sync(device, number)
    }
  }

  private mutating func save(_ changeset: EditTrace.Changeset, on device: Int) throws {
    savingSeconds += try Stopwatch.seconds {
      try devices[device].replica.commit { draft in
        for edit in changeset.edits {
          if case .add(let name, let writes) = edit {
            let row = try draft.create(TraceModel.entity, writes)
            rows[name] = (row, device)
            made[device].insert(row)
            continue
          }
          guard let name = edit.existing, let row = rows[name]?.row else {
            throw BenchError.wrongEnd("\(edit.existing ?? "") is changed before it is there")
          }
          if case .set(_, let tag, let value) = edit {
            try draft.apply(.write(TraceModel.entity, row, [(tag, value)]))
          } else {
            try draft.apply(.delete(TraceModel.entity, row))
          }
        }
      }
    }
  }

  private mutating func sync(_ device: Int, _ number: Int) throws {
    let part = try devices[device].sync()
    cost.syncs += 1
    cost.deviceSeconds += part.requestSeconds + part.receiveSeconds
    cost.serverSeconds += part.serverSeconds
    cost.sentBytes += part.sent.reduce(0, +)
    cost.receivedBytes += part.received.reduce(0, +)
    shared.formUnion(made[device])
    holds[device] = shared
    expected.sync(device)
    drawNextSync(device, after: number)
  }

  private mutating func drawNextSync(_ device: Int, after number: Int) {
    due[device] = number + 1 + dice.below(offline)
  }
}

extension EditTrace.Edit {
  /// The record that must be there before; nil for an addition.
  fileprivate var existing: String? {
    switch self {
    case .add: nil
    case .set(let name, _, _), .delete(let name): name
    }
  }
}
