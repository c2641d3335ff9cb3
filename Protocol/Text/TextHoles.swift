/// Where inserted text was erased for good.
///
/// In memory an erased scalar is U+FFFD, so that all lengths stay; in bytes nothing stands for it.
enum TextHoles {
  static let mark: [UInt8] = [0xEF, 0xBF, 0xBD]

  /// `content` without what stands in the holes, which are ranges of its scalars.
  static func removed(_ holes: [Range<Int>], from content: [UInt8]) -> [UInt8] {
    if holes.isEmpty { return content }
    return pieces(of: content, between: holes).flatMap { Array(content[$0.kept]) }
  }

  /// `content`, in which nothing stands for the holes, with a mark for each erased scalar.
  static func filled(_ holes: [Range<Int>], in content: [UInt8]) -> [UInt8] {
    if holes.isEmpty { return content }
    var result: [UInt8] = []
    var offset = 0
    var scalars = 0
    for hole in holes {
      let end = byteOffset(in: content, from: offset, scalars: hole.lowerBound - scalars)
      result.append(contentsOf: content[offset..<end])
      for _ in hole { result.append(contentsOf: mark) }
      offset = end
      scalars = hole.upperBound
    }
    result.append(contentsOf: content[offset...])
    return result
  }

  /// `content` with marks in the place of what stands in the holes.
  static func erased(_ holes: [Range<Int>], in content: [UInt8]) -> [UInt8] {
    if holes.isEmpty { return content }
    var result: [UInt8] = []
    for piece in pieces(of: content, between: holes) {
      result.append(contentsOf: content[piece.kept])
      for _ in 0..<piece.erased { result.append(contentsOf: mark) }
    }
    return result
  }

  /// Stretches of bytes that stay, each with the number of erased scalars after it.
  private static func pieces(
    of content: [UInt8], between holes: [Range<Int>]
  ) -> [(kept: Range<Int>, erased: Int)] {
    var pieces: [(kept: Range<Int>, erased: Int)] = []
    var offset = 0
    var scalars = 0
    for hole in holes {
      let start = byteOffset(in: content, from: offset, scalars: hole.lowerBound - scalars)
      pieces.append((offset..<start, hole.count))
      offset = byteOffset(in: content, from: start, scalars: hole.count)
      scalars = hole.upperBound
    }
    pieces.append((offset..<content.count, 0))
    return pieces
  }

  private static func byteOffset(in content: [UInt8], from offset: Int, scalars: Int) -> Int {
    content.withUnsafeBufferPointer { content in
      guard let base = content.baseAddress else { return offset }
      return offset + UTF8Scalars.offset(base + offset, content.count - offset, scalars: scalars)
    }
  }

  /// Both lists as one, ascending and apart.
  static func union(_ first: [Range<Int>], _ second: [Range<Int>]) -> [Range<Int>] {
    var result: [Range<Int>] = []
    for range in (first + second).sorted(by: { $0.lowerBound < $1.lowerBound })
    where !range.isEmpty {
      if let last = result.last, last.upperBound >= range.lowerBound {
        result[result.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        result.append(range)
      }
    }
    return result
  }

  /// A count; each: the scalars since the hole before, then its length.
  static func encode(_ holes: [Range<Int>], into writer: inout ByteWriter) {
    writer.varint(holes.count)
    var end = 0
    for hole in holes {
      writer.varint(hole.lowerBound - end)
      writer.varint(hole.count)
      end = hole.upperBound
    }
  }

  static func decode(
    _ reader: inout ByteReader, scalars: Int, _ limits: TextLimits
  ) throws(DecodeError) -> [Range<Int>] {
    let start = reader.index
    let count = try reader.count(limit: min(scalars, limits.historySteps), what: "holes of a text")
    guard count > 0 else { throw .invalid(what: "no hole where some should be", offset: start) }
    guard count <= reader.remaining / 2 else { throw .truncated(offset: reader.index) }
    var holes: [Range<Int>] = []
    var end = 0
    for index in 0..<count {
      let start = reader.index
      let gap = try reader.count(limit: scalars - end, what: "place of a hole")
      let length = try reader.count(limit: scalars - end - gap, what: "length of a hole")
      guard length > 0, gap > 0 || index == 0 else {
        throw .invalid(what: "hole that is none of its own", offset: start)
      }
      holes.append(end + gap..<end + gap + length)
      end += gap + length
    }
    return holes
  }
}
