import Protocol

/// What a type takes, in words that end a sentence ("it takes …"), and an example of it.
public struct TypeRule: Sendable {
  public let phrase: Label
  public let example: String

  init(_ nl: String, _ en: String, _ example: String) {
    phrase = Label(nl: nl, en: en)
    self.example = example
  }

  public init(_ type: ValueType, model: Model) {
    switch type {
    case .string, .text: self = Self.text(type)
    case .int, .decimal, .money, .percent, .counter: self = Self.number(type)
    case .bool: self.init("ja of nee als true of false", "yes or no as true or false", "true")
    case .date, .instant: self = Self.time(type)
    case .enumeration(let name):
      self.init(
        "een code uit de lijst", "a code of the list",
        model.list(named: name)?.entries.first?.code ?? name)
    case .reference(let entity):
      self.init(
        "een \(entity) als id, code of titel", "one \(entity) by id, code or title",
        RowID(site: 1, counter: 1).text)
    case .set(let element):
      let rule = TypeRule(element, model: model)
      self.init(
        "\(rule.phrase.nl); meer ervan met komma’s", "\(rule.phrase.en); several with commas",
        rule.example)
    case .map(let key, let value):
      let keyRule = TypeRule(key, model: model)
      let rule = TypeRule(value, model: model)
      self.init(
        "per sleutel \(rule.phrase.nl)", "for each key \(rule.phrase.en)",
        "[\(keyRule.example)]" + (rule.example.hasPrefix(".") ? "" : "=") + rule.example)
    case .group(let parts):
      let names = parts.map(\.name).joined(separator: ", ")
      self.init(
        "een groep met de onderdelen \(names)", "a group of the parts \(names)",
        parts.first.map { ".\($0.name)=\(TypeRule($0.type, model: model).example)" } ?? "")
    default: self = Self.identifier(type)
    }
  }

  private static func text(_ type: ValueType) -> TypeRule {
    switch type {
    case .text(let maximum):
      return TypeRule(
        "tekst van hoogstens \(maximum) tekens", "text of at most \(maximum) characters",
        "Bezoek aan het labo")
    case .string(_, _, let pattern?): return pattern.rule
    case .string(let minimum, let maximum, _):
      return TypeRule(
        "één regel van \(minimum) tot \(maximum) tekens",
        "one line of \(minimum) to \(maximum) characters", "Wintercircus")
    default: return TypeRule("een waarde", "a value", "")
    }
  }

  private static func number(_ type: ValueType) -> TypeRule {
    switch type {
    case .int(let range):
      return TypeRule(
        "een geheel getal van \(range.lowerBound) tot \(range.upperBound)",
        "a whole number from \(range.lowerBound) to \(range.upperBound)",
        // A range that begins far above zero is one of years.
        String(
          range.lowerBound > 12 && range.contains(2026)
            ? 2026 : min(max(12, range.lowerBound), range.upperBound)))
    case .decimal(let digits, let range):
      let (low, high) = (plain(range.lowerBound), plain(range.upperBound))
      return TypeRule(
        "een getal van \(low) tot \(high) met een punt en hoogstens \(digits) decimalen",
        "a number from \(low) to \(high) with a point and at most \(digits) decimals",
        plain(min(max(0.5, range.lowerBound), range.upperBound)))
    case .percent:
      return TypeRule("hele procenten van 0 tot 100", "whole percent from 0 to 100", "75")
    case .money:
      return TypeRule(
        "een bedrag in euro met een punt en hoogstens twee decimalen",
        "an amount in euros with a point and at most two decimals", "1234.56")
    default: return TypeRule("een verschil als +3 of -2", "a difference as +3 or -2", "+1")
    }
  }

  private static func time(_ type: ValueType) -> TypeRule {
    if case .date = type {
      return TypeRule(
        "een datum als jaar, maand of dag", "a date as year, month or day", "2026-10-20")
    }
    return TypeRule(
      "een tijdstip op de klok van Brussel of met Z of +02:00",
      "a time on the clock of Brussels or with Z or +02:00", "2026-10-20T09:00")
  }

  private static func identifier(_ type: ValueType) -> TypeRule {
    switch type {
    case .url:
      TypeRule(
        "een webadres met http of https", "a web address with http or https",
        "https://wintercircus.be")
    case .email: TypeRule("een e-mailadres", "an e-mail address", "info@wintercircus.be")
    case .phone:
      TypeRule(
        "een telefoonnummer met zonenummer", "a phone number with its area code", "+32 9 251 05 50")
    case .enterpriseNumber:
      TypeRule(
        "een ondernemingsnummer van tien cijfers waarvan de controle klopt",
        "an enterprise number of ten digits whose check digits are right", "0207.451.227")
    case .establishmentNumber:
      TypeRule(
        "een vestigingsnummer van tien cijfers waarvan de controle klopt",
        "an establishment number of ten digits whose check digits are right", "2.123.456.791")
    case .vatNumber:
      TypeRule("een btw-nummer met landcode", "a VAT number with its country", "BE0207451227")
    case .language: TypeRule("een taalcode", "a language code", "nl")
    case .country: TypeRule("een landcode van twee letters", "a country code of two letters", "BE")
    case .sha256: TypeRule("64 hexadecimale cijfers", "64 hexadecimal digits", "e3b0c442…")
    case .uuid:
      TypeRule("een UUID", "a UUID", "0192f0c1-7a3b-7c4d-8e5f-0123456789ab")
    default: TypeRule("een plaats in een volgorde", "a place in an order", "a0")
    }
  }

  private static func plain(_ number: Double) -> String {
    number == number.rounded() && abs(number) < 1e15 ? String(Int64(number)) : number.description
  }
}

extension StringPattern {
  fileprivate var rule: TypeRule {
    switch self {
    case .code:
      TypeRule(
        "een code van 2 tot 24 hoofdletters, cijfers en streepjes",
        "a code of 2 to 24 capitals, digits and hyphens", "TLG-ARDOYEN")
    case .nace:
      TypeRule(
        "een NACE-BEL-code met haar versie", "a NACE-BEL code with its version", "2025:62100")
    case .tag:
      TypeRule(
        "een woord zonder spaties aan de randen", "a word without blanks at its ends", "waterstof")
    case .mediaType: TypeRule("een mediatype", "a media type", "image/jpeg")
    case .externalKey:
      TypeRule(
        "een sleutel met haar herkomst", "a key with where it is from", "sample-hubs:NSP")
    }
  }
}
