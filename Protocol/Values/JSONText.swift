/// Writes JSON in one form only: members in the order they are given, no spaces, UTF-8 kept as it
/// is, and only what JSON demands escaped. Equal calls give equal bytes, so that two dumps can be
/// compared byte by byte.
///
/// Commas are put by the writer. That members have a key and that keys stand in objects is the
/// caller's part: a mistake there is a bug and stops the program.
public struct JSONText: Sendable {
  public private(set) var bytes: [UInt8] = []
  /// The containers that are open, innermost last.
  private var open: [Container] = []
  private var awaitsValue = false

  private struct Container {
    let isObject: Bool
    var isEmpty = true
  }

  public init() {}

  public var text: String { String(decoding: bytes, as: UTF8.self) }

  public mutating func object(_ members: (inout JSONText) throws -> Void) rethrows {
    beginValue()
    bytes.append(UInt8(ascii: "{"))
    open.append(Container(isObject: true))
    try members(&self)
    close(UInt8(ascii: "}"))
  }

  public mutating func array(_ elements: (inout JSONText) throws -> Void) rethrows {
    beginValue()
    bytes.append(UInt8(ascii: "["))
    open.append(Container(isObject: false))
    try elements(&self)
    close(UInt8(ascii: "]"))
  }

  /// The name of the member whose value is written next.
  public mutating func key(_ name: String) {
    precondition(open.last?.isObject == true && !awaitsValue, "a key stands in an object")
    separate()
    quote(name)
    bytes.append(UInt8(ascii: ":"))
    awaitsValue = true
  }

  public mutating func string(_ value: String) {
    beginValue()
    quote(value)
  }

  public mutating func integer(_ value: Int64) {
    beginValue()
    bytes.append(contentsOf: String(value).utf8)
  }

  /// The shortest digits that read back as the same double; whole numbers without a point, minus
  /// zero as zero. JSON has no infinities: they are written as null.
  public mutating func real(_ value: Double) {
    guard value.isFinite else { return null() }
    beginValue()
    var digits = value == 0 ? "0" : value.description
    if digits.hasSuffix(".0") { digits.removeLast(2) }
    bytes.append(contentsOf: digits.utf8)
  }

  public mutating func bool(_ value: Bool) {
    beginValue()
    bytes.append(contentsOf: (value ? "true" : "false").utf8)
  }

  public mutating func null() {
    beginValue()
    bytes.append(contentsOf: "null".utf8)
  }

  private mutating func beginValue() {
    if awaitsValue {
      awaitsValue = false
    } else {
      precondition(open.last?.isObject != true, "a value in an object needs a key")
      precondition(!open.isEmpty || bytes.isEmpty, "a JSON text is one value")
      separate()
    }
  }

  private mutating func separate() {
    guard let last = open.indices.last else { return }
    if !open[last].isEmpty { bytes.append(UInt8(ascii: ",")) }
    open[last].isEmpty = false
  }

  private mutating func close(_ bracket: UInt8) {
    precondition(!awaitsValue, "a key needs a value")
    open.removeLast()
    bytes.append(bracket)
  }

  private mutating func quote(_ value: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in value.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0x08: escape("b")
      case 0x09: escape("t")
      case 0x0A: escape("n")
      case 0x0C: escape("f")
      case 0x0D: escape("r")
      case 0..<0x20:
        escape("u")
        bytes.append(contentsOf: "00".utf8)
        bytes.append(Self.hexadecimal(byte >> 4))
        bytes.append(Self.hexadecimal(byte & 15))
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func escape(_ letter: Unicode.Scalar) {
    bytes.append(UInt8(ascii: "\\"))
    bytes.append(UInt8(ascii: letter))
  }

  private static func hexadecimal(_ digit: UInt8) -> UInt8 {
    digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
  }
}

extension JSONText {
  public mutating func member(_ name: String, string value: String) {
    key(name)
    string(value)
  }

  public mutating func member(_ name: String, integer value: Int64) {
    key(name)
    integer(value)
  }

  public mutating func member(_ name: String, bool value: Bool) {
    key(name)
    bool(value)
  }
}
