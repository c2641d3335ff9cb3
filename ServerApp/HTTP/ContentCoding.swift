/// How a body is wrapped on the way. Nothing but gzip is spoken.
enum ContentCoding {
  case identity
  case gzip

  /// Reads a Content-Encoding field. Nil for any other coding and for several on top of each other,
  /// which would multiply what a small body can inflate to.
  init?(contentEncoding: String?) {
    switch contentEncoding?.trimmed.lowercased() {
    case nil, "", "identity": self = .identity
    case "gzip", "x-gzip": self = .gzip
    default: return nil
    }
  }

  /// Gzip where an Accept-Encoding field allows it (RFC 9110, 12.5.3), else identity.
  ///
  /// Of qualities only "zero or not" counts: with one coding there is nothing to rank. Without the
  /// field a client may get anything, but old ones mean "as it is".
  init(acceptEncoding: String?) {
    var named: Bool?
    var wildcard = false
    for item in (acceptEncoding ?? "").split(separator: ",") {
      let parts = item.split(separator: ";").map { String($0).trimmed.lowercased() }
      let isAccepted = !parts.dropFirst().contains { $0.isZeroQuality }
      switch parts.first {
      case "gzip", "x-gzip": named = isAccepted
      case "*": wildcard = isAccepted
      default: break
      }
    }
    self = named ?? wildcard ? .gzip : .identity
  }
}

extension String {
  /// Without spaces and tabs at both ends.
  var trimmed: String {
    let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
    guard let start = firstIndex(where: { !isBlank($0) }),
      let last = lastIndex(where: { !isBlank($0) })
    else { return "" }
    return String(self[start...last])
  }

  /// `q=0`, `q=0.`, `q=0.000`.
  fileprivate var isZeroQuality: Bool {
    let pair = split(separator: "=").map { String($0).trimmed }
    guard pair.count == 2, pair[0] == "q" else { return false }
    return pair[1].hasPrefix("0") && pair[1].allSatisfy { $0 == "0" || $0 == "." }
  }
}
