/// Finds in constant time which of many consecutive stretches of versions holds one: for every 64th
/// version it knows the stretch, and from there it is at most 64 steps on.
struct VersionTable: Sendable {
  private var stretches: [Int32] = []

  private static let shift = 6

  /// Tells that the stretch with this index, the last one, goes up to `end`.
  @inline(__always)
  mutating func extend(_ index: Int, to end: Int32) {
    while stretches.count << Self.shift < Int(end) { stretches.append(Int32(index)) }
  }

  /// A stretch at or before the one that holds `version`, which must be covered.
  @inline(__always)
  func stretch(before version: Int32) -> Int { Int(stretches[Int(version) >> Self.shift]) }
}
