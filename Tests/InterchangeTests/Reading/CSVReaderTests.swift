import Protocol
import Testing

@testable import Interchange

@Suite("CSV as it is found")
struct CSVReaderTests {
  private func read(_ text: String, limits: ReadingLimits = ReadingLimits()) throws
    -> [[String]]
  {
    var reader = CSVReader(text: text, limits: limits)
    var records: [[String]] = []
    while let record = try reader.next() { records.append(record.fields) }
    return records
  }

  private func problem(_ text: String, limits: ReadingLimits = ReadingLimits()) -> ReadingError? {
    #expect(throws: ReadingError.self) { try read(text, limits: limits) }
  }

  @Test(
    "lines end with CRLF, LF or CR",
    arguments: ["a,b\r\n1,2\r\n", "a,b\n1,2\n", "a,b\r1,2\r", "a,b\n1,2", "\n\na,b\n\n1,2\n\n"])
  func lineEnds(text: String) throws {
    #expect(try read(text) == [["a", "b"], ["1", "2"]])
  }

  @Test(
    "the separator is what the first record has most of",
    arguments: ["a;b,c;d\n1;2;3\n", "\"x;y;z\",b\n", "a\tb\n", "a\n"])
  func separators(text: String) throws {
    let counts = [3, 2, 2, 1]
    let index = try #require(
      ["a;b,c;d\n1;2;3\n", "\"x;y;z\",b\n", "a\tb\n", "a\n"].firstIndex(of: text))
    #expect(try read(text)[0].count == counts[index])
  }

  @Test("quotes hold separators, quotes and line ends")
  func quotes() throws {
    #expect(
      try read("a,\"b,\"\"c\"\"\r\nd\",\"\"\nx,y\"z,") == [
        ["a", "b,\"c\"\r\nd", ""], ["x", "y\"z", ""],
      ])
  }

  @Test("a record knows the line it begins on")
  func lines() throws {
    var reader = CSVReader(text: "a\r\n\"b\r\nb\"\r\n\r\nc\r\n")
    var lines: [Int] = []
    while let record = try reader.next() { lines.append(record.line) }
    #expect(lines == [1, 2, 5])
  }

  @Test("a fault names its line and the remedy")
  func faults() throws {
    #expect(problem("a\nb,\"c\nd") == ReadingError(line: 2, .unclosedQuote))
    #expect(problem("a\n\"b\"c\n") == ReadingError(line: 2, .textAfterQuote))
    let sentence = try #require(problem("a\n\"b\"c\n")).sentence
    #expect(sentence.en.hasPrefix("Line 2:") && sentence.nl.hasPrefix("Regel 2:"))
  }

  @Test("everything that can grow has a bound")
  func bounds() {
    var limits = ReadingLimits()
    limits.fieldBytes = 8
    limits.recordBytes = 20
    limits.columns = 3
    limits.records = 2
    limits.fileBytes = 64
    #expect(problem("123456789", limits: limits)?.problem == .fieldTooLarge(bytes: 8))
    #expect(problem("a\n\"123456789\"", limits: limits)?.line == 2)
    #expect(
      problem("12345678,12345678,12345678", limits: limits)?.problem
        == .recordTooLarge(bytes: 20))
    #expect(problem("1,2,3,4", limits: limits)?.problem == .tooManyColumns(3))
    #expect(problem("1\n2\n3", limits: limits)?.problem == .tooManyRecords(2))
    #expect(throws: ReadingError(line: 0, .fileTooLarge(bytes: 64))) {
      try CSVReader([UInt8](repeating: 0x61, count: 65), limits: limits)
    }
  }

  @Test("a table has its columns once, has the required ones, and no row beyond them")
  func table() throws {
    let table = try CSVTable(CSVReader(text: "a, b ,c\n 1 ,,3\n4\n"), required: ["a"])
    #expect(table.rows[0]["a"] == "1" && table.rows[0]["b"] == nil && table.rows[1]["c"] == nil)
    #expect(throws: ReadingError(line: 1, .columnTwice("a"))) {
      try CSVTable(CSVReader(text: "a,a\n"))
    }
    #expect(throws: ReadingError(line: 1, .columnMissing("z"))) {
      try CSVTable(CSVReader(text: "a\n"), required: ["z"])
    }
    #expect(throws: ReadingError(line: 2, .moreFieldsThanColumns(fields: 2, columns: 1))) {
      try CSVTable(CSVReader(text: "a\n1,2\n"))
    }
    #expect(throws: ReadingError(line: 0, .nothingToRead)) { try CSVTable(CSVReader(text: "\n")) }
  }
}
