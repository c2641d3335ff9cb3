import Protocol

/// The encodings that files from offices, spreadsheets and old databases come in.
public enum TextEncoding: String, Sendable, CaseIterable {
  case utf8 = "utf-8"
  case utf16LittleEndian = "utf-16le"
  case utf16BigEndian = "utf-16be"
  case windows1252 = "windows-1252"
  case macRoman = "macroman"

  public var name: String {
    switch self {
    case .utf8: "UTF-8"
    case .utf16LittleEndian: "UTF-16 (LE)"
    case .utf16BigEndian: "UTF-16 (BE)"
    case .windows1252: "Windows-1252"
    case .macRoman: "MacRoman"
    }
  }

  /// The text of the bytes without its byte order mark. `declared` is believed over a guess, a byte
  /// order mark over both. Bytes that the encoding does not have are an error, never a `?`.
  public static func decode(_ bytes: [UInt8], declared: TextEncoding? = nil) throws(ReadingError)
    -> String
  {
    let mark = byteOrderMark(of: bytes)
    let encoding = mark?.encoding ?? declared ?? guess(bytes)
    let body = bytes[(mark?.length ?? 0)...]
    guard let text = encoding.text(of: body) else {
      throw ReadingError(line: encoding.lineOfFault(in: body), .notEncoded(as: encoding))
    }
    return text
  }

  static func byteOrderMark(of bytes: [UInt8]) -> (encoding: TextEncoding, length: Int)? {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return (.utf8, 3) }
    if bytes.starts(with: [0xFF, 0xFE]) { return (.utf16LittleEndian, 2) }
    if bytes.starts(with: [0xFE, 0xFF]) { return (.utf16BigEndian, 2) }
    return nil
  }

  /// UTF-16 shows by its zero bytes, UTF-8 by being valid. What is left is one byte a character:
  /// MacRoman has its letters with accents from 0x80 to 0x9F, where Windows-1252 has punctuation
  /// and capitals; lone carriage returns as line ends are of the same old Macintosh.
  static func guess(_ bytes: [UInt8]) -> TextEncoding {
    let sample = bytes.prefix(4_096)
    var zeros = (even: 0, odd: 0)
    for (index, byte) in sample.enumerated() where byte == 0 {
      if index % 2 == 0 { zeros.even += 1 } else { zeros.odd += 1 }
    }
    if zeros.odd * 4 > sample.count, zeros.even == 0 { return .utf16LittleEndian }
    if zeros.even * 4 > sample.count, zeros.odd == 0 { return .utf16BigEndian }
    if String(validating: bytes, as: UTF8.self) != nil { return .utf8 }
    return guessSingleByte(bytes)
  }

  private static func guessSingleByte(_ bytes: [UInt8]) -> TextEncoding {
    if bytes.contains(0x0D), !bytes.contains(0x0A) { return .macRoman }
    var votes = 0
    for index in bytes.indices.dropFirst().dropLast()
    where bytes[index] >= 0x80 && isLetter(bytes[index - 1]) && isLetter(bytes[index + 1]) {
      switch bytes[index] {
      case 0x92: break  // an apostrophe in one, an i with accent in the other
      case 0x80...0x9F: votes += 1
      case 0xE0...0xFF: votes -= 1
      default: break
      }
    }
    return votes > 0 ? .macRoman : .windows1252
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  private func text(of bytes: ArraySlice<UInt8>) -> String? {
    switch self {
    case .utf8: String(validating: bytes, as: UTF8.self)
    case .utf16LittleEndian: Self.utf16(bytes) { UInt16($1) << 8 | UInt16($0) }
    case .utf16BigEndian: Self.utf16(bytes) { UInt16($0) << 8 | UInt16($1) }
    case .windows1252: Self.windows1252(bytes)
    case .macRoman: Self.macRoman(bytes)
    }
  }

  private static func utf16(_ bytes: ArraySlice<UInt8>, unit: (UInt8, UInt8) -> UInt16) -> String? {
    guard bytes.count % 2 == 0 else { return nil }
    let units = stride(from: bytes.startIndex, to: bytes.endIndex, by: 2).map {
      unit(bytes[$0], bytes[$0 + 1])
    }
    return String(validating: units, as: UTF16.self)
  }

  /// 0x80 to 0x9F of Windows-1252; the other bytes are their own scalars. Zero: not assigned.
  private static let windowsHigh: [UInt32] = [
    0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039,
    0x0152, 0, 0x017D, 0, 0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC,
    0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178,
  ]

  private static func windows1252(_ bytes: ArraySlice<UInt8>) -> String? {
    var scalars = String.UnicodeScalarView()
    for byte in bytes {
      let code = (0x80...0x9F).contains(byte) ? windowsHigh[Int(byte) - 0x80] : UInt32(byte)
      guard code != 0 || byte == 0, let scalar = Unicode.Scalar(code) else { return nil }
      scalars.append(scalar)
    }
    return String(scalars)
  }

  /// 0x80 to 0xFF of MacRoman, each one scalar (U+F8FF is Apple's own sign). Written out because
  /// Foundation on Linux decodes this encoding as another one.
  private static let macHigh = Array(
    ("ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü"
      + "†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø"
      + "¿¡¬√ƒ≈∆«»…\u{A0}ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ"
      + "‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\u{F8FF}ÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ").unicodeScalars)

  private static func macRoman(_ bytes: ArraySlice<UInt8>) -> String {
    var scalars = String.UnicodeScalarView()
    for byte in bytes {
      scalars.append(byte < 0x80 ? Unicode.Scalar(byte) : macHigh[Int(byte) - 0x80])
    }
    return String(scalars)
  }

  /// The line of the first byte that stands for nothing; only UTF-8 can tell, others say 0.
  private func lineOfFault(in bytes: ArraySlice<UInt8>) -> Int {
    guard self == .utf8 else { return 0 }
    var line = 1
    var start = bytes.startIndex
    while let end = bytes[start...].firstIndex(of: 0x0A) {
      if String(validating: bytes[start..<end], as: UTF8.self) == nil { return line }
      line += 1
      start = end + 1
    }
    return line
  }
}
