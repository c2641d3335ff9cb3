import Foundation

extension StringProtocol {
  /// Without white space at both ends.
  public var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }

  /// Composed (NFC) and trimmed: the form in which texts are kept, so that the same word typed on
  /// two keyboards is the same value.
  public var kept: String { precomposedStringWithCanonicalMapping.trimmed }
}
