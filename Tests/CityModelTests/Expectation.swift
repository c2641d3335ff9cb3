import Protocol

@testable import CityModel

/// How the words of the domain's file are said in the language of models. What differs from these
/// rules is named here, with its reason, and nowhere else.
enum Expectation {
  /// Fields that are a part of a group, because they are written with it.
  static let parts: [String: (group: String, part: String)] = [
    "Hub.geoQuality": ("geo", "quality"),
    "ChecklistItem.doneBy": ("done", "by"),
    "ChecklistItem.doneAt": ("done", "at"),
    "ChecklistItem.remark": ("done", "remark"),
  ]

  /// A derived field is never asked of anybody, so it cannot be required.
  static let notRequired: Set<String> = ["Lead.history", "SettlementCase.checklist"]

  /// Types that the file calls strings or leaves open, and that its rule makes narrower; lists of
  /// records, which are the children that name this record.
  static let types: [String: ValueType] = [
    "Organisation.establishmentNumbers": .set(of: .establishmentNumber),
    "Event.country": .country,
    "Person.retentionClass": .enumeration("retentionClass"),
    "Person.erased": .bool,
    "ChecklistItem.done": .done,
    "common.confidence": .enumeration("confidence"),
    "Attachment.state": .enumeration("attachmentState"),
    "Staff.role": .enumeration("staffRole"),
    "Device.state": .enumeration("deviceState"),
    "Programme.milestones": .set(of: .reference("milestone")),
    "BoardMeeting.agenda": .set(of: .reference("agenda-item")),
    "Visit.followUps": .set(of: .reference("follow-up")),
    "SettlementCase.checklist": .set(of: .reference("checklist-item")),
  ]

  /// The server alone writes it, but a set of hubs is still a set.
  static let kinds: [String: MergeKind] = ["Staff.hubs": .set(growOnly: false)]

  /// Nil for stages, whose moves have a file of their own, and for words that nobody knows.
  static func kind(of field: DomainField) -> MergeKind? {
    if let kind = kinds[field.path] { return kind }
    let isSealed = field.kind.hasPrefix("enc(")
    return kindWords[isSealed ? String(field.kind.dropFirst(4).dropLast()) : field.kind]
  }

  private static let kindWords: [String: MergeKind] = [
    "const": .once,
    "lww": .register(asks: false),
    "lww-group": .register(asks: false),
    "server": .register(asks: false),
    "mv": .register(asks: true),
    "mv-group": .register(asks: true),
    "max-order": .ranked(.listOrder),
    "max": .ranked(.maximum),
    "min": .ranked(.minimum),
    "ew-flag": .ranked(.trueWins),
    "dw-flag": .ranked(.falseWins),
    "done-flag": .ranked(.done),
    "aw-set": .set(growOnly: false),
    "g-set": .set(growOnly: true),
    "pn-counter": .counter(growOnly: false),
    "g-counter": .counter(growOnly: true),
    "map(lww)": .map(of: .register(asks: false)),
    "map(lww-group)": .map(of: .register(asks: false)),
    "map(pn-counter)": .map(of: .counter(growOnly: false)),
    "text": .text,
    // The record's own history, the children that name it, the server's act: not stored in a field.
    "append": .derived,
    "list": .derived,
    "absorbing": .derived,
    "derived": .derived,
  ]

  /// Whether `declared` is what the file's word says; bounds and parts are asked elsewhere.
  static func matches(_ word: String, _ declared: ValueType) -> Bool {
    if let simple = simpleTypes[word] { return declared == simple }
    switch declared {
    case .string: return word == "string" || word == "id" || word == "key"
    case .text: return word == "text"
    case .int(let range): return word == "int" || (word == "year" && range == 1_800...2_199)
    case .decimal: return word == "decimal"
    case .enumeration(let list): return word == "enum:\(list)" || word == list
    case .reference(let entity):
      return word == "ref:\(word.dropFirst(4))"
        && entity == DomainField.declaredName(String(word.dropFirst(4))) || word == "org"
    case .group:
      return word == "geo" || word == "group" || word.hasPrefix("group:")
    case .set(let element):
      if word == "log:group" { return matches("group", element) }
      return word.hasPrefix("set:") && matches(String(word.dropFirst(4)), element)
    case .map(let key, let value):
      guard word.hasPrefix("map:"), let arrow = word.firstRange(of: "->") else { return false }
      return matches(String(word[..<arrow.lowerBound].dropFirst(4)), key)
        && matches(String(word[arrow.upperBound...]), value)
    default: return false
    }
  }

  private static let simpleTypes: [String: ValueType] = [
    "eur": .money, "date": .date, "instant": .instant, "url": .url, "email": .email,
    "phone": .phone, "kbo": .enterpriseNumber, "vat": .vatNumber, "lang": .language,
    "sha256": .sha256, "uuid": .uuid, "percent": .percent, "frac-index": .fractionalIndex,
    "counter": .counter, "bool": .bool,
  ]

  static let personal: [String: PersonalData] = [
    "P1": .identifying, "P2": .linked, "P3": .sensitive,
  ]
}
