import Protocol
import Testing

@testable import ClientCore
@testable import Storage

/// What must hold of a replica at every moment, besides its rows:
///
/// - own transactions are numbered from 1 without gaps; those before the outbox have a position or
///   were refused, and none has a position that the cursor has not reached;
/// - without the pending writes every row is in an audience, and no clock names a pending one;
/// - what shows is the base with the pending transactions applied again.
extension Device {
  func checkInvariants() throws -> [String] {
    struct Undone: Error { let problems: [String] }
    do {
      try replica.database.write { engine in
        var problems = try engine.rowProblems() + engine.outboxProblems()
        let shown = try engine.dump()
        let pending = try engine.pending()
        try engine.takeOff(pending)
        problems += try engine.rowProblems() + engine.digestProblems() + engine.baseProblems()
        for transaction in pending { try engine.putBack(transaction) }
        if try engine.dump() != shown { problems.append("pending replayed shows something else") }
        throw Undone(problems: problems)
      }
    } catch let undone as Undone {
      return undone.problems.map { "\(name): \($0)" }
    }
    return []
  }

  /// What shows without the pending writes; nothing is changed.
  func baseRows() throws -> [RowID: SlowModel.Row] {
    struct Undone: Error { let rows: [RowID: SlowModel.Row] }
    do {
      try replica.database.write { engine in
        try engine.takeOff(try engine.pending())
        throw Undone(rows: try SlowModel.rows(of: engine))
      }
    } catch let undone as Undone {
      return undone.rows
    }
    return [:]
  }
}

extension Engine {
  fileprivate func outboxProblems() throws -> [String] {
    var problems: [String] = []
    let settled = try fact("settled").intValue ?? 0
    let cursor = try fact("position").intValue ?? 0
    var expected: UInt32 = 1
    for own in try transactions(where: "id >= \(LocalNumber.own) ORDER BY id") {
      if own.id.sequence != expected { problems.append("own transaction \(expected) is missing") }
      expected = own.id.sequence + 1
      if let position = own.position, position > cursor {
        problems.append("\(own.id.text) is at \(position), past the cursor \(cursor)")
      }
      if own.id.sequence <= settled, own.position == nil, own.state != .refused {
        problems.append("\(own.id.text) is before the outbox and has no outcome")
      }
    }
    return problems
  }

  fileprivate func baseProblems() throws -> [String] {
    var problems: [String] = []
    for entity in model.entities {
      let table = Guard.quote(entity.table)
      if let row = try connection.scalar("SELECT id FROM \(table) WHERE _a IS NULL LIMIT 1") {
        problems.append("\(RowID(row).text) of the base has no audience")
      }
      if let row = try connection.scalar(
        """
        SELECT \(table).id FROM \(table) JOIN _transaction ON _transaction.id = _t
        WHERE _transaction.position IS NULL LIMIT 1
        """)
      {
        problems.append("\(RowID(row).text) of the base was written by a pending transaction")
      }
    }
    return problems
  }
}
