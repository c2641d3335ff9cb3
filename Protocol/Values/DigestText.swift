/// A SHA-256 digest as text: 64 lower-case hexadecimal digits.
public struct SHA256Text: Sendable, Hashable {
  public let text: String

  public enum Refusal: String, Error, Sendable, CaseIterable {
    case empty
    case length
    case characters
  }

  public init(text: String) throws(Refusal) {
    if text.isEmpty { throw .empty }
    let bytes = text.utf8.map(ASCII.lowered)
    guard bytes.allSatisfy(ASCII.isLowerHexadecimal) else { throw .characters }
    guard bytes.count == 64 else { throw .length }
    self.text = String(decoding: bytes, as: UTF8.self)
  }
}

extension SHA256Text.Refusal {
  public var sentence: Label {
    Label(
      nl: "een SHA-256 is 64 cijfers en letters a tot f, zoals sha256sum ze geeft (e3b0c442...)",
      en: "a SHA-256 is 64 digits and letters a to f, as sha256sum gives them (e3b0c442...)")
  }
}
