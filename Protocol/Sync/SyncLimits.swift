/// Every bound of a sync in one place. What exceeds one is refused before anything is allocated.
public struct SyncLimits: Sendable {
  /// Compressed body of a request or answer.
  public var bodyBytes = 8 << 20
  /// The same inflated.
  public var inflatedBytes = 16 << 20
  public var transactionsPerBatch = 100_000
  public var operationsPerBatch = 400_000
  public var operationsPerTransaction = 10_000
  /// Encoded operations of one transaction.
  public var transactionBytes = 4 << 20
  public var labelBytes = 200
  public var nameBytes = 400
  /// Uncompressed bytes after which a page or an upload ends, at a whole transaction.
  public var pageBytes = 1 << 20
  /// Transactions after which a page ends: what a reader holds of each is many times its bytes.
  public var transactionsPerPage = 8_192
  public var smallestPageBytes = 4 << 10
  public var sitesPerBatch = 100_000
  public var jumpsPerRequest = 1_000
  /// Earlier cursors that a request may show.
  public var waypointsPerRequest = 256
  /// Chains that a replica shows with the claim of a new site.
  public var chainsPerClaim = 65_536
  /// Copies of one replica that get a site of their own.
  public var copiesPerSite = 64
  public var audiencesPerReplica = 4_096
  /// A device that was not heard of for longer holds no tombstone: it loads anew when it comes back.
  public var horizonMilliseconds: Int64 = 90 * 86_400_000

  public init() {}
  public static let standard = SyncLimits()
}
