import Protocol

/// A file as it was given: perhaps compressed.
public enum InputFile {
  /// The contents, inflated when the file begins as gzip does. What inflates beyond the bound of a
  /// file is refused while it is read.
  public static func unpacked(_ bytes: [UInt8], limits: ReadingLimits = ReadingLimits())
    throws(ReadingError) -> [UInt8]
  {
    guard bytes.starts(with: [0x1F, 0x8B]) else {
      guard bytes.count <= limits.fileBytes else {
        throw ReadingError(line: 0, .fileTooLarge(bytes: limits.fileBytes))
      }
      return bytes
    }
    do {
      return try Gzip.decompress(bytes, limit: limits.fileBytes)
    } catch .tooLarge {
      throw ReadingError(line: 0, .fileTooLarge(bytes: limits.fileBytes))
    } catch {
      throw ReadingError(line: 0, .notCompressed)
    }
  }
}
