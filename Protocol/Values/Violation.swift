/// Why a stored value is not legal for its type, with what a sentence about it needs.
///
/// Nothing of the value itself is in here but what it should have been, so a violation may be logged
/// and sent back; it is as small as its type's declaration.
public indirect enum Violation: Error, Sendable, Hashable {
  /// A required field, part, element or key without a value.
  case missing
  /// Not the form of `Value` that this type is stored in.
  case form(ValueType)
  /// How many Unicode scalars the text may have.
  case length(ClosedRange<Int>)
  case controlCharacter
  /// Not in normal form C, in which readers put what people type.
  case notComposed
  case pattern(StringPattern)
  case range(ClosedRange<Int64>)
  case decimalRange(ClosedRange<Double>)
  /// More digits behind the point than these.
  case decimals(Int)
  case unknownCode(list: String, codes: [String])
  /// No number that a record of this entity could have. Whether there is such a record is not asked.
  case notAnID(entity: String)
  case enterpriseNumber(RegisterNumberRefusal)
  case establishmentNumber(RegisterNumberRefusal)
  case vatNumber(VATNumber.Refusal)
  case phone(PhoneNumber.Refusal)
  case email(EmailAddress.Refusal)
  case url(WebAddress.Refusal)
  case date(PartialDate.Refusal)
  case language(LanguageTag.Refusal)
  case country(CountryCode.Refusal)
  case sha256(SHA256Text.Refusal)
  case uuid(UUIDText.Refusal)
  /// Legal for a reader of what people type, but not the one form in which it is stored.
  case notCanonical(stored: String)
  /// A group with trailing nulls, or without a single value in it.
  case looseGroup
  /// More sub-values than the group has parts.
  case tooManyParts(Int)
  case part(String, Violation)
  case key(Violation)
  /// A difference below zero for a counter that only grows.
  case countsDown
  /// Sets, maps and counters are written by element, key and difference; derived fields never are;
  /// everything else is written whole.
  case wrongWrite(MergeKind)

  /// Whether all that is wrong is that a list has no such code.
  public var isUnknownCode: Bool {
    switch self {
    case .unknownCode: true
    case .part(_, let inner), .key(let inner): inner.isUnknownCode
    default: false
    }
  }
}
