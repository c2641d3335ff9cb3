import Protocol

/// Reads one value of a type from text that is composed, trimmed and not empty.
///
/// Sets, maps, groups and counters are no values of their own: `FieldParser` takes them apart.
struct ValueParser {
  let model: Model
  let clock: WallClock
  let references: FieldParser.References

  func value(_ text: String, of type: ValueType, name: String) throws -> Value {
    switch type {
    case .int, .percent, .bool, .money, .decimal:
      guard let value = Self.number(text, type) else { throw badValue(text, type, name: name) }
      return try checked(value, type, text: text, name: name)
    case .instant:
      return try checked(instant(text, name: name), type, text: text, name: name)
    case .string: return try checked(.text(text), type, text: text, name: name)
    case .text:
      let lines = text.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
      return try checked(.text(lines), type, text: text, name: name)
    case .enumeration(let list): return try code(text, list: list, name: name)
    case .reference(let entity): return try reference(text, to: entity, name: name)
    default: return try identifier(text, type, name: name)
    }
  }

  private func checked(_ value: Value, _ type: ValueType, text: String, name: String) throws
    -> Value
  {
    switch type.violation(of: value, model: model) {
    case nil: return value
    case .controlCharacter?:
      throw FieldError.refused(name, text, Violation.controlCharacter.sentence)
    default: throw badValue(text, type, name: name)
    }
  }

  /// Texts with a grammar of their own: what reads as another form is kept in that form.
  private func identifier(_ text: String, _ type: ValueType, name: String) throws -> Value {
    var stored = text
    switch type.violation(of: .text(text), model: model) {
    case nil: break
    case .notCanonical(let form)?: stored = form
    case let violation?: throw FieldError.refused(name, text, violation.sentence)
    }
    // Stored ones may come from elsewhere with other check digits; typed ones are typing errors.
    if case .establishmentNumber = type {
      do {
        _ = try EstablishmentNumber(text: stored)
      } catch {
        throw FieldError.refused(name, text, EstablishmentNumber.sentence(error))
      }
    }
    return .text(stored)
  }

  private func reference(_ text: String, to entity: String, name: String) throws -> Value {
    do {
      return .int(try references(entity, text).raw)
    } catch let failure as ReferenceFailure {
      throw FieldError.reference(name, text, to: entity, failure)
    }
  }

  private func badValue(_ text: String, _ type: ValueType, name: String) -> FieldError {
    .badValue(name, text, rule: TypeRule(type, model: model))
  }

  private func instant(_ text: String, name: String) throws -> Value {
    do {
      return .int(try InstantText.milliseconds(text, clock: clock))
    } catch InstantText.Failure.missing {
      throw FieldError.missingHour(name, text)
    } catch {
      throw badValue(text, .instant, name: name)
    }
  }

  /// A code, or a label in either language when it is the label of one code only.
  private func code(_ text: String, list name: String, name field: String) throws -> Value {
    guard let list = model.list(named: name) else {
      preconditionFailure("the model was checked to have its lists")
    }
    if list.rank(of: text) != nil { return .text(text) }
    let folded = text.lowercased()
    let matches = list.entries.filter {
      [$0.code, $0.label.nl, $0.label.en].contains { $0.lowercased() == folded }
    }
    guard matches.count == 1 else { throw FieldError.unknownCode(field, text, list: list) }
    return .text(matches[0].code)
  }
}

extension ValueParser {
  /// Numbers have a point, no signs for thousands and no exponent; nothing is rounded.
  private static func number(_ text: String, _ type: ValueType) -> Value? {
    switch type {
    case .bool: text == "true" ? .int(1) : text == "false" ? .int(0) : nil
    case .percent: whole(text.hasSuffix("%") ? text.dropLast().trimmed : text).map { .int($0) }
    case .int: whole(text).map { .int($0) }
    case .money: cents(text).map { .int($0) }
    case .decimal(let digits, _): decimal(text, digits: digits).map { .real($0) }
    default: nil
    }
  }

  private static func whole(_ text: some StringProtocol) -> Int64? {
    guard let digits = plainDigits(text, decimals: 0) else { return nil }
    return Int64(digits.sign + digits.whole)
  }

  private static func decimal(_ text: String, digits: Int) -> Double? {
    guard let parts = plainDigits(text, decimals: digits) else { return nil }
    let text = "\(parts.sign)\(parts.whole).\(parts.decimals.isEmpty ? "0" : parts.decimals)"
    // Zero has no sign.
    return Double(text).map { $0 == 0 ? 0 : $0 }
  }

  private static func cents(_ text: String) -> Int64? {
    guard let parts = plainDigits(text, decimals: 2) else { return nil }
    let fraction = parts.decimals + String(repeating: "0", count: 2 - parts.decimals.count)
    return Int64(parts.sign + parts.whole + fraction)
  }

  private static func plainDigits(_ text: some StringProtocol, decimals limit: Int)
    -> (sign: String, whole: String, decimals: String)?
  {
    var rest = text[...]
    let sign = rest.hasPrefix("-") ? "-" : ""
    if rest.hasPrefix("-") || rest.hasPrefix("+") { rest = rest.dropFirst() }
    let pieces = rest.split(separator: ".", omittingEmptySubsequences: false)
    guard let whole = pieces.first, isDigits(whole), pieces.count <= 2 else { return nil }
    guard pieces.count == 2 else { return (sign, String(whole), "") }
    guard isDigits(pieces[1]), pieces[1].count <= limit else { return nil }
    return (sign, String(whole), String(pieces[1]))
  }

  private static func isDigits(_ text: some StringProtocol) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }
}
