import Foundation

/// The clock on the wall of a place: turns wall time into instants and back.
///
/// Once a year an hour does not exist and once an hour comes twice. A time in the missing hour has
/// no instant; of a doubled time the first is meant, the one still in summer time.
public struct WallClock: Sendable {
  private let zone: TimeZone

  public init(_ zone: TimeZone) { self.zone = zone }

  /// Foundation brings its own table of time zones, so the zone is always there.
  public static let brussels: WallClock = {
    guard let zone = TimeZone(identifier: "Europe/Brussels") else {
      preconditionFailure("Foundation has no time zone Europe/Brussels")
    }
    return WallClock(zone)
  }()

  public enum Reading: Hashable, Sendable {
    case instant(milliseconds: Int64)
    /// The clocks were put forward over this time.
    case missing
    /// The clocks were put back: both instants show this time.
    case doubled(first: Int64, second: Int64)
  }

  public func reading(of wall: CivilTime) -> Reading {
    let local = wall.milliseconds
    let day: Int64 = 86_400_000
    // Clocks change at most once in two days: the offsets before and after are the only candidates.
    let offsets = Set([offset(at: local - day), offset(at: local + day)])
    let instants = offsets.map { local - $0 }.filter { offset(at: $0) == local - $0 }.sorted()
    guard let first = instants.first else { return .missing }
    guard let second = instants.dropFirst().first else { return .instant(milliseconds: first) }
    return .doubled(first: first, second: second)
  }

  /// The wall time at an instant; nil outside the years 1 to 9999.
  public func wall(at milliseconds: Int64) -> CivilTime? {
    let (sum, overflow) = milliseconds.addingReportingOverflow(offset(at: milliseconds))
    return overflow ? nil : CivilTime(milliseconds: sum)
  }

  /// Milliseconds to add to UTC.
  private func offset(at milliseconds: Int64) -> Int64 {
    let date = Date(timeIntervalSince1970: Double(milliseconds) / 1_000)
    return Int64(zone.secondsFromGMT(for: date)) * 1_000
  }
}
