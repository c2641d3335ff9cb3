/// The name of one step of a text's history: the insertion or the deletion of one scalar.
///
/// A site counts its own steps in a text from 0, insertions and deletions alike. Ids compare by
/// (site, sequence); that order decides only between insertions that nothing else tells apart.
public struct TextID: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let site: UInt32
  public let sequence: Int

  public init(site: UInt32, sequence: Int) {
    self.site = site
    self.sequence = sequence
  }

  @inline(__always)
  public static func < (a: TextID, b: TextID) -> Bool {
    a.site != b.site ? a.site < b.site : a.sequence < b.sequence
  }

  public var description: String { "\(site):\(sequence)" }
}

/// Consecutive steps of one site.
public struct TextSpan: Hashable, Sendable {
  public let site: UInt32
  public let sequences: Range<Int>

  public init(site: UInt32, sequences: Range<Int>) {
    self.site = site
    self.sequences = sequences
  }
}
