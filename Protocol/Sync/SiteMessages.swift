/// A replica asks for a site of its own: another copy of it has synced under the one it has.
public struct SiteClaim: Sendable, Hashable {
  /// The secret that the new site will come with. The replica draws it and keeps it before it asks,
  /// so that a request that is repeated gets the same site.
  public let token: String
  /// The sequence after which the first of `chains` stands.
  public let firstSequence: UInt32
  /// The replica's chain after each of its transactions from `firstSequence` on: the server finds the
  /// last one that it has too.
  public let chains: [Hash16]

  public init(token: String, firstSequence: UInt32, chains: [Hash16]) {
    self.token = token
    self.firstSequence = firstSequence
    self.chains = chains
  }

  func write(to writer: inout ByteWriter) {
    writer.text(token)
    writer.varint(firstSequence)
    writer.varint(chains.count)
    for chain in chains { writer.hash(chain) }
  }

  init(from part: inout ByteReader, limits: SyncLimits) throws(DecodeError) {
    token = try part.text(limit: 256, what: "token")
    firstSequence = try part.uint32(what: "sequence")
    var chains: [Hash16] = []
    for _ in 0..<(try part.count(limit: limits.chainsPerClaim, what: "number of chains")) {
      chains.append(try part.hash16())
    }
    self.chains = chains
  }
}

/// What a claim is answered with.
public struct SiteGrant: Sendable, Hashable {
  public let site: UInt32
  /// The last transaction of the old site that the replica made too: the new site goes on after it.
  public let lastShared: UInt32

  public init(site: UInt32, lastShared: UInt32) {
    self.site = site
    self.lastShared = lastShared
  }

  func write(to writer: inout ByteWriter) {
    writer.varint(site)
    writer.varint(lastShared)
  }

  init(from part: inout ByteReader) throws(DecodeError) {
    site = try part.uint32(what: "site")
    guard site > 0, site <= UInt32(Int32.max) else {
      throw .outOfBounds(what: "site", offset: part.index)
    }
    lastShared = try part.uint32(what: "sequence")
  }
}
