import Protocol
import Storage

/// The sites that a replica bore before another copy of it had synced under them, the last first.
extension Engine {
  func forebears() throws -> [Forebear] {
    guard case .bytes(let bytes) = try fact("forebears") else { return [] }
    return try bytes.decode { reader throws(DecodeError) in
      var result: [Forebear] = []
      while !reader.isAtEnd {
        let site = try reader.uint32(what: "site")
        result.append(Forebear(site: site, lastShared: try reader.uint32(what: "sequence")))
      }
      return result
    }
  }

  /// The replica gets a new site; what it made up to `lastShared` it made under the old one.
  func addForebear(_ forebear: Forebear) throws {
    var writer = ByteWriter()
    for present in [forebear] + (try forebears()).prefix(Forebear.limit - 1) {
      writer.varint(present.site)
      writer.varint(min(present.lastShared, forebear.lastShared))
    }
    try setFact("forebears", .bytes(writer.bytes))
    own = nil
  }
}
