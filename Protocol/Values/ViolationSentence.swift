extension Violation {
  /// The rule and an example in plain words, without the name of the field and without a full stop.
  public func sentence(_ language: Language) -> String { sentence.text(in: language) }

  public var sentence: Label {
    switch self {
    case .enterpriseNumber(let refusal): EnterpriseNumber.sentence(refusal)
    case .establishmentNumber(let refusal): EstablishmentNumber.sentence(refusal)
    case .vatNumber(let refusal): refusal.sentence
    case .phone(let refusal): refusal.sentence
    case .email(let refusal): refusal.sentence
    case .url(let refusal): refusal.sentence
    case .date(let refusal): refusal.sentence
    case .language(let refusal): refusal.sentence
    case .country(let refusal): refusal.sentence
    case .sha256(let refusal): refusal.sentence
    case .uuid(let refusal): refusal.sentence
    case .range, .decimalRange, .decimals: numberSentence
    case .length, .controlCharacter, .notComposed, .pattern, .notCanonical: textSentence
    case .looseGroup, .tooManyParts, .part, .key: groupSentence
    case .missing:
      Label(nl: "mag niet leeg zijn: vul een waarde in", en: "may not be empty: give a value")
    case .form(let type):
      Label(
        nl: "hier hoort \(type.storedForm.nl)", en: "\(type.storedForm.en) belongs here")
    case .unknownCode(_, let codes):
      Label(
        nl: "kies een code uit de lijst: \(codes.joined(separator: ", "))",
        en: "choose a code of the list: \(codes.joined(separator: ", "))")
    case .notAnID(let entity):
      Label(
        nl: "dit kan het nummer van een \(entity) niet zijn; een nummer is \(Self.exampleID)",
        en: "this cannot be the number of a \(entity); a number is \(Self.exampleID)")
    case .countsDown:
      Label(
        nl: "deze teller gaat alleen omhoog, bijvoorbeeld +3",
        en: "this counter only goes up, for example +3")
    case .wrongWrite(let kind):
      Label(nl: kind.howToWrite.nl, en: kind.howToWrite.en)
    }
  }

  private static let exampleID = RowID(site: 1, counter: 1).text

  private var numberSentence: Label {
    switch self {
    case .range(let range):
      Label(
        nl: "een geheel getal van \(range.lowerBound) tot \(range.upperBound),"
          + " zoals \(range.example)",
        en: "a whole number from \(range.lowerBound) to \(range.upperBound),"
          + " such as \(range.example)")
    case .decimalRange(let range):
      Label(
        nl: "een getal van \(range.lowerBound.plain) tot \(range.upperBound.plain),"
          + " zoals \(range.example.plain)",
        en: "a number from \(range.lowerBound.plain) to \(range.upperBound.plain),"
          + " such as \(range.example.plain)")
    case .decimals(let digits):
      Label(
        nl: "hoogstens \(digits) cijfers na de punt, zoals 1\(digits > 0 ? ".5" : "")",
        en: "at most \(digits) digits after the point, such as 1\(digits > 0 ? ".5" : "")")
    default: preconditionFailure("not about a number")
    }
  }

  private var textSentence: Label {
    switch self {
    case .length(let range):
      Label(
        nl: "de tekst telt \(range.lowerBound) tot \(range.upperBound) tekens, zoals"
          + " \"\(range.example)\"",
        en: "the text has \(range.lowerBound) to \(range.upperBound) characters, such as"
          + " \"\(range.example)\"")
    case .controlCharacter:
      Label(
        nl: "een onzichtbaar stuurteken of regeleinde hoort hier niet: typ de tekst over,"
          + " zoals \"Gent\"",
        en: "an invisible control character or line break does not belong here: type the text"
          + " again, such as \"Gent\"")
    case .notComposed:
      Label(
        nl: "een letter en haar accent horen één teken te zijn, zoals \"é\": typ de tekst over",
        en: "a letter and its accent must be one character, such as \"é\": type the text again")
    case .pattern(let pattern):
      pattern.sentence
    case .notCanonical(let stored):
      Label(nl: "schrijf het als \(stored)", en: "write it as \(stored)")
    default: preconditionFailure("not about a text")
    }
  }

  private var groupSentence: Label {
    switch self {
    case .looseGroup:
      Label(
        nl: "een groep zonder waarden wordt leeg geschreven, zonder lege delen aan het eind",
        en: "a group without values is written empty, without empty parts at its end")
    case .tooManyParts(let count):
      Label(
        nl: "deze groep heeft \(count) delen: werk het programma bij",
        en: "this group has \(count) parts: update the program")
    case .part(let name, let violation):
      Label(
        nl: "\(name): \(violation.sentence.nl)", en: "\(name): \(violation.sentence.en)")
    case .key(let violation):
      Label(
        nl: "de sleutel: \(violation.sentence.nl)", en: "the key: \(violation.sentence.en)")
    default: preconditionFailure("not about a group")
    }
  }
}

