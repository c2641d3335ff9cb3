import Interchange
import Protocol

/// `kaai add ENTITY --help`: what an entity is and what its fields take, out of the declaration.
struct EntityHelp {
  private static let commands: Set<String> = ["add", "list"]

  let entity: Entity
  let model: Model
  let language: Language

  /// nil where the command line asks for something else.
  init?(_ arguments: [String], model: Model, language: Language) {
    var words = arguments.filter { $0 != "--help" && $0 != "-h" }
    if words.count == arguments.count {
      guard words.first == "help" else { return nil }
      words.removeFirst()
    }
    guard words.count >= 2, Self.commands.contains(words[0]),
      let entity = model.entity(named: words[1])
    else { return nil }
    self.entity = entity
    self.model = model
    self.language = language
  }

  var text: String {
    let title = "\(entity.label.text(in: language)): \(entity.help.text(in: language))"
    let needed = Label(nl: "* moet ingevuld zijn", en: "* must be filled in").text(in: language)
    let usage = "kaai add \(entity.name) field=value ..."
    let fields = entity.fields.filter { field in
      if case .derived = field.kind { return false }
      return field.authorship == nil
    }
    let width = fields.map { $0.name.count + 2 }.max() ?? 0
    let lines = fields.map { field in
      let name = field.name + (field.isRequired && field.defaultValue == nil ? " *" : "")
      let padding = String(repeating: " ", count: width - name.count + 2)
      return "  \(name)\(padding)\(line(field))"
    }
    return ([title, "", usage, needed, ""] + lines).joined(separator: "\n") + "\n"
  }

  /// The label, what the field takes, an example, and what the declaration says besides.
  private func line(_ field: Field) -> String {
    var sentences = ["\(field.label.text(in: language)): \(rule(field))"]
    if let help = field.help { sentences.append(help.text(in: language)) }
    return sentences.joined(separator: ". ")
  }

  private func rule(_ field: Field) -> String {
    var type = field.type
    if case .set(let element) = type { type = element }
    if case .enumeration(let name) = type, let list = model.list(named: name) {
      let codes = list.entries.map(\.code)
      let several = Label(nl: "een of meer van", en: "some of").text(in: language)
      let one = Label(nl: "een van", en: "one of").text(in: language)
      let isSet = if case .set = field.type { true } else { false }
      return "\(isSet ? several : one) \(codes.joined(separator: ", "))"
    }
    let rule = TypeRule(field.type, model: model)
    let phrase = rule.phrase.text(in: language)
    if case .reference = type { return phrase }
    let sign = rule.example.hasPrefix(".") || rule.example.hasPrefix("[") ? "" : "="
    return "\(phrase), \(field.name)\(sign)\(rule.example)"
  }
}
