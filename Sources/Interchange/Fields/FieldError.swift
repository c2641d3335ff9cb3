import Protocol

/// Why a text cannot be written into a field: which field, which rule, and an example that works.
public struct FieldError: Error, Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    case noAssignment
    case unknownField
    case unknownPart
    /// The text does not have the form of the field's type, or breaks its bounds.
    case badValue
    case unknownCode
    /// The wall clock never showed this time.
    case missingHour
    case referenceNotFound
    case referenceAmbiguous
    case required
    /// Another command writes fields of this kind.
    case otherCommand
    case notWritable
    case assignedTwice
    /// A greatest value that would fall, or a least one that would rise.
    case neverGoesBack
  }

  /// The field as it was typed.
  public let field: String
  public let kind: Kind
  /// The rule and an example, without the name of the field.
  public let reason: Label

  public var sentence: Label {
    let name = Terminal.quotable(field)
    return Label(nl: "\(name): \(reason.nl)", en: "\(name): \(reason.en)")
  }

  init(_ field: String, _ kind: Kind, nl: String, en: String) {
    self.field = field
    self.kind = kind
    reason = Label(nl: nl, en: en)
  }
}

/// What a lookup of a reference throws when it cannot decide; other errors pass through.
public enum ReferenceFailure: Error, Hashable, Sendable {
  case notFound
  case ambiguous(count: Int)
}

extension FieldError {
  static func noAssignment(_ text: String) -> FieldError {
    FieldError(
      text, .noAssignment, nl: "schrijf veld=waarde; bijvoorbeeld name=Wintercircus.",
      en: "write field=value; for example name=Wintercircus.")
  }

  static func unknownField(_ name: String, of entity: Entity) -> FieldError {
    let names = entity.fields.map(\.name).joined(separator: ", ")
    return FieldError(
      name, .unknownField, nl: "\(entity.name) heeft geen veld met die naam; wel: \(names).",
      en: "\(entity.name) has no field of that name; it has: \(names).")
  }

  static func unknownPart(_ name: String, parts: [GroupPart]) -> FieldError {
    let names = parts.map(\.name).joined(separator: ", ")
    return FieldError(
      name, .unknownPart, nl: "geen onderdeel met die naam; wel: \(names).",
      en: "no part of that name; the parts are: \(names).")
  }

  static func noParts(_ name: String) -> FieldError {
    FieldError(
      name, .unknownPart, nl: "dit veld heeft geen onderdelen en geen sleutels.",
      en: "this field has neither parts nor keys.")
  }

  static func badValue(_ name: String, _ text: String, rule: TypeRule) -> FieldError {
    let quoted = Terminal.quotable(text)
    return FieldError(
      name, .badValue,
      nl: "“\(quoted)” is niet goed; nodig is \(rule.phrase.nl), bijvoorbeeld \(rule.example).",
      en: "“\(quoted)” does not fit; it takes \(rule.phrase.en), for example \(rule.example).")
  }

  /// A refusal in the words of the type itself; they hold the rule and an example.
  static func refused(_ name: String, _ text: String, _ why: Label) -> FieldError {
    let quoted = Terminal.quotable(text)
    return FieldError(
      name, .badValue, nl: "“\(quoted)” is niet goed: \(why.nl).",
      en: "“\(quoted)” does not fit: \(why.en).")
  }

  static func unknownCode(_ name: String, _ text: String, list: ValueList) -> FieldError {
    let codes = list.entries.map(\.code).joined(separator: ", ")
    let quoted = Terminal.quotable(text)
    return FieldError(
      name, .unknownCode, nl: "“\(quoted)” staat niet in de lijst; kies uit: \(codes).",
      en: "“\(quoted)” is not in the list; choose one of: \(codes).")
  }

  static func missingHour(_ name: String, _ text: String) -> FieldError {
    let quoted = Terminal.quotable(text)
    return FieldError(
      name, .missingHour,
      nl: "“\(quoted)” heeft in Brussel nooit op de klok gestaan: die nacht begint de zomertijd; "
        + "neem een uur later of geef de tijd met Z of +01:00.",
      en: "“\(quoted)” was never on the clock in Brussels: summer time begins that night; "
        + "take an hour later or give the time with Z or +01:00.")
  }

