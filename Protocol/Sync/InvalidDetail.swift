/// Why a value was refused (reason 2), as it travels: a code, a blank, and what it is about. It is put
/// in words at the edge, in the language of whoever reads it.
public struct InvalidDetail: Sendable, Hashable {
  /// The codes are wire format; one that a reader does not know is told as it stands.
  public enum Rule: String, Sendable, CaseIterable {
    /// The value breaks the rule of its field; which one follows from the value.
    case value
    case notWhole = "not-whole"
    case wrongKind = "wrong-kind"
    case onlyGrows = "only-grows"
    /// Says which record it is, and is written when the record is made.
    case isIdentity = "is-identity"
    case effect
    case anothersName = "anothers-name"
    case laterThanAuthor = "later-than-author"
    case notStored = "not-stored"
  }
  public let rule: Rule
  /// `entity.field`, or what else there is to say; may be empty.
  public let subject: String

  public init(_ rule: Rule, _ subject: String = "") {
    self.rule = rule
    self.subject = subject
  }

  public init(_ rule: Rule, _ entity: Entity, _ field: Field) {
    self.init(rule, "\(entity.name).\(field.name)")
  }

  public var text: String { subject.isEmpty ? rule.rawValue : "\(rule.rawValue) \(subject)" }

  /// nil for a text of another version.
  public init?(text: String) {
    let parts = text.split(separator: " ", maxSplits: 1)
    guard let rule = parts.first.flatMap({ Rule(rawValue: String($0)) }) else { return nil }
    self.init(rule, parts.count > 1 ? String(parts[1]) : "")
  }
}
