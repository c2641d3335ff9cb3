import CityModel
import Protocol
import Testing

/// What the declaration must be in itself, whatever the domain says.
@Suite struct DeclarationTests {
  private let model = CityModel.model

  private var fields: [(entity: Entity, field: Field)] {
    model.entities.flatMap { entity in entity.fields.map { (entity, $0) } }
  }

  @Test("a field's merge kind fits its type")
  func kindsFitTypes() {
    for (entity, field) in fields {
      let path: Comment = "\(entity.name).\(field.name)"
      switch (field.kind, field.type) {
      case (.set, .set), (.counter, .counter), (.text, .text), (.stage, .enumeration),
        (.derived, _), (.map(of: .counter), .map(key: _, value: .counter)),
        (.ranked(.trueWins), .bool), (.ranked(.falseWins), .bool):
        break
      case (.map(of: .register), .map(_, let value)): #expect(value != .counter, path)
      case (.ranked(.listOrder), .enumeration): break
      case (.ranked(.minimum), let type), (.ranked(.maximum), let type):
        if case .int = type { break }
        #expect(type == .instant, path)
      case (.ranked(.done), .group(let parts)):
        #expect(parts.map(\.name) == ["done", "by", "at", "remark"], path)
      case (.once, let type), (.register, let type):
        switch type {
        case .set, .map, .counter, .text: Issue.record(path)
        default: break
        }
      default: Issue.record(path)
      }
    }
  }

  @Test("every default is a legal value of its field")
  func defaults() {
    for (entity, field) in fields {
      guard let value = field.defaultValue else { continue }
      #expect(field.violation(of: value, model: model) == nil, "\(entity.name).\(field.name)")
    }
  }

  @Test("a stage starts at the first code of its list")
  func stageDefaults() throws {
    for (entity, field) in fields {
      guard case .stage = field.kind, case .enumeration(let name) = field.type else { continue }
      let first = try #require(model.list(named: name)?.entries.first?.code)
      #expect(field.defaultValue == .text(first), "\(entity.name).\(field.name)")
    }
  }

