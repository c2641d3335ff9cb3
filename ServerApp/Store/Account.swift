import Protocol

/// A person who may sync, with what they may do where.
public struct Account: Sendable, Equatable {
  /// The row id of the staff record.
  public let id: RowID
  public let name: String
  public let role: Role
  public let spaces: Spaces
  public let isActive: Bool
  /// Grows with each change of role or spaces: a device that last saw another loads anew.
  public let grantVersion: UInt32

  public enum Role: String, Sendable, CaseIterable {
    case admin, editor, reader
  }

  /// Which spaces are granted. The city is 0, and is read by all whatever is granted.
  public enum Spaces: Sendable, Equatable {
    case all
    case some(Set<Int64>)

    /// `*`, or row ids with commas.
    public var stored: String {
      switch self {
      case .all: "*"
      case .some(let spaces): spaces.sorted().map(String.init).joined(separator: ",")
      }
    }
    public init(stored: String) {
      if stored == "*" {
        self = .all
      } else {
        self = .some(Set(stored.split(separator: ",").compactMap { Int64($0) }))
      }
    }
  }

  public func mayRead(_ audience: Audience) -> Bool {
    switch spaces {
    case .all: true
    case .some(let spaces): audience.space == 0 || spaces.contains(audience.space)
    }
  }

  public func mayEdit(_ audience: Audience) -> Bool {
    guard isActive, role != .reader else { return false }
    switch spaces {
    case .all: return true
    case .some(let spaces): return spaces.contains(audience.space)
    }
  }
}

/// A replica's place on the server.
public struct DeviceRecord: Sendable {
  public let site: UInt32
  public let account: RowID
  public let name: String
  public let state: String
  public let lastSeenMilliseconds: Int64?
  public let clockOffsetMilliseconds: Int64?
  public let acknowledged: Int64
  public let lastSequence: UInt32
  public let lastChain: Hash16
  public var isActive: Bool { state == "active" }
}
