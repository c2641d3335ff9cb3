import Protocol
import Storage

/// The history of one record, for whoever asks for more of it than a device holds.
extension SQLiteServerStore {
  /// Parts beyond these are left out: no honest record has so many.
  private static let partLimit = 400

  public func history(for device: DeviceRecord, _ request: HistoryRequest) throws
    -> HistoryResponse
  {
    try database.read { engine in
      guard let account = try engine.account(id: device.account) else {
        throw ExchangeError.revoked
      }
      let reader = PageReader(
        engine: engine, account: account, site: device.site, echoes: false,
        rows: try rows(of: request.row.raw, engine))
      let asked = min(max(request.pageBytes, limits.smallestPageBytes), limits.pageBytes)
      let page = try reader.page(
        after: request.after, head: try engine.head(), byteLimit: asked, limits: limits)
      return HistoryResponse(through: page.position, hasMore: page.hasMore, page: page.bytes)
    }
  }

  /// A record's row and all that hangs below it, dead or alive.
  private func rows(of row: Int64, _ engine: Engine) throws -> [Int64] {
    var rows: [Int64] = [row]
    var seen: Set<Int64> = [row]
    var next = 0
    while next < rows.count, rows.count < Self.partLimit {
      let present = rows[next]
      next += 1
      var below = try engine.buriedBelow(present)
      for entity in engine.model.entities {
        guard let parent = entity.parent else { continue }
        below += try engine.ids(entity, where: parent, is: present)
      }
      for part in below where seen.insert(part).inserted { rows.append(part) }
    }
    return Array(rows.prefix(Self.partLimit))
  }
}
