@_spi(_Unicode) import Swift

extension String {
  /// Whether the text is in normal form C: no letter beside an accent that one character could be.
  ///
  /// Swift calls two texts equal that differ in this only, while digests and SQLite compare bytes.
  /// Were both stored, one set would hold an element once here and twice there. The standard
  /// library composes for its own comparisons; the name under which it does is not promised, so a
  /// later toolchain may break the build of this file, and never its meaning.
  var isComposed: Bool {
    utf8.allSatisfy { $0 < 0x80 } || unicodeScalars.elementsEqual(_nfc)
  }
}
