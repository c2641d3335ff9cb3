extension ValueType {
  /// Euro cents up to ten thousand billion euros either way: sums of many never overflow.
  public static let moneyRange: ClosedRange<Int64> = -1_000_000_000_000_000...1_000_000_000_000_000
  /// The years of `PartialDate`, in milliseconds since 1970.
  public static let instantRange: ClosedRange<Int64> = -5_364_662_400_000...7_258_118_399_999
  /// Nobody needs a longer position in a list; it grows by about a digit per doubling.
  public static let positionLength = 1...200

  /// Why this *stored* value is not legal for the type, or nil. Run on everything that comes from
  /// outside before it is merged.
  ///
  /// Null means "no value" and is legal here; whether a field or part may be empty is asked where
  /// it is required (`Field`). Of a set the value is one element, of a map one value, of a counter
  /// one difference. Not asked: whether a referenced record exists, and rules over several
  /// fields, which never refuse a write. Cost: linear in the value's bytes.
  public func violation(of value: Value, model: Model) -> Violation? {
    if value.isNull { return nil }
    switch self {
    case .int, .money, .bool, .instant, .percent, .counter, .reference:
      guard case .int(let number) = value else { return .form(self) }
      return violation(ofNumber: number)
    case .decimal(let digits, let range):
      guard case .real(let number) = value else { return .form(self) }
      return Self.violation(of: number, digits: digits, range: range)
    case .group(let parts):
      guard case .group(let values) = value else { return .form(self) }
      return Self.violation(of: values, parts: parts, model: model)
    case .set(let element): return element.violation(of: value, model: model)
    case .map(_, let entry): return entry.violation(of: value, model: model)
    default:
      guard case .text(let text) = value else { return .form(self) }
      return violation(ofText: text, model: model)
    }
  }

  private func violation(ofNumber number: Int64) -> Violation? {
    switch self {
    case .reference(let entity): RowID(number).isValid ? nil : .notAnID(entity: entity)
    case .int(let range): range.contains(number) ? nil : .range(range)
    case .money: Self.moneyRange.contains(number) ? nil : .range(Self.moneyRange)
    case .instant: Self.instantRange.contains(number) ? nil : .range(Self.instantRange)
    case .percent: (0...100).contains(number) ? nil : .range(0...100)
    case .bool: (0...1).contains(number) ? nil : .form(.bool)
    case .counter: Self.differenceRange.contains(number) ? nil : .range(Self.differenceRange)
    default: nil
    }
  }

  /// What one write may add to a counter: a thousand million, so that no sum of them overflows.
  public static let differenceRange: ClosedRange<Int64> = -1_000_000_000...1_000_000_000

  /// The number must be the double nearest to a decimal of so many digits: then every writer has
  /// the same bits for it. Zero has no sign.
  private static func violation(of number: Double, digits: Int, range: ClosedRange<Double>)
    -> Violation?
  {
    guard number.isFinite, range.contains(number) else { return .decimalRange(range) }
    if number == 0, number.sign == .minus { return .notCanonical(stored: "0") }
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    return (number * scale).rounded() / scale == number ? nil : .decimals(digits)
  }

  private static func violation(of values: [Value], parts: [GroupPart], model: Model) -> Violation?
  {
    guard let last = values.last, !last.isNull else { return .looseGroup }
    guard values.count <= parts.count else { return .tooManyParts(parts.count) }
    for (index, part) in parts.enumerated() {
      let value = index < values.count ? values[index] : .null
      if value.isNull, part.isRequired { return .part(part.name, .missing) }
      if let inner = part.type.violation(of: value, model: model) { return .part(part.name, inner) }
    }
    return nil
  }
}
