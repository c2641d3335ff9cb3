import CZlib

/// Whole byte strings to and from gzip (RFC 1952), one member each.
///
/// The header carries no file name and no time, so equal input, level and zlib give equal output.
public enum Gzip {
  /// The level for what is compressed on the way, once for each request: the fastest.
  public static let liveLevel = 1

  /// - Parameter level: 0 (stored) to 9 (smallest). Anything else is a mistake of the caller.
  public static func compress(_ bytes: [UInt8], level: Int = liveLevel) -> [UInt8] {
    precondition((0...9).contains(level), "gzip levels are 0 to 9")
    precondition(bytes.count <= UInt32.max, "zlib counts the input of one call in 32 bits")
    var stream = z_stream()
    precondition(kaai_deflate_init_gzip(&stream, Int32(level)) == Z_OK, "no memory for zlib")
    defer { deflateEnd(&stream) }
    // zlib promises that a single call suffices when the output has room for this bound.
    let bound = Int(deflateBound(&stream, UInt(bytes.count)))
    return [UInt8](unsafeUninitializedCapacity: bound) { output, count in
      bytes.withUnsafeBufferPointer { input in
        // zlib does not write through next_in; the C declaration merely lacks the const.
        stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        stream.avail_in = UInt32(input.count)
        stream.next_out = output.baseAddress
        stream.avail_out = UInt32(bound)
        let status = deflate(&stream, Z_FINISH)
        precondition(status == Z_STREAM_END, "deflateBound was too small")
      }
      count = bound - Int(stream.avail_out)
    }
  }

  /// The contents of exactly one member.
  ///
  /// - Parameter limit: how many bytes the contents may have. Contents beyond it are refused while
  ///   they stream and never stored, whatever the length field at the end claims.
  public static func decompress(_ bytes: [UInt8], limit: Int) throws(GzipError) -> [UInt8] {
    let inflater = GzipInflater(limit: limit)
    var output: [UInt8] = []
    try inflater.feed(bytes, into: &output)
    try inflater.finish()
    return output
  }
}
