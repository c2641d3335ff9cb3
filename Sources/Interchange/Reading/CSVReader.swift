import Protocol

/// One record of a CSV file with the line it begins on, from 1.
public struct CSVRecord: Hashable, Sendable {
  public let line: Int
  public let fields: [String]
}

/// Reads comma-separated values as RFC 4180 describes them and as they are found: fields in quotes
/// may hold separators, doubled quotes and line ends; lines end with CRLF, LF or CR; the separator
/// is `,`, `;` or tab, whichever the first record has most of. Empty lines are left out. A quote
/// inside a field that does not begin with one is an ordinary character.
///
/// Reads one record at a time; a fault is thrown when its line is reached.
public struct CSVReader {
  public let separator: UInt8
  private let bytes: [UInt8]
  private let limits: ReadingLimits
  private var position = 0
  private var line = 1
  private var records = 0

  public init(
    _ bytes: [UInt8], encoding: TextEncoding? = nil, separator: UInt8? = nil,
    limits: ReadingLimits = ReadingLimits()
  ) throws(ReadingError) {
    guard bytes.count <= limits.fileBytes else {
      throw ReadingError(line: 0, .fileTooLarge(bytes: limits.fileBytes))
    }
    self.init(
      text: try TextEncoding.decode(bytes, declared: encoding), separator: separator,
      limits: limits)
  }

  public init(text: String, separator: UInt8? = nil, limits: ReadingLimits = ReadingLimits()) {
    bytes = Array(text.utf8)
    self.limits = limits
    self.separator = separator ?? Self.sniff(bytes)
  }

  /// The next record, or nil at the end of the file.
  public mutating func next() throws(ReadingError) -> CSVRecord? {
    skipEmptyLines()
    guard position < bytes.count else { return nil }
    records += 1
    guard records <= limits.records else {
      throw ReadingError(line: line, .tooManyRecords(limits.records))
    }
    let start = (line: line, position: position)
    var fields: [String] = []
    repeat {
      guard fields.count < limits.columns else {
        throw ReadingError(line: start.line, .tooManyColumns(limits.columns))
      }
      fields.append(try field(recordStart: start.position))
    } while takeSeparator()
    endLine()
    return CSVRecord(line: start.line, fields: fields)
  }

  private mutating func field(recordStart: Int) throws(ReadingError) -> String {
    if position < bytes.count, bytes[position] == Self.quote {
      return try quotedField(recordStart: recordStart)
    }
    let start = position
    while position < bytes.count, bytes[position] != separator, !isLineEnd(bytes[position]) {
      position += 1
    }
    try check(start..<position, recordStart: recordStart, line: line)
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func quotedField(recordStart: Int) throws(ReadingError) -> String {
    let openedOn = line
    var content: [UInt8] = []
    position += 1
    while true {
      guard position < bytes.count else { throw ReadingError(line: openedOn, .unclosedQuote) }
      let byte = bytes[position]
      if byte == Self.quote {
        position += 1
        guard position < bytes.count, bytes[position] == Self.quote else { break }
      } else if isLineEnd(byte) {
        line += 1
        if byte == 0x0D, position + 1 < bytes.count, bytes[position + 1] == 0x0A {
          content.append(byte)
          position += 1
        }
      }
      content.append(bytes[position])
      position += 1
      try check(0..<content.count, recordStart: recordStart, line: openedOn)
    }
    if position < bytes.count, bytes[position] != separator, !isLineEnd(bytes[position]) {
      throw ReadingError(line: line, .textAfterQuote)
    }
    return String(decoding: content, as: UTF8.self)
  }

  private func check(_ field: Range<Int>, recordStart: Int, line: Int) throws(ReadingError) {
    guard field.count <= limits.fieldBytes else {
      throw ReadingError(line: line, .fieldTooLarge(bytes: limits.fieldBytes))
    }
    guard position - recordStart <= limits.recordBytes else {
      throw ReadingError(line: line, .recordTooLarge(bytes: limits.recordBytes))
    }
  }

  private mutating func takeSeparator() -> Bool {
    guard position < bytes.count, bytes[position] == separator else { return false }
    position += 1
    return true
  }

  private mutating func endLine() {
    guard position < bytes.count, isLineEnd(bytes[position]) else { return }
    if bytes[position] == 0x0D, position + 1 < bytes.count, bytes[position + 1] == 0x0A {
      position += 1
    }
    position += 1
    line += 1
  }

  private mutating func skipEmptyLines() {
    while position < bytes.count, isLineEnd(bytes[position]) { endLine() }
  }

  private func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

  private static let quote = UInt8(ascii: "\"")

  private static func sniff(_ bytes: [UInt8]) -> UInt8 {
    let candidates = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]
    var counts = [0, 0, 0]
    var isQuoted = false
    for byte in bytes.drop(while: { $0 == 0x0A || $0 == 0x0D }) {
      if byte == quote { isQuoted.toggle() }
      if isQuoted { continue }
      if byte == 0x0A || byte == 0x0D { break }
      if let index = candidates.firstIndex(of: byte) { counts[index] += 1 }
    }
    let most = counts.max() ?? 0
    return counts.firstIndex(of: most).map { candidates[$0] } ?? candidates[0]
  }
}
