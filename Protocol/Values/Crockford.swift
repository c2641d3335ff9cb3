/// Base 32 in Crockford's digits, for secrets that people may have to type.
public enum Crockford {
  private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")

  /// The first `digits` groups of five bits.
  public static func text(_ bytes: [UInt8], digits: Int) -> String {
    var result = ""
    for index in 0..<digits {
      var value = 0
      for bit in (index * 5)..<(index * 5 + 5) {
        let isSet = bit / 8 < bytes.count && bytes[bit / 8] & (0x80 >> UInt8(bit % 8)) != 0
        value = value << 1 | (isSet ? 1 : 0)
      }
      result.append(alphabet[value])
    }
    return result
  }
}
