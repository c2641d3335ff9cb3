import Protocol
import Storage

/// Takes an answer into the replica: base plus pending (DESIGN 5).
extension SyncSession {
  /// Undo the pending writes, apply to the base, replay.
  mutating func rebase(
    _ response: SyncResponse, _ pages: [[UInt8]]?, _ engine: Engine, _ own: OwnState,
    _ summary: inout Summary
  ) throws {
    let endsReload = try pages != nil && engine.fact("reloading").intValue == 1
    let isNeeded =
      try pages?.isEmpty == false || endsReload || !response.outcomes.isEmpty
      || (pages != nil && engine.hasUnseen(through: response.cursor.position))
    guard isNeeded else { return }
    let partial = try PartialRebase(engine, response, pages, own, replica.limits, plain: plain)
    if let partial {
      plain = partial.plain
      let greatest = try partial.run(&summary) { page, applier in
        try keep(page, applier, response.sealedCursor, engine)
      }
      try settle(engine, own, greatest)
      return
    }
    if endsReload { try engine.forgetLostPositions() }
    var pending = try engine.pending()
    // A base that is emptied needs nothing taken off.
    if !endsReload { try engine.takeOff(pending) }
    CrashPoint.reach(.applyTakenOff)
    try takeOutcomes(response, engine, &pending, &summary)
    CrashPoint.reach(.applyOutcomes)
    if endsReload {
      try engine.emptyBase()
      CrashPoint.reach(.reloadEmptied)
    }
    var applier = PageApplier(engine: engine, own: own)
    if endsReload {
      try engine.forEachStaged { page, cursor in
        guard !page.isEmpty else { return }
        try applier.apply(page, limits: replica.limits)
        try keep(page, applier, cursor, engine)
      }
      try engine.endReload()
      try engine.endReturning()
    }
    for page in pages ?? [] {
      try applier.apply(page, limits: replica.limits)
      try keep(page, applier, response.sealedCursor, engine)
      summary.received += 1
    }
    summary.merged += applier.mergedByEcho
    try engine.flushDigest()
    var gone = applier.confirmed
    if pages != nil {
      gone.formUnion(try engine.settleUnseen(through: response.cursor.position))
    }
    for transaction in pending where !gone.contains(transaction.id.sequence) {
      try engine.putBack(transaction)
    }
    try settle(engine, own, applier.greatest)
  }

  /// Notes where the outbox begins now, and the greatest stamp that was merged.
  private func settle(_ engine: Engine, _ own: OwnState, _ greatest: HLC) throws {
    let settled = try engine.firstPending().map { $0 - LocalNumber.own - 1 }
    if settled == nil { try engine.forgetRestored() }
    try engine.setFact("settled", .int(settled ?? Int64(own.nextSequence) - 1))
    let merged = max(own.greatestMerged, greatest)
    try engine.setFact("greatestStamp", .int(Int64(bitPattern: merged.raw)))
    engine.forget()
  }

  private func keep(
    _ page: [UInt8], _ applier: PageApplier, _ cursor: [UInt8], _ engine: Engine
  ) throws {
    let insert = try engine.connection.statement(
      "INSERT OR REPLACE INTO _page (first, last, body, at, cursor) VALUES (?, ?, ?, ?, ?)")
    insert.bind(1, applier.range.first)
    insert.bind(2, applier.range.last)
    insert.bind(4, applier.lastMilliseconds)
    insert.bind(5, cursor)
    try page.withUnsafeBytes {
      insert.bindBlob(3, static: $0)
      try insert.run()
    }
    for (erasure, position) in applier.erasures {
      try engine.erase(erasure, before: position, replica.limits)
    }
  }

  func takeOutcomes(
    _ response: SyncResponse, _ engine: Engine, _ pending: inout [StoredTransaction],
    _ summary: inout Summary
  ) throws {
    var byName = Dictionary(
      pending.enumerated().map { ($1.id.sequence, $0) }, uniquingKeysWith: { first, _ in first })
    var refused: Set<UInt32> = []
    for outcome in response.outcomes {
      // An outcome that came before, or of a page that was applied, says nothing new.
      guard let index = byName.removeValue(forKey: outcome.sequence) else { continue }
      switch outcome.verdict {
      case .merged(let position, let stamp):
        summary.merged += 1
        if stamp != pending[index].stamp { summary.moved += 1 }
        pending[index].stamp = stamp
        let update = try engine.connection.statement(
          "UPDATE _transaction SET state = 1, hlc = ?, greatest = ? WHERE id = ?")
        update.bind(1, Int64(bitPattern: stamp.raw))
        update.bind(2, position)
        update.bind(3, pending[index].number)
        try update.run()
        engine.rememberPending(pending[index].writer)
      case .refused(let reason, let detail):
        summary.refused += 1
        refused.insert(outcome.sequence)
        try engine.reject(pending[index], reason, detail, at: response.clockMilliseconds)
        try engine.setFact("knownRefused", .int(Int64(outcome.sequence)))
      }
    }
    pending.removeAll { refused.contains($0.id.sequence) }
    try keepInOrder(&pending, engine)
  }

  /// A transaction that the server moved stays below those its author made after it.
  private func keepInOrder(_ pending: inout [StoredTransaction], _ engine: Engine) throws {
    for index in pending.indices.dropFirst() {
      let previous = pending[index - 1].stamp
      guard pending[index].stamp <= previous else { continue }
      pending[index].stamp = previous.next
      let update = try engine.connection.statement("UPDATE _transaction SET hlc = ? WHERE id = ?")
      update.bind(1, Int64(bitPattern: pending[index].stamp.raw))
      update.bind(2, pending[index].number)
      try update.run()
      engine.rememberPending(pending[index].writer)
    }
  }
}
