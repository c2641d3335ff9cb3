import CSQLite
import ClientCore
import Protocol
import Storage

/// The trace as one person's edits on one device.
struct Replay {
  let trace: EditTrace
  let device: Device
  let stage: Stage

  /// Returns the CPU seconds of all transactions.
  func onDevice() throws -> Double {
    var ids: [String: RowID] = [:]
    return try Stopwatch.seconds {
      for changeset in trace.changesets {
        stage.system.advance(1_000)
        try device.replica.commit { draft in
          for edit in changeset.edits { try apply(edit, &draft, &ids) }
        }
      }
    }
  }

  private func apply(
    _ edit: EditTrace.Edit, _ draft: inout Draft, _ ids: inout [String: RowID]
  ) throws {
    switch edit {
    case .add(let id, let writes): ids[id] = try draft.create(TraceModel.entity, writes)
    case .set(let id, let tag, let value):
      guard let row = ids[id] else {
        throw BenchError.wrongEnd("\(id) is changed before it is there")
      }
      try draft.apply(.write(TraceModel.entity, row, [(tag, value)]))
    case .delete(let id):
      guard let row = ids.removeValue(forKey: id) else {
        throw BenchError.wrongEnd("\(id) is deleted before it is there")
      }
      try draft.apply(.delete(TraceModel.entity, row))
    }
  }
}

/// The trace in plain SQLite: the same transactions on the same table, and nothing kept of them.
struct PlainReplay {
  let seconds: Double
  let megabytes: Double

  init(trace: EditTrace, path: String) throws {
    let database = try PlainSQLite(path)
    let connection = database.connection
    let names = TraceModel.fields.map { "\"\(TraceModel.column($0))\"" }.joined(separator: ", ")
    try connection.execute("CREATE TABLE conference (id INTEGER PRIMARY KEY, \(names))")
    let marks = TraceModel.fields.map { _ in ", ?" }.joined()
    let insert = try connection.statement("INSERT INTO conference VALUES (?\(marks))")
    let delete = try connection.statement("DELETE FROM conference WHERE id = ?")
    let updates = try TraceModel.fields.map {
      try connection.statement(
        "UPDATE conference SET \"\(TraceModel.column($0))\" = ? WHERE id = ?")
    }
    var ids: [String: Int64] = [:]
    var next = RowID(site: 1 << 30, counter: 1).raw
    seconds = try Stopwatch.seconds {
      for changeset in trace.changesets {
        try database.transaction {
          for edit in changeset.edits {
            switch edit {
            case .add(let id, let writes):
              ids[id] = next
              insert.bind(1, next)
              for column in TraceModel.fields.indices { insert.bindNull(2 + column) }
              for (tag, value) in writes { insert.bind(2 + Int(tag) - 16, value) }
              next += 1
              try insert.run()
            case .set(let id, let tag, let value):
              let update = updates[Int(tag) - 16]
              update.bind(1, value)
              update.bind(2, ids[id])
              try update.run()
            case .delete(let id):
              delete.bind(1, ids.removeValue(forKey: id))
              try delete.run()
            }
          }
        }
      }
    }
    database.close()
    megabytes = try PlainSQLite.megabytes(path)
  }
}
