/// Looks over JSON text without reading it: where objects and arrays open and close.
enum JSONScan {
  /// How deep objects and arrays are nested; text that is no JSON gives some number.
  static func depth(of bytes: some Collection<UInt8>) -> Int {
    var deepest = 0
    walk(bytes) { stack, _ in deepest = max(deepest, stack.count) }
    return deepest
  }

  /// The lines on which the objects of the arrays that are members of the outermost object begin:
  /// in a feature collection, the features'.
  static func linesOfElements(in bytes: some Collection<UInt8>) -> [Int] {
    let place = [UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "{")]
    var lines: [Int] = []
    walk(bytes) { stack, line in if stack == place { lines.append(line) } }
    return lines
  }

  private static func walk(
    _ bytes: some Collection<UInt8>, opened: (_ stack: [UInt8], _ line: Int) -> Void
  ) {
    var stack: [UInt8] = []
    var line = 1
    var isString = false
    var isEscaped = false
    for byte in bytes {
      if byte == 0x0A { line += 1 }
      if isString {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isString = false
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): isString = true
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        stack.append(byte)
        opened(stack, line)
      case UInt8(ascii: "}"), UInt8(ascii: "]"): _ = stack.popLast()
      default: break
      }
    }
  }
}
