import CZlib

/// Gzip of very many zeros, made without ever holding them.
enum Bomb {
  static func gzip(zeroByteCount: Int) -> [UInt8] {
    var stream = z_stream()
    precondition(kaai_deflate_init_gzip(&stream, 9) == Z_OK)
    defer { deflateEnd(&stream) }
    var zeros = [UInt8](repeating: 0, count: 1 << 20)
    var window = [UInt8](repeating: 0, count: 1 << 16)
    var packed: [UInt8] = []
    var rest = zeroByteCount
    while true {
      let piece = min(rest, zeros.count)
      rest -= piece
      zeros.withUnsafeMutableBufferPointer { input in
        stream.next_in = input.baseAddress
        stream.avail_in = UInt32(piece)
        repeat {
          let count = window.withUnsafeMutableBufferPointer { output in
            stream.next_out = output.baseAddress
            stream.avail_out = UInt32(output.count)
            deflate(&stream, rest == 0 ? Z_FINISH : Z_NO_FLUSH)
            return output.count - Int(stream.avail_out)
          }
          packed += window[..<count]
        } while stream.avail_out == 0
      }
      if rest == 0 { return packed }
    }
  }
}