  static func reference(_ name: String, _ text: String, to entity: String, _ why: ReferenceFailure)
    -> FieldError
  {
    let quoted = Terminal.quotable(text)
    switch why {
    case .notFound:
      return FieldError(
        name, .referenceNotFound,
        nl:
          "geen \(entity) “\(quoted)” gevonden; geef een id van 13 tekens, een code of een titel.",
        en: "no \(entity) “\(quoted)” was found; give an id of 13 digits, a code or a title.")
    case .ambiguous(let count):
      return FieldError(
        name, .referenceAmbiguous,
        nl: "“\(quoted)” past op \(count) records van \(entity); geef het id van 13 tekens.",
        en: "“\(quoted)” fits \(count) records of \(entity); give the id of 13 digits.")
    }
  }

  public static func required(_ field: Field, rule: TypeRule) -> FieldError {
    // The example of a group or a map begins with its part or key.
    let assignment = rule.example.contains("=") ? rule.example : "=\(rule.example)"
    return FieldError(
      field.name, .required,
      nl: "\(field.label.nl) mag niet leeg zijn; nodig is \(rule.phrase.nl), "
        + "bijvoorbeeld \(field.name)\(assignment).",
      en: "\(field.label.en) may not be empty; it takes \(rule.phrase.en), "
        + "for example \(field.name)\(assignment).")
  }

  static func requiredPart(_ name: String, _ part: GroupPart) -> FieldError {
    FieldError(
      "\(name).\(part.name)", .required, nl: "\(part.label.nl) mag niet leeg zijn.",
      en: "\(part.label.en) may not be empty.")
  }

  static func useSetCommands(_ name: String) -> FieldError {
    FieldError(
      name, .otherCommand,
      nl: "een verzameling wijzigt u per element met set-add en set-remove; "
        + "bijvoorbeeld set-add ID \(name) WAARDE.",
      en: "a set is changed element by element with set-add and set-remove; "
        + "for example set-add ID \(name) VALUE.")
  }

  static func useCount(_ name: String) -> FieldError {
    FieldError(
      name, .otherCommand,
      nl: "een teller wordt geteld, niet gezet; bijvoorbeeld count ID \(name) +1.",
      en: "a counter is counted, not set; for example count ID \(name) +1.")
  }

  static func needsKey(_ name: String, example: String) -> FieldError {
    FieldError(
      name, .unknownPart, nl: "dit veld heeft sleutels; schrijf \(name)[\(example)]=waarde.",
      en: "this field has keys; write \(name)[\(example)]=value.")
  }

  static func notWritable(_ name: String) -> FieldError {
    FieldError(
      name, .notWritable, nl: "dit veld wordt berekend en kan niet ingevuld worden.",
      en: "this field is computed and cannot be written.")
  }

  static func writtenByProgram(_ name: String) -> FieldError {
    FieldError(
      name, .notWritable, nl: "dit veld vult het programma zelf in.",
      en: "this field is filled in by the program itself.")
  }

  static func writtenOnce(_ name: String) -> FieldError {
    FieldError(
      name, .notWritable,
      nl: "dit veld wordt één keer ingevuld, bij het maken van het record, en blijft dan zo.",
      en: "this field is filled in once, when the record is made, and then stays so.")
  }

  /// A greatest or least value that would go back.
  static func neverGoesBack(_ field: Field, present: Value, _ ranking: Ranking) -> FieldError {
    let shown = PlainText.text(present, type: field.type)
    let isGreatest = ranking == .maximum
    return FieldError(
      field.name, .neverGoesBack,
      nl: "dit veld gaat nooit terug: het staat op \(shown) en wordt alleen "
        + "\(isGreatest ? "hoger" : "lager"), op alle toestellen.",
      en: "this field never goes back: it is \(shown) and only gets "
        + "\(isGreatest ? "higher" : "lower"), on all devices.")
  }

  static func assignedTwice(_ name: String) -> FieldError {
    FieldError(
      name, .assignedTwice, nl: "dit veld staat er twee keer; geef het één keer.",
      en: "this field is there twice; give it once.")
  }
}
