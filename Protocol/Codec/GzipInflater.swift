import CZlib

/// Inflates one gzip member that arrives in pieces, and counts what comes out.
///
/// Memory: zlib's own state (about 45 KB) and one window of 64 KB, whatever is fed. Output goes to
/// the caller's array only while the sum stays within the limit, so a bomb costs a window.
///
/// After an error the inflater keeps throwing the same error.
public final class GzipInflater {
  /// How many bytes have come out so far.
  public private(set) var outputCount = 0

  private let limit: Int
  // zlib's state points back at its stream, so the stream must not move: it has its own allocation.
  private let stream: UnsafeMutablePointer<z_stream>
  private let window: UnsafeMutableBufferPointer<UInt8>
  private var state = State.inflating

  private enum State {
    case inflating
    case ended
    case failed(GzipError)
  }

  private static let windowByteCount = 65_536

  public init(limit: Int) {
    precondition(limit >= 0, "a limit counts bytes")
    self.limit = limit
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    window = .allocate(capacity: Self.windowByteCount)
    precondition(kaai_inflate_init_gzip(stream) == Z_OK, "no memory for zlib")
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    window.deallocate()
  }

  /// Appends to `output` what `chunk` inflates to. An empty chunk changes nothing.
  public func feed(_ chunk: [UInt8], into output: inout [UInt8]) throws(GzipError) {
    try chunk.withUnsafeBufferPointer { (bytes) throws(GzipError) in
      try feed(UnsafeRawBufferPointer(bytes), into: &output)
    }
  }

  /// Appends to `output` what `chunk` inflates to. The chunk is not kept.
  public func feed(_ chunk: UnsafeRawBufferPointer, into output: inout [UInt8]) throws(GzipError) {
    // zlib counts the input of one call in 32 bits.
    var rest = chunk
    while !rest.isEmpty {
      let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
      try feedPiece(piece, into: &output)
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(piece.count))
    }
  }

  /// To be called when the input is at its end: throws unless the member is, too.
  public func finish() throws(GzipError) {
    switch state {
    case .ended: return
    case .inflating: throw fail(.truncated)
    case .failed(let error): throw error
    }
  }

  private func feedPiece(
    _ piece: UnsafeRawBufferPointer, into output: inout [UInt8]
  ) throws(GzipError) {
    // zlib does not write through next_in; the C declaration merely lacks the const.
    let bytes = piece.bindMemory(to: UInt8.self)
    stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress)
    stream.pointee.avail_in = UInt32(bytes.count)
    // The chunk is the caller's only until feed returns.
    defer { stream.pointee.next_in = nil }
    // A full window may hide more output, also when all input has been taken.
    var windowWasFilled = false
    repeat {
      switch state {
      case .inflating: windowWasFilled = try inflateWindow(into: &output)
      case .ended: throw fail(.trailingBytes)
      case .failed(let error): throw error
      }
    } while stream.pointee.avail_in > 0 || windowWasFilled
  }

  /// Inflates at most one window and hands it on. Whether the window came out full.
  private func inflateWindow(into output: inout [UInt8]) throws(GzipError) -> Bool {
    stream.pointee.next_out = window.baseAddress
    stream.pointee.avail_out = UInt32(Self.windowByteCount)
    let status = inflate(stream, Z_NO_FLUSH)
    precondition(status != Z_MEM_ERROR, "no memory for zlib")
    let count = Self.windowByteCount - Int(stream.pointee.avail_out)
    guard count <= limit - outputCount else { throw fail(.tooLarge(limit: limit)) }
    output.append(contentsOf: UnsafeBufferPointer(rebasing: window[..<count]))
    outputCount += count
    switch status {
    case Z_STREAM_END:
      state = .ended
      return false
    // Z_BUF_ERROR: nothing was left to do, which follows a window that was filled exactly.
    case Z_OK, Z_BUF_ERROR:
      return stream.pointee.avail_out == 0
    default:
      throw fail(.corrupt)
    }
  }

  private func fail(_ error: GzipError) -> GzipError {
    state = .failed(error)
    return error
  }
}
