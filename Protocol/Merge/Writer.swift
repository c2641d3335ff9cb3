/// Who wrote a value and when: what a merge asks of a transaction.
public struct Writer: Sendable, Hashable {
  /// The number by which the store keeps the transaction; never leaves it.
  public let number: Int64
  public let id: TransactionID
  public let hlc: HLC
  public let user: Int64
  /// The position in the server's log; `Writer.pending` while there is none.
  public let position: Int64

  public static let pending = Int64.max

  public init(number: Int64, id: TransactionID, hlc: HLC, user: Int64, position: Int64) {
    self.number = number
    self.id = id
    self.hlc = hlc
    self.user = user
    self.position = position
  }

  public var stamp: Stamp { Stamp(hlc: hlc, site: id.site) }

  /// As another end knows it; position 0 while there is none.
  public var reference: TransactionReference {
    TransactionReference(
      id: id, stamp: hlc, user: user, position: position == Writer.pending ? 0 : position)
  }
}

/// What the author of a write had before their eyes: decides causal or concurrent exactly.
public struct Knowledge: Sendable {
  public let site: UInt32
  public let sequence: UInt32
  /// `seen`, as a position of the server's present numbering.
  public let seen: Int64
  /// What one position cannot say; nil almost always.
  public let beyond: Beyond?

  public init(site: UInt32, sequence: UInt32, seen: Int64, beyond: Beyond? = nil) {
    self.site = site
    self.sequence = sequence
    self.seen = seen
    self.beyond = beyond
  }

  /// Whether the author knew what `writer` wrote: at or below `seen`, or their own earlier write,
  /// also within the same transaction.
  @inline(__always)
  public func covers(_ writer: Writer) -> Bool {
    if writer.position <= seen || (writer.id.site == site && writer.id.sequence <= sequence) {
      return true
    }
    return beyond?.covers(writer) ?? false
  }

  /// Knowledge from before a server was put back, or from before a copy of a replica got a site of
  /// its own.
  public final class Beyond: Sendable {
    /// Positions above `seen` of transactions that stood at or below the author's `seen` in a life of
    /// the log that was lost, and were returned since.
    private let positions: Set<Int64>
    private let forebears: [Forebear]

    public init?(positions: Set<Int64>, forebears: [Forebear]) {
      if positions.isEmpty, forebears.isEmpty { return nil }
      self.positions = positions
      self.forebears = forebears
    }

    func covers(_ writer: Writer) -> Bool {
      positions.contains(writer.position) || forebears.contains { $0.includes(writer.id) }
    }
  }
}

/// A site that a replica bore before: its transactions up to `lastShared` are the replica's own.
public struct Forebear: Sendable, Hashable {
  public let site: UInt32
  public let lastShared: UInt32

  public init(site: UInt32, lastShared: UInt32) {
    self.site = site
    self.lastShared = lastShared
  }

  public func includes(_ id: TransactionID) -> Bool {
    id.site == site && id.sequence <= lastShared
  }

  /// How often a replica may get a new site: a bound, far above what disks go through.
  public static let limit = 64
}
