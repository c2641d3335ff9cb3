/// What a value may be. Each type has one stored form (`Value`), one check and one text form.
public indirect enum ValueType: Sendable, Hashable {
  /// A line of text without control characters; the length counts Unicode scalars.
  case string(minimum: Int = 0, maximum: Int = 400, pattern: StringPattern? = nil)
  /// Text of many lines.
  case text(maximum: Int = 20_000)
  case int(ClosedRange<Int64>)
  /// A decimal number with at most `digits` digits after the point, stored as a double.
  case decimal(digits: Int, ClosedRange<Double>)
  /// Euro cents.
  case money
  case bool
  /// ISO 8601 with the precision it was given: `2026`, `2026-10` or `2026-10-20`; stored as text.
  case date
  /// Milliseconds since 1970-01-01T00:00:00Z.
  case instant
  /// A code of the named value list.
  case enumeration(String)
  /// The row id of a record of the named entity.
  case reference(String)
  case url
  case email
  /// E.164.
  case phone
  /// Belgian enterprise number, ten digits.
  case enterpriseNumber
  /// Belgian establishment unit number, ten digits.
  case establishmentNumber
  case vatNumber
  /// BCP 47.
  case language
  /// ISO 3166-1 alpha-2.
  case country
  case sha256
  case uuid
  /// Whole percent, 0 to 100.
  case percent
  /// A position between two others in an ordered list; digits and letters, compared as bytes.
  case fractionalIndex
  /// Sub-values that belong together: written, compared and shown whole.
  case group([GroupPart])
  case set(of: ValueType)
  case map(key: ValueType, value: ValueType)
  /// A sum; the values written are differences.
  case counter

  /// The entity that a reference, or a set of references, points to.
  public var target: String? {
    switch self {
    case .reference(let entity): entity
    case .set(let element): element.target
    default: nil
    }
  }

  /// This type and all types inside it.
  public var leaves: [ValueType] {
    switch self {
    case .group(let parts): parts.flatMap(\.type.leaves)
    case .set(let element): element.leaves
    case .map(let key, let value): key.leaves + value.leaves
    default: [self]
    }
  }
}

/// A sub-value of a group. Its place in the group's list is its sub-tag: parts are only ever added
/// at the end.
public struct GroupPart: Sendable, Hashable {
  public let name: String
  public let type: ValueType
  public let label: Label
  public let isRequired: Bool
  public init(_ name: String, _ type: ValueType, nl: String, en: String, required: Bool = false) {
    self.name = name
    self.type = type
    label = Label(nl: nl, en: en)
    isRequired = required
  }
}

/// A closed set of shapes that a string must have; each is a small pure check.
public enum StringPattern: Sendable, Hashable {
  /// `[A-Z0-9-]{2,24}`
  case code
  /// `2008:62010` or `2025:62100`
  case nace
  /// `image/jpeg`, `image/png`, `application/pdf`, `text/...`
  case mediaType
  /// `namespace:key`; the namespace is lower-case letters, digits and hyphens.
  case externalKey
  /// Not empty, no blanks at its ends.
  case tag
}
