/// What may be written into a field, by the way its merge kind is written.
extension Field {
  /// A write of the whole field: once, register, ranked, stage and text. Null clears it.
  public func violation(of value: Value, model: Model) -> Violation? {
    switch kind {
    case .set, .counter, .map, .derived: return .wrongWrite(kind)
    case .once, .register, .ranked, .stage, .text: break
    }
    if value.isNull { return isRequired ? .missing : nil }
    return type.violation(of: value, model: model)
  }

  /// An element that is put into a set or taken out of it.
  public func violation(ofElement value: Value, model: Model) -> Violation? {
    guard case .set = kind, case .set(let element) = type else { return .wrongWrite(kind) }
    return value.isNull ? .missing : element.violation(of: value, model: model)
  }

  /// A key of a map and the value written there; null clears what the key shows.
  public func violation(ofKey key: Value, value: Value, model: Model) -> Violation? {
    guard case .map(let inner) = kind, case .map(let keyType, let valueType) = type else {
      return .wrongWrite(kind)
    }
    if case .counter = inner { return .wrongWrite(inner) }
    return Self.violation(ofKey: key, type: keyType, model: model)
      ?? valueType.violation(of: value, model: model)
  }

  /// What is added to a counter.
  public func violation(ofDifference difference: Int64, model: Model) -> Violation? {
    guard case .counter(let growOnly) = kind else { return .wrongWrite(kind) }
    if growOnly, difference < 0 { return .countsDown }
    return ValueType.counter.violation(of: .int(difference), model: model)
  }

  /// What is added to the counter under a key of a map.
  public func violation(ofKey key: Value, difference: Int64, model: Model) -> Violation? {
    guard case .map(.counter(let growOnly)) = kind, case .map(let keyType, _) = type else {
      return .wrongWrite(kind)
    }
    if let violation = Self.violation(ofKey: key, type: keyType, model: model) { return violation }
    if growOnly, difference < 0 { return .countsDown }
    return ValueType.counter.violation(of: .int(difference), model: model)
  }

  private static func violation(ofKey key: Value, type: ValueType, model: Model) -> Violation? {
    if key.isNull { return .key(.missing) }
    return type.violation(of: key, model: model).map(Violation.key)
  }
}