extension StringPattern {
  public var sentence: Label {
    switch self {
    case .code:
      Label(
        nl: "een code is 2 tot 24 hoofdletters, cijfers en koppeltekens, zoals TLG-ARDOYEN",
        en: "a code is 2 to 24 capitals, digits and hyphens, such as TLG-ARDOYEN")
    case .nace:
      Label(
        nl: "een NACE-BEL-code is jaar en vijf cijfers, zoals 2008:62010 of 2025:62100",
        en: "a NACE-BEL code is year and five digits, such as 2008:62010 or 2025:62100")
    case .mediaType:
      Label(
        nl: "kies image/jpeg, image/png, application/pdf of text/..., zoals text/plain",
        en: "choose image/jpeg, image/png, application/pdf or text/..., such as text/plain")
    case .externalKey:
      Label(
        nl: "een externe sleutel is herkomst:sleutel, zoals sample-hubs:NSP",
        en: "an external key is namespace:key, such as sample-hubs:NSP")
    case .tag:
      Label(
        nl: "geen spaties aan het begin of het eind, zoals \"waterstof\"",
        en: "no blanks at the beginning or the end, such as \"hydrogen\"")
    }
  }
}

extension ValueType {
  /// What a value of this type is, for somebody who gave another kind of thing.
  fileprivate var storedForm: Label {
    switch self {
    case .int, .percent, .counter:
      Label(nl: "een geheel getal, zoals 12,", en: "a whole number, such as 12,")
    case .decimal: Label(nl: "een getal, zoals 1.5,", en: "a number, such as 1.5,")
    case .money: Label(nl: "een bedrag, zoals 1234.56,", en: "an amount, such as 1234.56,")
    case .bool: Label(nl: "true of false", en: "true or false")
    case .instant:
      Label(nl: "een tijdstip, zoals 2026-10-20T09:00,", en: "a time, such as 2026-10-20T09:00,")
    case .reference(let entity):
      Label(nl: "het nummer van een \(entity)", en: "the number of a \(entity)")
    case .group(let parts):
      Label(
        nl: "een groep (\(parts.map(\.name).joined(separator: ", ")))",
        en: "a group (\(parts.map(\.name).joined(separator: ", ")))")
    default: Label(nl: "een tekst, zoals \"Gent\",", en: "a text, such as \"Gent\",")
    }
  }
}

extension MergeKind {
  fileprivate var howToWrite: Label {
    switch self {
    case .set:
      Label(
        nl: "een verzameling wordt per element gewijzigd, met set-add en set-remove",
        en: "a set is changed element by element, with set-add and set-remove")
    case .counter:
      Label(
        nl: "een teller wordt met een verschil gewijzigd, zoals +3",
        en: "a counter is changed by a difference, such as +3")
    case .map:
      Label(
        nl: "een tabel wordt per sleutel gewijzigd, zoals headcount[2026]=12",
        en: "a table is changed key by key, such as headcount[2026]=12")
    case .derived:
      Label(
        nl: "dit veld wordt berekend en nooit geschreven: wijzig waar het vandaan komt",
        en: "this field is computed and never written: change what it comes from")
    default:
      Label(
        nl: "dit veld wordt in één keer geschreven, zoals veld=waarde",
        en: "this field is written whole, such as field=value")
    }
  }
}

extension ClosedRange<Int64> {
  fileprivate var example: Int64 { Swift.min(Swift.max(12, lowerBound), upperBound) }
}

extension ClosedRange<Double> {
  fileprivate var example: Double { Swift.min(Swift.max(1.5, lowerBound), upperBound) }
}

extension ClosedRange<Int> {
  /// A word that is neither too short nor too long.
  fileprivate var example: String {
    let word = "Wintercircus Gent"
    let length = Swift.max(lowerBound, Swift.min(12, upperBound))
    return length <= word.count
      ? String(word.prefix(length)) : String(repeating: "x", count: length)
  }
}

extension Double {
  /// Without a point where there is nothing behind it.
  fileprivate var plain: String { Int64(exactly: self).map(String.init) ?? String(self) }
}
