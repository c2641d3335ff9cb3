/// A hybrid logical clock reading: 48 bits of milliseconds since 1970, 16 bits of counter.
///
/// Ordered by milliseconds, then counter; equal readings are told apart by site (`Stamp`).
///
/// Source: Kulkarni et al., "Logical Physical Clocks and Consistent Snapshots in Globally
/// Distributed Databases", 2014.
public struct HLC: Hashable, Comparable, Sendable {
  public let raw: UInt64

  public init(raw: UInt64) { self.raw = raw }
  public init(milliseconds: Int64, counter: UInt16 = 0) {
    raw = UInt64(max(0, min(milliseconds, Self.maximumMilliseconds))) << 16 | UInt64(counter)
  }

  public static let zero = HLC(raw: 0)
  /// The year 6429: what a signed 64-bit column can hold.
  public static let maximumMilliseconds: Int64 = (1 << 47) - 1

  public var milliseconds: Int64 { Int64(raw >> 16) }
  public var counter: UInt16 { UInt16(truncatingIfNeeded: raw) }

  public static func < (a: HLC, b: HLC) -> Bool { a.raw < b.raw }

  /// The next reading after this one; a full counter carries into the milliseconds.
  public var next: HLC { HLC(raw: raw + 1) }

  /// The reading for an event at `milliseconds` that comes after this one.
  public func advanced(to milliseconds: Int64) -> HLC {
    let wall = HLC(milliseconds: milliseconds)
    return wall > self ? wall : next
  }
}

/// What orders writes everywhere alike: last writer by (HLC, site).
public struct Stamp: Hashable, Comparable, Sendable {
  public let hlc: HLC
  public let site: UInt32
  public init(hlc: HLC, site: UInt32) {
    self.hlc = hlc
    self.site = site
  }
  public static func < (a: Stamp, b: Stamp) -> Bool {
    a.hlc == b.hlc ? a.site < b.site : a.hlc < b.hlc
  }
}

/// The name of a transaction: its site and that site's own counter, from 1, without gaps.
public struct TransactionID: Hashable, Sendable, Comparable {
  public let site: UInt32
  public let sequence: UInt32
  public init(site: UInt32, sequence: UInt32) {
    self.site = site
    self.sequence = sequence
  }
  public var text: String { "\(site):\(sequence)" }
  public static func < (a: TransactionID, b: TransactionID) -> Bool {
    a.site == b.site ? a.sequence < b.sequence : a.site < b.site
  }
}

/// A place in the server's log: the position up to which a replica has merged, in one epoch.
public struct Cursor: Hashable, Sendable {
  /// The random number of the epoch; 0 with position 0 is "nothing yet".
  public let epoch: UInt64
  public let position: Int64
  public init(epoch: UInt64, position: Int64) {
    self.epoch = epoch
    self.position = position
  }
  public static let none = Cursor(epoch: 0, position: 0)
}
