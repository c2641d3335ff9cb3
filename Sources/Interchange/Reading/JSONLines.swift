import Protocol

/// A file with one JSON value a line. Empty lines are left out.
public struct JSONLines: Sendable {
  public struct Entry: Sendable {
    public let line: Int
    public let value: JSONValue
  }

  public let entries: [Entry]

  public init(_ bytes: [UInt8], limits: ReadingLimits = ReadingLimits()) throws(ReadingError) {
    guard bytes.count <= limits.fileBytes else {
      throw ReadingError(line: 0, .fileTooLarge(bytes: limits.fileBytes))
    }
    var entries: [Entry] = []
    var line = 0
    for text in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
      line += 1
      if text.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
      guard text.count <= limits.recordBytes else {
        throw ReadingError(line: line, .recordTooLarge(bytes: limits.recordBytes))
      }
      guard entries.count < limits.records else {
        throw ReadingError(line: line, .tooManyRecords(limits.records))
      }
      entries.append(
        Entry(line: line, value: try JSONValue(reading: text, line: line, limits: limits)))
    }
    self.entries = entries
  }
}
