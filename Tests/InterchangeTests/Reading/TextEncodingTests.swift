import Foundation
import Protocol
import Testing

@testable import Interchange

@Suite("Encodings of files")
struct TextEncodingTests {
  private let text = "naïve café, Zürich"

  private func bytes(_ encoding: String.Encoding, mark: [UInt8] = []) throws -> [UInt8] {
    mark + [UInt8](try #require(text.data(using: encoding)))
  }

  @Test("each is found without being named")
  func sniffed() throws {
    #expect(try TextEncoding.decode(bytes(.utf8)) == text)
    #expect(try TextEncoding.decode(bytes(.utf8, mark: [0xEF, 0xBB, 0xBF])) == text)
    #expect(try TextEncoding.decode(bytes(.utf16LittleEndian, mark: [0xFF, 0xFE])) == text)
    #expect(try TextEncoding.decode(bytes(.utf16BigEndian, mark: [0xFE, 0xFF])) == text)
    #expect(try TextEncoding.decode(bytes(.utf16LittleEndian)) == text)
    #expect(try TextEncoding.decode(bytes(.utf16BigEndian)) == text)
    #expect(try TextEncoding.decode(bytes(.windowsCP1252)) == text)
    let mac =
      Array("na".utf8) + [0x95] + Array("ve caf".utf8) + [0x8E] + Array(", Z".utf8)
      + [0x9F] + Array("rich".utf8)
    #expect(try TextEncoding.decode(mac) == text)
  }

  @Test("a declared one is believed over a guess")
  func declared() throws {
    #expect(try TextEncoding.decode([0x80, 0x92], declared: .windows1252) == "€’")
    #expect(try TextEncoding.decode([0x80], declared: .macRoman) == "Ä")
    #expect(
      try TextEncoding.decode([0xA5, 0xCA, 0xD5, 0xDB, 0xF0, 0xFF], declared: .macRoman)
        == "•\u{A0}’€\u{F8FF}ˇ")
  }

  @Test("bytes that stand for nothing are an error with their line")
  func faults() {
    #expect(throws: ReadingError(line: 2, .notEncoded(as: .utf8))) {
      try TextEncoding.decode([0x61, 0x0A, 0xFF, 0x0A], declared: .utf8)
    }
    #expect(throws: ReadingError(line: 0, .notEncoded(as: .windows1252))) {
      try TextEncoding.decode([0x81], declared: .windows1252)
    }
    #expect(throws: ReadingError.self) {
      try TextEncoding.decode([0x00, 0xD8], declared: .utf16LittleEndian)
    }
  }

  @Test(
    "a large old file with lone carriage returns and accents of the Macintosh is read",
    .enabled(
      if: SharedFiles.has("data/companies/crunchbase-2013-companies.csv.gz"), SharedFiles.missing))
  func companies() throws {
    let packed = try SharedFiles.bytes("data/companies/crunchbase-2013-companies.csv.gz")
    let table = try CSVTable(CSVReader(try InputFile.unpacked(packed)))
    #expect(table.rows.count == 17_727)
    #expect(table.rows.last?.line == 17_728)
  }
}
