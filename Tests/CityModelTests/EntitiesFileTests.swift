import CityModel
import Protocol
import Testing

/// The declaration against the domain's own file, field by field.
@Suite(.enabled(if: DomainFiles.areThere, DomainFiles.missing))
struct EntitiesFileTests {
  private let model = CityModel.model

  @Test("every entity of the domain is declared, with its labels and its place as tag")
  func entities() throws {
    let file = try DomainFiles.json("entities.json", as: [String: Any].self)
    let entities = try #require(file["entities"] as? [String: [String: Any]])
    #expect(entities.count == 21)
    for (name, keys) in entities {
      let entity = try #require(model.entity(named: DomainField.declaredName(name)), "\(name)")
      #expect(entity.label.nl == keys["nl"] as? String)
      #expect(entity.label.en == keys["en"] as? String)
      #expect((1...21).contains(entity.tag))
    }
    #expect(model.entities.count == entities.count + 3)
  }

  @Test("every common field is in every entity, with the tags 1 to 8")
  func commonFields() throws {
    let fields = try DomainFiles.commonFields().filter { $0.name != "id" && $0.name != "deleted" }
    #expect(fields.count == 8)
    for entity in model.entities {
      for (place, field) in fields.enumerated() {
        let declared = try #require(entity.field(named: field.name), "\(entity.name).\(field.name)")
        #expect(declared.tag == UInt32(place + 1))
        try check(field, declared)
      }
    }
  }

  @Test("every field is declared with type, kind, labels, required mark and its place as tag")
  func fields() throws {
    let fields = try DomainFiles.fields()
    #expect(fields.count == 240)
    for field in fields {
      let entity = try #require(model.entity(named: DomainField.declaredName(field.entity)))
      if let (group, name) = Expectation.parts[field.path] {
        let declared = try #require(entity.field(named: group))
        guard case .group(let parts) = declared.type else {
          Issue.record("\(field.path): \(group) is no group")
          continue
        }
        #expect(parts.contains { $0.name == name }, "\(field.path)")
        #expect(
          entity.field(tag: UInt32(16 + field.place)) == nil, "\(field.path) keeps its tag free")
      } else {
        let declared = try #require(entity.field(named: field.name), "\(field.path)")
        #expect(declared.tag == UInt32(16 + field.place), "\(field.path)")
        try check(field, declared)
      }
    }
  }

  @Test("nothing else is declared but the parents of children and the key of a checklist template")
  func nothingElse() throws {
    let names = Dictionary(grouping: try DomainFiles.fields(), by: \.entity).map {
      (DomainField.declaredName($0), Set($1.map(\.name)))
    }
    for (name, fields) in names {
      let entity = try #require(model.entity(named: name))
      let extra = entity.fields.filter { $0.tag >= 16 && !fields.contains($0.name) }.map(\.name)
      let parents = [entity.parent].compactMap(\.self)
      #expect(extra == parents + (name == "checklist-item" ? ["templateKey"] : []), "\(name)")
    }
  }

  private func check(_ field: DomainField, _ declared: Field) throws {
    let path: Comment = "\(field.path)"
    if let type = Expectation.types[field.path] {
      #expect(declared.type == type, path)
    } else {
      #expect(Expectation.matches(field.type, declared.type), path)
    }
    if case .stage = declared.kind {
      #expect(field.kind == "stage", path)
    } else {
      #expect(declared.kind == Expectation.kind(of: field), path)
    }
    #expect(declared.label == Label(nl: field.nl, en: field.en), path)
    let isRequired = field.isRequired && !Expectation.notRequired.contains(field.path)
    #expect(declared.isRequired == isRequired, path)
    #expect(declared.personal == Expectation.personal[field.personal], path)
    try checkRule(field, declared)
  }

  /// What a rule says in figures: bounds `1..120`, `0..20 000`, and `default active`.
  private func checkRule(_ field: DomainField, _ declared: Field) throws {
    let path: Comment = "\(field.path): \(field.rule)"
    if case .enumeration(let name) = declared.type {
      let codes = field.rule.split(separator: /,\ |\ <\ /).map(String.init)
      if codes.count > 1 { #expect(codes == model.list(named: name)?.entries.map(\.code), path) }
    } else if !field.rule.isEmpty, field.kind != "const" {
      #expect(declared.help != nil, path)
    }
    if let match = field.rule.firstMatch(of: /default ([A-Za-z]+)/) {
      #expect(declared.defaultValue == .text(String(match.1)), path)
    }
    guard let bounds = field.rule.firstMatch(of: /(\d+)\.\.(\d[\d ]*)/) else { return }
    let low = try #require(Int(bounds.1))
    let high = try #require(Int(bounds.2.filter { $0 != " " }))
    switch declared.type {
    case .string(let minimum, let maximum, _), .set(of: .string(let minimum, let maximum, _)):
      #expect(minimum == low && maximum == high, path)
    case .text(let maximum): #expect(maximum == high, path)
    case .int(let range), .map(key: _, value: .int(let range)):
      #expect(range == Int64(low)...Int64(high), path)
    case .decimal(_, let range): #expect(range == Double(low)...Double(high), path)
    // Bounds that the type itself has, or that belong to another digit or value.
    case .percent, .group, .date, .set, .enterpriseNumber: break
    default: Issue.record("no bounds are declared for \(field.path): \(field.rule)")
    }
  }
}
