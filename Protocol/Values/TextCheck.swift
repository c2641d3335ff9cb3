extension ValueType {
  /// Why this stored text is not legal for a type that is stored as text.
  func violation(ofText text: String, model: Model) -> Violation? {
    switch self {
    case .string(let minimum, let maximum, let pattern):
      return Self.violation(ofLine: text, length: minimum...maximum, pattern: pattern)
    case .text(let maximum):
      guard Self.has(text, atMost: maximum) else { return .length(0...maximum) }
      if StringRules.hasControl(text) { return .controlCharacter }
      return text.isComposed ? nil : .notComposed
    case .enumeration(let name):
      guard Self.has(text, atMost: 64) else { return .length(1...64) }
      guard let list = model.list(named: name) else { return .unknownCode(list: name, codes: []) }
      if list.rank(of: text) != nil { return text.isComposed ? nil : .notComposed }
      return .unknownCode(list: name, codes: list.entries.map(\.code))
    case .fractionalIndex:
      let isRight = Self.positionLength.contains(text.utf8.count)
      return isRight && text.utf8.allSatisfy(ASCII.isAlphanumeric) ? nil : .form(self)
    default:
      return violation(ofIdentifier: text)
    }
  }

  /// The length is asked first: what follows is linear in a text that is known to be short.
  private static func violation(
    ofLine text: String, length: ClosedRange<Int>, pattern: StringPattern?
  ) -> Violation? {
    guard has(text, atMost: length.upperBound), text.unicodeScalars.count >= length.lowerBound
    else { return .length(length) }
    if StringRules.breaksLine(text) { return .controlCharacter }
    guard text.isComposed else { return .notComposed }
    if let pattern, !pattern.matches(text) { return .pattern(pattern) }
    return nil
  }

  private static func has(_ text: String, atMost maximum: Int) -> Bool {
    let bytes = text.utf8.count
    return bytes <= maximum || (bytes <= maximum * 4 && text.unicodeScalars.count <= maximum)
  }

  /// Texts with a grammar of their own: read them, and they must read as themselves.
  private func violation(ofIdentifier text: String) -> Violation? {
    do {
      guard let stored = try storedForm(of: text) else { return .form(self) }
      return stored.utf8.elementsEqual(text.utf8) ? nil : .notCanonical(stored: stored)
    } catch {
      return error
    }
  }

  /// Nil for a type that is not stored as such a text.
  private func storedForm(of text: String) throws(Violation) -> String? {
    switch self {
    case .date: try Self.read(text, PartialDate.init(text:), Violation.date).text
    case .url: try Self.read(text, WebAddress.init(text:), Violation.url).text
    case .email: try Self.read(text, EmailAddress.init(text:), Violation.email).text
    case .phone: try Self.read(text, PhoneNumber.init(text:), Violation.phone).text
    case .vatNumber: try Self.read(text, VATNumber.init(text:), Violation.vatNumber).text
    case .language: try Self.read(text, LanguageTag.init(text:), Violation.language).text
    case .country: try Self.read(text, CountryCode.init(text:), Violation.country).text
    case .sha256: try Self.read(text, SHA256Text.init(text:), Violation.sha256).text
    case .uuid: try Self.read(text, UUIDText.init(text:), Violation.uuid).text
    case .enterpriseNumber:
      try Self.read(text, EnterpriseNumber.init(text:), Violation.enterpriseNumber).text
    case .establishmentNumber:
      try Self.read(
        text, EstablishmentNumber.init(uncheckedText:), Violation.establishmentNumber
      ).text
    default: nil
    }
  }

  private static func read<Form, Refusal: Error>(
    _ text: String, _ form: (String) throws(Refusal) -> Form, _ violation: (Refusal) -> Violation
  ) throws(Violation) -> Form {
    do {
      return try form(text)
    } catch {
      throw violation(error)
    }
  }
}
