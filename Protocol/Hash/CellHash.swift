import CXXHash

/// The hash of one cell; a digest is the sum, modulo 2^64, of the hashes of all cells (DESIGN 5).
///
/// The clock goes in as (HLC, site, sequence), never as a local number; the value in its wire
/// encoding. The sum does not depend on order, so it is kept up to date by subtracting what a write
/// replaces and adding what it puts there. XXH64 guards against damage and bugs, not against an
/// attacker, who has nothing to gain from a false alarm.
///
/// Input bytes: FORMAT.md section 7. Source: Yann Collet, "xxHash", specification of XXH64.
public enum CellHash {
  /// The seed shared by all cells of a row that one transaction wrote.
  @inline(__always)
  public static func seed(row: Int64, hlc: UInt64, site: UInt32, sequence: UInt32) -> UInt64 {
    var input = (
      UInt64(bitPattern: row).littleEndian, hlc.littleEndian,
      (UInt64(site) << 32 | UInt64(sequence)).littleEndian
    )
    return kaai_xxh64(&input, 24, 0)
  }

  /// A register, a further head, a set element, a map key, a counter's sum, a life.
  @inline(__always)
  public static func cell(seed: UInt64, tag: Tag, value: UnsafeRawBufferPointer) -> UInt64 {
    kaai_xxh64(value.baseAddress, value.count, seed &+ UInt64(tag) &* 0x9E37_79B9_7F4A_7C15)
  }
}
