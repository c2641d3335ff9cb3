/// Counting and finding scalars in UTF-8, eight bytes at a time.
///
/// A scalar is counted by its first byte: every byte that does not have the form `10xxxxxx`.
enum UTF8Scalars {
  /// How many scalars begin in these bytes.
  @inline(__always)
  static func count(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int {
    let raw = UnsafeRawPointer(bytes)
    var continuing = 0
    var index = 0
    while index + 8 <= count {
      continuing += continuations(raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
      index += 8
    }
    while index < count {
      if bytes[index] & 0xC0 == 0x80 { continuing += 1 }
      index += 1
    }
    return count - continuing
  }

  /// The offset of the scalar `scalars` further on from a scalar's first byte; the bytes must have
  /// that many or end there.
  @inline(__always)
  static func offset(_ bytes: UnsafePointer<UInt8>, _ count: Int, scalars: Int) -> Int {
    let raw = UnsafeRawPointer(bytes)
    var left = scalars
    var index = 0
    while index + 8 <= count {
      let starting = 8 - continuations(raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
      // What is sought may begin after this word only if the word begins no more than are left.
      if starting > left { break }
      left -= starting
      index += 8
    }
    while index < count {
      if bytes[index] & 0xC0 != 0x80 {
        if left == 0 { return index }
        left -= 1
      }
      index += 1
    }
    return index
  }

  /// How many of eight bytes are continuations: the top bit set, the next one clear.
  @inline(__always)
  private static func continuations(_ word: UInt64) -> Int {
    ((word >> 7) & ~(word >> 6) & 0x0101_0101_0101_0101).nonzeroBitCount
  }
}