  @Test("forward moves lead back to no stage, and each is a move that a person may make")
  func stagesAreAcyclic() {
    var stages = 0
    for (entity, field) in fields {
      guard case .stage(let moves) = field.kind else { continue }
      stages += 1
      let path: Comment = "\(entity.name).\(field.name)"
      // Every walk along forward moves ends: no stage comes twice.
      func walk(_ stage: String, _ passed: [String]) {
        guard !passed.contains(stage) else {
          Issue.record("\(entity.name).\(field.name) goes round: \(passed + [stage])")
          return
        }
        for move in moves.forward where move.from == stage { walk(move.to, passed + [stage]) }
      }
      for stage in Set(moves.forward.map(\.from)) { walk(stage, []) }
      #expect(Set(moves.allowed).isSuperset(of: moves.forward), path)
      #expect(moves.isAcyclic, path)
      // Reopening and putting on hold decide no merge.
      #expect(
        Set(moves.allowed.filter { $0.to == "on_hold" }).isDisjoint(with: moves.forward), path)
    }
    #expect(stages == 7)
  }

  @Test("confidentiality starts at internal, of a lead at confidential")
  func confidentiality() {
    for (entity, field) in fields where field.name == "confidentiality" {
      let expected: Value = entity.name == "lead" ? "confidential" : "internal"
      #expect(field.defaultValue == expected)
    }
  }

  @Test("two columns of a table differ in more than their case")
  func columns() {
    for entity in model.entities {
      let names = entity.fields.flatMap(\.columns).map { $0.lowercased() } + ["id"]
      #expect(Set(names).count == names.count, "\(entity.name)")
    }
  }

  @Test(
    "the fields that make a record what it is are written once, and required but for a template's key"
  )
  func identities() {
    #expect(model.entity(named: "registration")?.identity == ["event", "person"])
    #expect(model.entity(named: "introduction")?.identity == ["from", "to"])
    #expect(model.entity(named: "checklist-item")?.identity == ["case", "templateKey"])
    for entity in model.entities {
      for name in entity.identity {
        #expect(entity.field(named: name)?.kind == .once, "\(entity.name).\(name)")
        let isRequired = entity.field(named: name)?.isRequired
        #expect(isRequired == (name != "templateKey"), "\(entity.name).\(name)")
      }
    }
  }

  @Test("a child names its parent once, is required to, and lives in its space")
  func children() throws {
    let children = model.entities.filter { $0.parent != nil }
    #expect(children.map(\.name) == ["checklist-item", "milestone", "agenda-item", "follow-up"])
    for child in children {
      let name = try #require(child.parent)
      let field = try #require(child.field(named: name))
      #expect(field.kind == .once && field.isRequired)
      #expect(child.space == .sameAs(field: name))
      let target = try #require(field.type.target)
      let parent = try #require(model.entity(named: target))
      #expect(model.children(of: parent).map(\.name) == [child.name])
      let list = parent.fields.filter { $0.type == .set(of: .reference(child.name)) }
      #expect(list.map(\.kind) == [.derived], "\(parent.name) lists its \(child.name) records")
    }
  }

  @Test("a space goes through a hub, or is that of a record that has one")
  func spaces() {
    for entity in model.entities {
      switch entity.space {
      case .city: break
      case .tree(let parent, let code):
        #expect(entity.name == "hub" && parent == "parent" && code == "code")
      case .through(let field): #expect(entity.field(named: field)?.type == .reference("hub"))
      case .sameAs(let field):
        #expect(entity.field(named: field)?.kind == .once, "\(entity.name)")
        #expect(entity.field(named: field)?.isRequired == true, "\(entity.name)")
      }
    }
    let through = model.entities.filter { $0.space == .through(field: "hub") }.map(\.name)
    #expect(
      through == [
        "organisation", "event", "meeting", "settlement-case", "site-report", "visit",
      ])
  }

  @Test("only the server writes staff, devices and the erasure ledger")
  func serverOwned() {
    let names = model.entities.filter(\.isServerOwned).map(\.name)
    #expect(names == ["staff", "device", "erasure-entry"])
  }

  @Test("every role of an account has a role of a staff record")
  func people() throws {
    let people = try #require(model.people)
    let staff = try #require(model.entity(named: people.entity))
    let role = try #require(people.roleField.flatMap(staff.field(named:)))
    #expect(Set(people.roles.keys) == ["admin", "editor", "reader"])
    for code in people.roles.values {
      #expect(role.violation(of: .text(code), model: model) == nil, "\(code)")
    }
    #expect(staff.field(named: people.nameField) != nil)
    #expect(people.activeField.flatMap(staff.field(named:))?.type == .bool)
  }

  @Test("titles, names, codes, notes and texts are searched, and only what holds words")
  func searched() {
    for (entity, field) in fields {
      let path: Comment = "\(entity.name).\(field.name)"
      if ["title", "name", "code", "altNames", "email", "website", "phone"].contains(field.name) {
        #expect(field.isSearched, path)
      }
      if field.kind == .text { #expect(field.isSearched, path) }
      guard field.isSearched else { continue }
      #expect(field.kind != .derived, path)
      for leaf in field.type.leaves {
        switch leaf {
        case .string, .text, .email, .url, .phone, .enterpriseNumber: break
        default: Issue.record(path)
        }
      }
    }
  }

  @Test("every label and help text stands in both languages")
  func labels() {
    var labels = model.entities.flatMap { [$0.label, $0.help] }
    labels += fields.map(\.field.label) + fields.compactMap(\.field.help)
    labels += model.lists.flatMap { $0.entries.map(\.label) }
    for label in labels {
      #expect(!label.nl.isEmpty && !label.en.isEmpty)
      #expect(!label.nl.hasSuffix(" ") && !label.en.hasSuffix(" "))
    }
  }

  @Test("a conference known only by its month fits its period")
  func monthOnly() throws {
    let period = try #require(model.entity(named: "event")?.field(named: "period"))
    let value = Value.canonicalGroup([.null, .null, "2016-05", .null])
    #expect(period.violation(of: value, model: model) == nil)
  }
}
