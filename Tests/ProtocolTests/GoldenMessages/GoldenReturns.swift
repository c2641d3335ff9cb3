import Protocol

/// What passes between the device of `GoldenRequests` and a server that was put back, and what a copy
/// of it says.
enum GoldenReturns {
  private static let other: UInt32 = 2_000_000_000
  private static let newSite: UInt32 = 4_321
  private static let bo: Int64 = 1 << 31 | 2
  private static let noon = GoldenRequests.noon
  private static let olderEpoch: UInt64 = 0x0F0F_0F0F_0F0F_0F0F

  static var request: SyncRequest {
    var request = GoldenRequests.first
    request.wantsAll = false
    request.cursor = [UInt8](100..<148)
    request.lastSequence = 3
    request.lastChain = Hash16(low: 3, high: 3)
    request.waypoints = [[UInt8](100..<148), [UInt8](50..<98)]
    request.returned = returned
    request.witness = [UInt8](150..<198)
    return request
  }

  static var claim: SyncRequest {
    var request = GoldenRequests.first
    request.wantsAll = false
    request.lastSequence = 3
    request.lastChain = Hash16(low: 3, high: 3)
    request.confirmedSequence = 1
    request.claim = SiteClaim(
      token: "0123456789ABCDEFGHJKMNPQRSTVWXYZ0123456789ABCDEFGHJK", firstSequence: 2,
      chains: [Hash16(low: 2, high: 2), Hash16(low: 3, high: 3)])
    return request
  }

  static let site = SyncResponse(
    status: .clone, modelVersion: 1, clockMilliseconds: noon, userName: "An Peeters",
    userID: GoldenRequests.user, grantVersion: 3, editsAll: true, lastSequence: 9,
    outcomes: [
      Outcome(
        sequence: 2, verdict: .merged(position: 44, stamp: HLC(milliseconds: noon, counter: 1)))
    ], newSite: SiteGrant(site: newSite, lastShared: 2))

  static let restored = SyncResponse(
    status: .restored, modelVersion: 1, clockMilliseconds: noon, userName: "An Peeters",
    userID: GoldenRequests.user, grantVersion: 3, editsAll: true, lastSequence: 1,
    outcomes: [Outcome(sequence: 2, verdict: .refused(.refusedBefore, detail: ""))],
    cursor: Cursor(epoch: GoldenRequests.epoch, position: 803), sealedCursor: [UInt8](150..<198),
    sharedPosition: 800, safePosition: 790)

  /// A whole one that was lost before, a part of another, and a refusal.
  private static var returned: [UInt8] {
    var builder = BatchBuilder()
    builder.append(
      transaction(other, 7, position: 801, user: bo), nonce: GoldenRequests.secondNonce,
      chain: Hash16(low: 7, high: 7))
    builder.append(.write(2, GoldenRequests.row, [(16, "Tech Lane")]), audience: 0)
    builder.appendPlace(Cursor(epoch: olderEpoch, position: 850))
    builder.append(
      transaction(other, 8, position: 803, user: bo, mode: .partial), nonce: .zero, chain: .zero)
    builder.append(.increment(2, GoldenRequests.row, 21, 2), audience: 0)
    builder.appendHidden(transaction: 1, index: 0, hash: Hash16(low: 0xABCD, high: 0xEF))
    builder.append(
      transaction(
        GoldenRequests.site, 2, position: 0, user: GoldenRequests.user, mode: .refused),
      nonce: GoldenRequests.firstNonce, chain: Hash16(low: 2, high: 2))
    builder.append(.add(2, GoldenRequests.row, 20, "haven"), audience: 0)
    return builder.finish()
  }

  private static func transaction(
    _ site: UInt32, _ sequence: UInt32, position: Int64, user: Int64,
    mode: TransactionMode = .full
  ) -> BatchTransaction {
    let stamp = HLC(milliseconds: noon, counter: UInt16(sequence))
    return BatchTransaction(
      id: TransactionID(site: site, sequence: sequence), stamp: stamp, authorStamp: stamp,
      user: user, seen: Cursor(epoch: GoldenRequests.epoch, position: 790), modelVersion: 1,
      knownRefused: 0, label: "", position: position, operationCount: 1, mode: mode)
  }
}
