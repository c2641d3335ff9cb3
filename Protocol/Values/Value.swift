/// A stored value: what a cell holds, what travels, and what SQLite keeps.
///
/// Money, instants, references, booleans and counters are `int`; dates, codes and all texts are
/// `text`; decimals are `real`; a group is the list of its sub-values in their declared order,
/// without trailing nulls. Sets and maps are not values: their elements are.
public enum Value: Sendable, Hashable {
  case null
  case int(Int64)
  case real(Double)
  case text(String)
  case bytes([UInt8])
  case group([Value])

  public var isNull: Bool {
    if case .null = self { return true }
    return false
  }

  /// A group without trailing nulls; a group of nulls only is null. One value has one form.
  public static func canonicalGroup(_ parts: [Value]) -> Value {
    guard let last = parts.lastIndex(where: { !$0.isNull }) else { return .null }
    return .group(Array(parts[...last]))
  }

  public var intValue: Int64? {
    if case .int(let value) = self { return value }
    return nil
  }
  public var textValue: String? {
    if case .text(let value) = self { return value }
    return nil
  }
}

extension Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral
{
  public init(stringLiteral value: String) { self = .text(value) }
  public init(integerLiteral value: Int64) { self = .int(value) }
  public init(booleanLiteral value: Bool) { self = .int(value ? 1 : 0) }
}

/// What a whole field shows.
public enum FieldValue: Sendable, Hashable {
  case scalar(Value)
  /// The present elements, in the order of `Value.precedes`.
  case set([Value])
  /// The present keys with what they show, in key order.
  case map([MapEntry])
  case counter(Int64)

  public struct MapEntry: Sendable, Hashable {
    public let key: Value
    public let value: Value
    public init(key: Value, value: Value) {
      self.key = key
      self.value = value
    }
  }
}

extension FieldValue? {
  /// What a single value shows; null for the other forms, and where nothing was written.
  public var scalar: Value {
    if case .scalar(let value)? = self { return value }
    return .null
  }

  /// What a text shows; empty where there is none.
  public var text: String { scalar.textValue ?? "" }

  public var sum: Int64 {
    if case .counter(let sum)? = self { return sum }
    return 0
  }

  public var elements: [Value] {
    if case .set(let elements)? = self { return elements }
    return []
  }

  public var entries: [FieldValue.MapEntry] {
    if case .map(let entries)? = self { return entries }
    return []
  }
}

extension Value {
  /// A total order: by type, then numbers by size, texts and bytes by bytes, groups by their parts.
  /// Used wherever something must be in the same order everywhere; it never decides a merge.
  public func precedes(_ other: Value) -> Bool {
    switch (self, other) {
    case (.int(let a), .int(let b)): a < b
    case (.real(let a), .real(let b)): a < b
    case (.text(let a), .text(let b)): a.utf8.lexicographicallyPrecedes(b.utf8)
    case (.bytes(let a), .bytes(let b)): a.lexicographicallyPrecedes(b)
    case (.group(let a), .group(let b)):
      a.lexicographicallyPrecedes(b) { $0.precedes($1) }
    default: typeOrder < other.typeOrder
    }
  }

  private var typeOrder: Int {
    switch self {
    case .null: 0
    case .int: 1
    case .real: 2
    case .text: 3
    case .bytes: 4
    case .group: 5
    }
  }
}
