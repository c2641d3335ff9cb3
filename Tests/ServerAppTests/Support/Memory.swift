import Glibc

/// What the kernel says of this process' memory.
enum Memory {
  /// Makes the peak start from the present use.
  static func resetPeak() -> Bool {
    guard let file = fopen("/proc/self/clear_refs", "w") else { return false }
    defer { fclose(file) }
    return fputs("5", file) >= 0
  }

  /// Kilobytes of a line of /proc/self/status, `VmRSS` or `VmHWM`.
  static func kilobytes(_ name: String) -> Int? {
    guard let file = fopen("/proc/self/status", "r") else { return nil }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, Int32(line.count), file) != nil {
      let bytes = line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      let text = String(decoding: bytes, as: UTF8.self)
      guard text.hasPrefix(name + ":") else { continue }
      return Int(text.filter { $0.isASCII && $0.isNumber })
    }
    return nil
  }
}
