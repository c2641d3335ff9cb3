/// A place in an ordered list, between any two others: digits and letters, compared as bytes.
///
/// Read as a fraction in base 62 (`0` to `9`, `A` to `Z`, `a` to `z`), between two places there is
/// always a third, so that a record moves by one write of its own and no other record changes. A
/// place that is made here ends in six digits that say by which site: two people who put something
/// at the same spot never get the same place, and their records lie next to each other, that of the
/// lesser site first, on every replica.
///
/// | made | digits before the site's six |
/// |---|---|
/// | at the end or the beginning | 2, and 2 more for about every 3,800 |
/// | between two others | one more for about every six at the very same spot |
///
/// A place never becomes longer than `longest`: then there is none, and the list is numbered anew.
public struct FractionalIndex: Hashable, Sendable, Comparable {
  /// Digits of the longest place that is made; longer ones may come from elsewhere.
  public static let longest = 64

  public let text: String

  /// nil where a text is no place.
  public init?(_ text: String) {
    guard ValueType.positionLength.contains(text.utf8.count),
      text.utf8.allSatisfy(ASCII.isAlphanumeric)
    else { return nil }
    self.text = text
  }

  private init(digits: [UInt8], site: UInt32) {
    var suffix: [UInt8] = []
    var rest = site
    for _ in 0..<Self.siteDigits {
      suffix.append(UInt8(rest % 62))
      rest /= 62
    }
    let bytes = (digits + suffix.reversed()).map { Self.alphabet[Int($0)] }
    text = String(decoding: bytes, as: UTF8.self)
  }

  public static func < (a: FractionalIndex, b: FractionalIndex) -> Bool {
    a.text.utf8.lexicographicallyPrecedes(b.text.utf8)
  }

  /// A place between two others; nil bounds are the ends of the list.
  ///
  /// - Returns: nil where there is none: the bounds are equal or crossed, nothing lies between
  ///   them, or it would be too long.
  public static func between(_ low: FractionalIndex?, _ high: FractionalIndex?, site: UInt32)
    -> FractionalIndex?
  {
    let digits: [UInt8]?
    switch (low?.digits, high?.digits) {
    case (nil, nil): digits = [31, 0]
    case (let low?, nil): digits = after(low)
    case (nil, let high?): digits = before(high)
    case (let low?, let high?): digits = middle(low, high)
    }
    guard let digits, digits.count + siteDigits <= longest else { return nil }
    return FractionalIndex(digits: digits, site: site)
  }

  /// Places for a whole list, in rising order and evenly far apart.
  public static func spread(_ count: Int, site: UInt32) -> [FractionalIndex] {
    var width = 2
    var room = 62 * 62
    while room / (count + 1) < 2 {
      width += 1
      room *= 62
    }
    return (1...max(1, count)).prefix(count).map { place in
      var digits = [UInt8](repeating: 0, count: width)
      var rest = room / (count + 1) * place
      for index in digits.indices.reversed() {
        digits[index] = UInt8(rest % 62)
        rest /= 62
      }
      return FractionalIndex(digits: digits, site: site)
    }
  }

  private static let siteDigits = 6
  private static let alphabet = Array(
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

  private var digits: [UInt8] {
    text.utf8.map { byte in
      if ASCII.isDigit(byte) { return byte - UInt8(ascii: "0") }
      if ASCII.isUpper(byte) { return byte - UInt8(ascii: "A") + 10 }
      return byte - UInt8(ascii: "a") + 36
    }
  }

  /// One more, counted in the first two digits, or in so many more that there is one.
  private static func after(_ low: [UInt8]) -> [UInt8]? {
    for width in stride(from: 2, through: longest, by: 2) {
      var digits = padded(low, width)
      guard let index = digits.lastIndex(where: { $0 < 61 }) else { continue }
      digits[index] += 1
      for later in digits.indices[(index + 1)...] { digits[later] = 0 }
      return digits
    }
    return nil
  }

  /// One less; never all zeros, before which there would be nothing.
  private static func before(_ high: [UInt8]) -> [UInt8]? {
    for width in stride(from: 2, through: longest, by: 2) {
      var digits = padded(high, width)
      guard let index = digits.lastIndex(where: { $0 > 0 }) else { continue }
      digits[index] -= 1
      for later in digits.indices[(index + 1)...] { digits[later] = 61 }
      if digits.contains(where: { $0 > 0 }) { return digits }
    }
    return nil
  }

  private static func padded(_ digits: [UInt8], _ width: Int) -> [UInt8] {
    let head = digits.prefix(width)
    return Array(head) + [UInt8](repeating: 0, count: width - head.count)
  }

  /// The fewest digits that lie above `low` and, whatever follows them, below `high`.
  private static func middle(_ low: [UInt8], _ high: [UInt8]) -> [UInt8]? {
    var digits: [UInt8] = []
    var isBelow = false
    for index in 0..<longest {
      let least = index < low.count ? low[index] : 0
      // At the end of `high` nothing is left between the two.
      guard isBelow || index < high.count else { return nil }
      let most = isBelow ? 62 : high[index]
      guard least <= most else { return nil }
      if most - least > 1 { return digits + [(least + most) / 2] }
      digits.append(least)
      if most > least { isBelow = true }
    }
    return nil
  }
}
