import Protocol

/// A cursor as devices carry it: sealed, so that none can be made up or borrowed (C29).
///
/// Layout: epoch (8 bytes), position (8), the running hash over all accepted transactions up to
/// there (16), then HMAC-SHA-256 over these and the device's site, cut to 16 bytes.
struct CursorSeal {
  let key: [UInt8]

  struct Opened: Equatable {
    let cursor: Cursor
    let history: Hash16
  }

  func seal(_ cursor: Cursor, history: Hash16, site: UInt32) -> [UInt8] {
    var writer = ByteWriter(capacity: 48)
    writer.fixed64(cursor.epoch)
    writer.fixed64(UInt64(bitPattern: cursor.position))
    writer.hash(history)
    let content = writer.bytes
    writer.raw(code(content, site))
    return writer.bytes
  }

  /// nil where the seal does not fit.
  func open(_ sealed: [UInt8], site: UInt32) -> Opened? {
    guard sealed.count == 48 else { return nil }
    let content = Array(sealed[..<32])
    guard SHA256.equal(code(content, site), Array(sealed[32...])) else { return nil }
    return try? content.decode { reader throws(DecodeError) in
      let epoch = try reader.fixed64()
      let position = Int64(bitPattern: try reader.fixed64())
      return Opened(
        cursor: Cursor(epoch: epoch, position: position), history: try reader.hash16())
    }
  }

  private func code(_ content: [UInt8], _ site: UInt32) -> [UInt8] {
    var writer = ByteWriter(capacity: 40)
    writer.raw(content)
    writer.fixed32(site)
    return Array(SHA256.authenticationCode(key: key, writer.bytes)[..<16])
  }
}
