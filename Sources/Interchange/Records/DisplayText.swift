import Protocol

/// Values as people in Ghent read them: `di 20 okt 2026 09:00`, `€ 1.234,56`, labels instead of
/// codes, titles instead of ids. Nothing here is read back by a machine.
///
/// The text may hold what others typed: it is made safe where it meets a terminal.
public struct DisplayText {
  /// The title of a record, or nil when it is not known here; then its id shows.
  public typealias Titles = (_ entity: String, RowID) -> String?

  public let model: Model
  public let language: Language
  let clock: WallClock
  let titles: Titles

  public init(
    model: Model, language: Language, clock: WallClock = .brussels, titles: @escaping Titles
  ) {
    self.model = model
    self.language = language
    self.clock = clock
    self.titles = titles
  }

  public func text(_ value: FieldValue, of field: Field) -> String {
    switch (value, field.type) {
    case (.scalar(let value), let type): return text(value, type: type)
    case (.counter(let sum), _): return numbers.whole(sum)
    case (.set(let elements), let type):
      let element: ValueType = if case .set(let element) = type { element } else { type }
      return elements.map { text($0, type: element) }.joined(separator: ", ")
    case (.map(let entries), .map(let key, let inner)):
      return entries.filter { !$0.value.isNull }
        .map { "\(self.key($0.key, type: key)): \(text($0.value, type: inner))" }
        .joined(separator: "; ")
    case (.map(let entries), let type):
      return entries.map { text($0.value, type: type) }.joined(separator: "; ")
    }
  }

  public func text(_ value: Value, type: ValueType) -> String {
    switch (value, type) {
    case (.null, _): return ""
    case (.int(let number), .bool): return yesOrNo(number != 0)
    case (.int(let cents), .money): return numbers.euros(cents)
    case (.int(let percent), .percent): return numbers.percent(percent)
    case (.int(let milliseconds), .instant): return instant(milliseconds)
    case (.int(let raw), .reference(let entity)):
      return titles(entity, RowID(raw)) ?? RowID(raw).text
    case (.int(let number), _): return numbers.whole(number)
    case (.real(let number), _): return numbers.decimal(number)
    case (.text(let code), .enumeration(let list)): return label(of: code, list: list)
    case (.text(let date), .date): return dates.text(of: date)
    case (.text(let digits), .enterpriseNumber):
      // A number that is none, as it may come from elsewhere, shows as it is.
      return (try? EnterpriseNumber(text: digits))?.dotted ?? digits
    case (.text(let digits), .establishmentNumber):
      return (try? EstablishmentNumber(uncheckedText: digits))?.dotted ?? digits
    case (.group(let values), .group(let parts)):
      return zip(parts, values).compactMap { group(part: $0, $1) }.joined(separator: ", ")
    default: return PlainText.text(value, type: type)
    }
  }

  /// A year as a key or a sub-value is not a number with thousands.
  public func key(_ value: Value, type: ValueType) -> String {
    if case .int = type { return PlainText.text(value, type: type) }
    return text(value, type: type)
  }

  /// Sub-values show without their names; a yes shows as the name, a no not at all.
  private func group(part: GroupPart, _ value: Value) -> String? {
    if value.isNull { return nil }
    if case .bool = part.type {
      return value.intValue == 0 ? nil : part.label.text(in: language).lowercased()
    }
    return text(value, type: part.type)
  }

  private func instant(_ milliseconds: Int64) -> String {
    guard let wall = clock.wall(at: milliseconds) else { return String(milliseconds) }
    return dates.text(of: wall)
  }

  private func label(of code: String, list: String) -> String {
    let entry = model.list(named: list)?.entries.first { $0.code == code }
    return entry?.label.text(in: language) ?? code
  }

  private func yesOrNo(_ value: Bool) -> String {
    switch language {
    case .nl: value ? "ja" : "nee"
    case .en: value ? "yes" : "no"
    }
  }

  private var numbers: DisplayNumbers { DisplayNumbers(language: language) }
  private var dates: DisplayDates { DisplayDates(language: language) }
}
