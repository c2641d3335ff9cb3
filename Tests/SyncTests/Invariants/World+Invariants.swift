import Protocol
import Testing

@testable import ServerApp
@testable import Storage

/// What must hold of a server at every moment, besides its rows:
///
/// - positions run from 1 to the head without gaps, with the running hash and the greatest stamp;
/// - the feed tells every audience that a transaction touched, and nobody else;
/// - every row has the audience that its fields give it;
/// - a grave stands only for a row that is not there;
/// - what a device was told of is what its last transaction says, and it acknowledged no more than
///   there is.
extension World {
  func checkInvariants() throws -> [String] {
    try store.database.write { engine in
      let problems =
        try engine.rowProblems() + engine.digestProblems() + engine.logProblems()
        + engine.graveProblems() + engine.deviceProblems() + engine.audienceProblems()
      return problems.map { "server: \($0)" }
    }
  }
}

extension Engine {
  fileprivate func logProblems() throws -> [String] {
    var problems: [String] = []
    var expected: Int64 = 1
    var greatest = HLC.zero
    var history = Hash16.zero
    var erased: Set<Int64> = []
    for stored in try transactions(where: "id > 0") {
      erased.formUnion(
        try stored.decodedOperations().filter { $0.kind == .erase }.map(\.row.raw))
    }
    let older = try fact("hashOfChains").intValue ?? 0
    for stored in try transactions(where: "id > 0 ORDER BY id") {
      if stored.number != expected || stored.position != expected {
        problems.append("position \(expected) is missing")
      }
      greatest = max(greatest, stored.stamp)
      if try greatestStamp(at: expected) != greatest {
        problems.append("the greatest stamp at \(expected) is wrong")
      }
      let kept = try self.history(at: expected) ?? .zero
      // What was erased of a transaction had been hashed before.
      let isErased = try stored.nonce == .zero && !erased.isDisjoint(with: rows(of: stored))
      let isKnown = expected <= older || isErased
      if kept != Engine.history(after: history, stored), !isKnown {
        problems.append("the running hash at \(expected) is wrong")
      }
      history = kept
      let effects = try Effects(encoded: stored.extra)
      if effects.audiences.count != stored.operationCount {
        problems.append("\(stored.id.text) has operations without effects")
      }
      if try feed(at: expected) != effects.touchedAudiences {
        problems.append("the feed at \(expected) is not what \(stored.id.text) touched")
      }
      expected += 1
    }
    return problems
  }

  private func rows(of stored: StoredTransaction) throws -> Set<Int64> {
    let effects = try Effects(encoded: stored.extra)
    return Set(try stored.decodedOperations().map(\.row.raw) + effects.extras.map(\.row.raw))
  }

  private func feed(at position: Int64) throws -> Set<Int64> {
    let statement = try connection.statement("SELECT audience FROM _feed WHERE position = ?")
    defer { statement.reset() }
    statement.bind(1, position)
    var result: Set<Int64> = []
    while try statement.step() { result.insert(statement.int(0)) }
    return result
  }

  fileprivate func audienceProblems() throws -> [String] {
    var problems: [String] = []
    for entity in model.entities {
      var rows: [Int64] = []
      try forEachRecord(entity.tag) { record in
        rows.append(record.id.raw)
        return true
      }
      for row in rows {
        guard let number = try rowAudience(entity.tag, row) else { continue }
        let present = try audience(number)
        let expected = try SpaceResolver(engine: self).audience(entity, row, present: present)
        if present != expected {
          problems.append("\(RowID(row).text) is in space \(present.space), not \(expected.space)")
        }
      }
    }
    return problems
  }

  fileprivate func graveProblems() throws -> [String] {
    var problems: [String] = []
    for entity in model.entities {
      let table = Guard.quote(entity.table)
      if let row = try connection.scalar(
        "SELECT row FROM _grave JOIN \(table) ON id = row LIMIT 1")
      {
        problems.append("\(RowID(row).text) lives and has a grave")
      }
    }
    return problems
  }

  fileprivate func deviceProblems() throws -> [String] {
    var problems: [String] = []
    for device in try devices("site > ?", 0) {
      let last = max(
        try connection.scalar(
          "SELECT max(sequence) FROM _transaction WHERE site = ?", Int64(device.site)) ?? 0,
        try connection.scalar(
          "SELECT max(sequence) FROM _quarantine WHERE site = ?", Int64(device.site)) ?? 0,
        // A site that goes on from another counts on from there.
        Int64(try forebears(of: device.site).first?.lastShared ?? 0))
      // Others may have returned more than its own device has offered since a backup was put back.
      let isLast = try hasLives() ? last >= device.lastSequence : last == device.lastSequence
      if !isLast {
        problems.append("\(device.name) is said to end at \(device.lastSequence), not \(last)")
      }
      if device.acknowledged > (try head()) {
        problems.append("\(device.name) acknowledged what is not there")
      }
    }
    return problems
  }
}
