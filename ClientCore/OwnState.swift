import Protocol
import Storage

/// What a new own transaction continues from. Kept with the engine until the file changes or a
/// transaction is undone.
struct OwnState {
  let site: UInt32
  let user: Int64
  let nextSequence: UInt32
  let lastStamp: HLC
  let lastChain: Hash16
  let lastRow: UInt32
  /// The greatest stamp that came from the server.
  let greatestMerged: HLC
  /// The last own transaction whose refusal is known.
  let knownRefused: UInt32
  let cursor: Cursor
  /// The sites that this replica bore before.
  let forebears: [Forebear]

  /// Whether a transaction was made by this replica, under the site that it has or an earlier one.
  func isOwn(_ id: TransactionID) -> Bool {
    id.site == site || forebears.contains { $0.includes(id) }
  }

  /// The name of the own transaction with this sequence.
  func id(_ sequence: UInt32) -> TransactionID {
    let older = forebears.last { sequence <= $0.lastShared }
    return TransactionID(site: older?.site ?? site, sequence: sequence)
  }

  /// Of a database in memory, where no transaction is an own one.
  static let nobody = OwnState(
    site: 0, user: 0, nextSequence: 1, lastStamp: .zero, lastChain: .zero, lastRow: 0,
    greatestMerged: .zero, knownRefused: 0, cursor: .none, forebears: [])

  static func load(_ engine: Engine) throws -> OwnState {
    if let own = engine.own as? OwnState { return own }
    guard let site = try engine.fact("site").intValue else { throw ReplicaError.notEnrolled }
    let last = try engine.transactions(
      where: "id >= \(LocalNumber.own) ORDER BY id DESC LIMIT 1"
    ).first
    let own = OwnState(
      site: UInt32(truncatingIfNeeded: site), user: try engine.fact("user").intValue ?? 0,
      nextSequence: (last?.id.sequence ?? 0) + 1, lastStamp: last?.stamp ?? .zero,
      lastChain: last?.chain ?? .zero, lastRow: UInt32(last?.lastRow ?? 0),
      greatestMerged: HLC(
        raw: UInt64(bitPattern: try engine.fact("greatestStamp").intValue ?? 0)),
      knownRefused: UInt32(
        truncatingIfNeeded: try engine.fact("knownRefused").intValue ?? 0),
      cursor: try Replica.cursor(engine), forebears: try engine.forebears())
    engine.own = own
    return own
  }
}
