/// The encoding of a label of letters beyond ASCII as ASCII, without its `xn--`.
///
/// Source: A. Costello, RFC 3492, "Punycode: A Bootstring encoding of Unicode for Internationalized
/// Domain Names in Applications (IDNA)", section 6.3.
enum Punycode {
  private static let base = 36
  private static let smallestThreshold = 1
  private static let greatestThreshold = 26
  private static let skew = 38
  private static let damp = 700
  private static let initialBias = 72
  private static let initialCodePoint = 128

  /// At most 63 scalars, which is what a label can hold anyway and keeps every sum far from
  /// overflow.
  static func encode(_ label: [Unicode.Scalar]) -> String {
    precondition(label.count <= 63, "a label of a host name has at most 63 characters")
    var output = label.filter(\.isASCII).map { UInt8($0.value) }
    let basicCount = output.count
    if basicCount > 0 { output.append(UInt8(ascii: "-")) }

    var codePoint = initialCodePoint
    var delta = 0
    var bias = initialBias
    var handled = basicCount
    while handled < label.count {
      // Ends: some scalar is not handled yet, and all of those are at or above `codePoint`.
      let next = label.lazy.map { Int($0.value) }.filter { $0 >= codePoint }.min()!
      delta += (next - codePoint) * (handled + 1)
      codePoint = next
      for scalar in label {
        let value = Int(scalar.value)
        if value < codePoint { delta += 1 }
        if value == codePoint {
          append(delta, bias: bias, to: &output)
          bias = adapted(delta, count: handled + 1, isFirst: handled == basicCount)
          delta = 0
          handled += 1
        }
      }
      delta += 1
      codePoint += 1
    }
    return String(decoding: output, as: UTF8.self)
  }

  /// A generalised variable-length integer: digits of mixed base, the least significant first.
  private static func append(_ delta: Int, bias: Int, to output: inout [UInt8]) {
    var rest = delta
    var position = base
    while true {
      let threshold = min(max(position - bias, smallestThreshold), greatestThreshold)
      if rest < threshold { break }
      output.append(digit(threshold + (rest - threshold) % (base - threshold)))
      rest = (rest - threshold) / (base - threshold)
      position += base
    }
    output.append(digit(rest))
  }

  private static func adapted(_ delta: Int, count: Int, isFirst: Bool) -> Int {
    var rest = isFirst ? delta / damp : delta / 2
    rest += rest / count
    var steps = 0
    while rest > (base - smallestThreshold) * greatestThreshold / 2 {
      rest /= base - smallestThreshold
      steps += base
    }
    return steps + (base - smallestThreshold + 1) * rest / (rest + skew)
  }

  /// 0 to 25 are a to z, 26 to 35 are 0 to 9.
  private static func digit(_ value: Int) -> UInt8 {
    value < 26 ? UInt8(ascii: "a") + UInt8(value) : UInt8(ascii: "0") + UInt8(value - 26)
  }
}
