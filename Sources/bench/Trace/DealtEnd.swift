import ClientCore
import Protocol
import ServerApp
import Storage

/// Where several devices and their server must have come: to one state, the one that the trace and
/// what everybody had seen say.
struct DealtEnd {
  let records: Int
  /// Records that a deletion left, since it had not seen all that was written to them.
  let kept: Int
  let conflicts: Int

  /// Throws at the first difference, in words.
  init(_ dealt: DealtTrace, end: EndState) throws {
    let store = dealt.stage.store
    let report = try store.verify()
    try Self.expect(report.problems.isEmpty, "the server: \(report.problems)")
    let (saved, edits) = (dealt.trace.changesets.count, dealt.trace.editCount)
    try Self.expect(report.head == saved, "the server has \(report.head) of \(saved) transactions")
    let operations = try store.database.read {
      try $0.connection.scalar("SELECT sum(operations) FROM _transaction")
    }
    try Self.expect(
      operations.map { Int($0) } == edits,
      "the server has \(operations ?? 0) of \(edits) operations")

    let onServer = try store.database.read { try Shown($0) }
    try onServer.check(dealt)
    for (number, device) in dealt.devices.enumerated() {
      let name = "device \(number + 1)"
      let status = try device.replica.status()
      try Self.expect(
        status.isInSync && status.rejected == 0 && status.digest == report.digest,
        "\(name) is not in sync")
      let problems = try device.replica.verify()
      try Self.expect(problems.isEmpty, "\(name): \(problems)")
      let shown = try device.replica.database.read { try Shown($0) }
      try Self.expect(shown == onServer, "\(name) shows something else than the server")
      let history = try device.replica.history(HistoryQuery(limit: saved + 1))
      try Self.expect(
        Set(history.map(\.head.id)).count == saved, "\(name) knows \(history.count) transactions")
    }
    // The recorded list is what shows, but for what outlived its deletion.
    let keptRows = Set(
      dealt.expected.entries.filter(\.value.isKept).compactMap { dealt.row(of: $0.key) })
    try end.check(onServer.records.values.filter { !keptRows.contains($0.id) })

    records = onServer.records.count
    kept = keptRows.count
    conflicts = onServer.conflicts.count
  }

  private static func expect(_ holds: Bool, _ what: @autoclosure () -> String) throws {
    guard holds else { throw BenchError.wrongEnd(what()) }
  }
}

/// All that one database shows.
private struct Shown: Equatable {
  var records: [RowID: Record] = [:]
  var conflicts: [ConflictEntry] = []

  init(_ engine: Engine) throws {
    try engine.forEachRecord(TraceModel.entity) { record in
      records[record.id] = record
      return true
    }
    conflicts = try engine.conflicts()
  }

  /// Record by record, and field by field of what is asked.
  func check(_ dealt: DealtTrace) throws {
    var asked: Set<Cell> = []
    for (name, entry) in dealt.expected.entries {
      guard let row = dealt.row(of: name), let record = records[row] else {
        throw BenchError.wrongEnd("\(name) is lost")
      }
      guard record.fields == entry.fields.mapValues({ .scalar($0) }) else {
        throw BenchError.wrongEnd("\(name) shows other values than were written last")
      }
      for tag in entry.disputed { asked.insert(Cell(row: row, tag: tag)) }
      if entry.isKept { asked.insert(Cell(row: row, tag: Field.lifeTag)) }
    }
    guard records.count == dealt.expected.entries.count else {
      throw BenchError.wrongEnd(
        "\(records.count) records in place of \(dealt.expected.entries.count)")
    }
    let entries = Set(conflicts.map { Cell(row: $0.record, tag: $0.tag) })
    guard entries == asked else {
      throw BenchError.wrongEnd("\(entries.count) conflict entries in place of \(asked.count)")
    }
  }

  private struct Cell: Hashable {
    let row: RowID
    let tag: Tag
  }
}
