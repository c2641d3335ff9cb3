import ClientCore
import Protocol
import ServerApp
import Storage

/// Rows that many devices made, so that a database names transactions of many sites.
extension Setting {
  /// How many rows somebody makes in one transaction, where many do.
  static let handful = 10

  /// Brings all rows to the server, and to this device with it. Returns their ids.
  ///
  /// With one author the device makes them itself. With more, others make `handful` a transaction,
  /// give them to the server and are not seen again; the device then loads everything.
  func fill(_ stage: Stage, for device: Device) throws -> [RowID] {
    guard authors > 1 else {
      let ids = try insertAll(device)
      _ = try device.sync()
      return ids
    }
    var ids: [RowID] = []
    ids.reserveCapacity(rows.count)
    let share = rows.count / authors
    for author in 0..<authors {
      let other = try stage.device("author-\(author)")
      try other.replica.commitTogether { commit in
        for start in stride(from: author * share, to: (author + 1) * share, by: Self.handful) {
          try commit("") { draft in
            for row in rows[start..<start + Self.handful] {
              ids.append(try draft.create(BenchModel.entity, row.writes))
            }
          }
        }
      }
      try other.give(share / Self.handful)
      try stage.leave(other)
    }
    _ = try device.sync()
    return ids
  }
}
