import ArgumentParser
import ClientCore
import Console
import Foundation
import Interchange
import Protocol
import Storage

struct Show: KaaiCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows a record whole.",
    discussion: """
      Examples:
        kaai show WINTERCIRCUS
        kaai show 1Q53-SQR0-00001 --json
      """)
  @Argument(help: "An id, a code or a unique title.") var id: String

  func run(_ context: Context) async throws -> ExitStatus {
    try context.replica().database.read { engine in
      let (entity, row) = try context.find(id, engine)
      guard let record = try engine.record(entity.tag, row) else {
        throw ReplicaError.unknownRecord(row)
      }
      let conflicts = try engine.conflicts(of: row)
      context.output.json { json in
        json.object { json in
          RecordMembers.write(record, entity, to: &json)
          json.key("conflicts")
          json.array { json in
            for entry in conflicts { ConflictMembers.write(entry, context.model, to: &json) }
          }
        }
      }
      if context.output.isJSON { return }
      show(record, entity, conflicts, try engine.textEditors(row.raw), engine, context)
    }
    return .ok
  }

  private func show(
    _ record: Record, _ entity: Entity, _ conflicts: [ConflictEntry], _ editors: [Tag: Int],
    _ engine: Engine, _ context: Context
  ) {
    let display = context.display(engine)
    context.output.line("\(entity.label.text(in: context.language)) \(record.id.text)")
    var lines = entity.fields.compactMap { field -> (name: String, text: String)? in
      guard let value = record.fields[field.tag], !RecordJSON.isEmpty(value) else { return nil }
      var name = field.label.text(in: context.language)
      if let people = editors[field.tag] {
        name += context.say(" (bewerkt door \(people))", " (edited by \(people))")
      }
      return (name, display.text(value, of: field))
    }
    lines += fromNewerVersion(record, entity, display, context)
    let width = lines.map { ColumnWidth.of($0.name) }.max() ?? 0
    for (name, text) in lines {
      let padding = String(repeating: " ", count: width - ColumnWidth.of(name) + 2)
      // A text of several lines stays in its column.
      let safe = Terminal.safe(text, keepsLines: true)
        .replacing("\n", with: "\n" + String(repeating: " ", count: width + 4))
      context.output.line("  \(name)\(padding)\(safe)")
    }
    for entry in conflicts {
      context.output.line(
        "  ! " + ConflictMembers.line(entry, entity, display, context))
    }
  }
}

extension Show {
  /// What a newer program wrote to fields that this one does not know.
  private func fromNewerVersion(
    _ record: Record, _ entity: Entity, _ display: DisplayText, _ context: Context
  ) -> [(name: String, text: String)] {
    record.fields.sorted { $0.key < $1.key }.compactMap { tag, value in
      guard entity.field(tag: tag) == nil, !RecordJSON.isEmpty(value) else { return nil }
      let name = "#\(tag)" + context.say(" (van een nieuwere versie)", " (from a newer version)")
      let field = Field(tag, name, .string(), .register(asks: false), nl: name, en: name)
      return (name, display.text(value, of: field))
    }
  }
}

struct List: KaaiCommand {
  static let configuration = CommandConfiguration(
    abstract: "Lists records.",
    discussion: """
      Examples:
        kaai list organisation --where status=active --sort name --limit 20
        kaai list event --where hub=WINTERCIRCUS --columns title,period,expected
        kaai list organisation --where sectors=digital --where "headcount[2025]=12" --json
      An empty value finds what is empty: --where website=
      """)
  @Argument(help: "hub, organisation, event, ...") var entity: String
  @Option(name: .customLong("where"), help: "field=value; may be given more than once.")
  var conditions: [String] = []
  @Option(help: "A field.") var sort: String?
  @Option(help: "At most so many.") var limit: Int?
  @Option(help: "Fields with commas.") var columns: String?

  func run(_ context: Context) async throws -> ExitStatus {
    let entity = try context.entity(entity)
    let limit = try limit.map(context.checked)
    try context.replica().database.read { engine in
      let filter = try RecordFilter(conditions, entity, engine, context)
      let sortField = try sort.map { try context.field($0, entity) }
      let shown = try columns.map {
        try $0.split(separator: ",").map { try context.field(String($0), entity) }
      }
      var records: [Record] = []
      try engine.forEachRecord(entity.tag) { record in
        if filter.accepts(record) { records.append(record) }
        return sortField != nil || entity.orderField != nil || records.count < limit ?? .max
      }
      if let field = sortField {
        let keys = records.map { SortKey($0, field) }
        records = records.indices.sorted { keys[$0].precedes(keys[$1]) }.map { records[$0] }
      } else if let order = entity.orderField {
        records = inOrder(records, entity, order)
      }
      if let limit { records = Array(records.prefix(limit)) }
      context.output.json { json in
        json.array { json in
          for record in records {
            json.object { RecordMembers.write(record, entity, columns: shown, to: &$0) }
          }
        }
      }
      if !context.output.isJSON { table(records, entity, shown, engine, context) }
    }
    return .ok
  }

  /// List by list, each in its order.
  private func inOrder(_ records: [Record], _ entity: Entity, _ order: Field) -> [Record] {
    let byID = Dictionary(uniqueKeysWithValues: records.map { ($0.id, $0) })
    let lists = Dictionary(grouping: records) { $0.owner(entity) }
    return lists.sorted { $0.key.precedes($1.key) }.flatMap { _, records in
      OrderedList(records.map { OrderedList.Item($0.id, $0.place(order)) }).items
        .compactMap { byID[$0.row] }
    }
  }

  private func table(
    _ records: [Record], _ entity: Entity, _ columns: [Field]?, _ engine: Engine,
    _ context: Context
  ) {
    let fields =
      columns
      ?? (entity.lookupFields
      + entity.fields.filter {
        $0.isRequired && !entity.lookupFields.map(\.tag).contains($0.tag) && $0.tag >= 16
      })
      .prefix(4).map { $0 }
    var table = TableText(
      columns: [TableText.Column("Id")]
        + fields.map { TableText.Column($0.label.text(in: context.language)) })
    let display = context.display(engine)
    for record in records {
      table.append(
        [record.id.text]
          + fields.map { field in
            record.fields[field.tag].map { display.text($0, of: field) } ?? ""
          })
    }
    if records.isEmpty {
      return context.output.line(Label(nl: "Niets gevonden.", en: "Nothing was found."))
    }
    if !context.output.isJSON { Output.write(table.text(width: Output.terminalWidth)) }
  }
}

/// Whether a record fits all `field=value` conditions: a set holds the value, a scalar equals it.
struct RecordFilter {
  private var conditions: [(target: FieldTarget, value: Value)] = []

  init(_ texts: [String], _ entity: Entity, _ engine: Engine, _ context: Context) throws {
    let parser = context.parser(entity, .editing, engine)
    for text in texts {
      guard let sign = text.firstIndex(of: "=") else {
        throw Failure(
          .usage,
          context.say("--where verwacht veld=waarde.", "--where takes field=value."))
      }
      let name = String(text[..<sign])
      let target = try parser.target(name)
      let wanted = String(text[text.index(after: sign)...])
      let value =
        if case .counter = target.type, !wanted.isEmpty {
          try Self.sum(wanted, name, context)
        } else {
          try parser.value(wanted, for: target)
        }
      conditions.append((target, value))
    }
  }

  private static func sum(_ text: String, _ name: String, _ context: Context) throws -> Value {
    guard let number = Int64(text) else {
      throw Failure(
        .usage,
        context.say(
          "\(name): “\(Terminal.quotable(text))” is geen heel getal, bijvoorbeeld 12.",
          "\(name): “\(Terminal.quotable(text))” is no whole number, for example 12."))
    }
    return .int(number)
  }

  func accepts(_ record: Record) -> Bool {
    conditions.allSatisfy { target, value in
      switch record.fields[target.field.tag] {
      case nil: value.isNull
      case .scalar(let shown)?: Self.part(shown, target.part) == value
      case .set(let elements)?:
        value.isNull
          ? elements.isEmpty : elements.contains { $0.elementKey == value.elementKey }
      case .counter(let sum)?: .int(sum) == value
      case .map(let entries)?:
        if let key = target.key {
          Self.part(entries.first { $0.key == key }?.value ?? .null, target.part) == value
        } else {
          value.isNull
            ? entries.allSatisfy(\.value.isNull) : entries.contains { $0.value == value }
        }
      }
    }
  }

  private static func part(_ value: Value, _ part: Int?) -> Value {
    guard let part else { return value }
    guard case .group(let parts) = value, part < parts.count else { return .null }
    return parts[part]
  }
}

private struct SortKey {
  let value: Value
  let text: String?
  let id: RowID

  init(_ record: Record, _ field: Field) {
    id = record.id
    switch record.fields[field.tag] {
    case .scalar(let value)?: self.value = value
    case .counter(let sum)?: value = .int(sum)
    case .set(let elements)?: value = elements.first ?? .null
    default: value = .null
    }
    // A place is compared as it is: its capitals are digits.
    text = field.type == .fractionalIndex ? nil : value.textValue?.lowercased()
  }

  func precedes(_ other: SortKey) -> Bool {
    if let text, let theirs = other.text, text != theirs { return text < theirs }
    if value == other.value { return id < other.id }
    // What is empty comes last.
    if value.isNull || other.value.isNull { return other.value.isNull }
    return value.precedes(other.value)
  }
}

struct Search: KaaiCommand {
  static let configuration = CommandConfiguration(
    abstract: "Finds records in whose texts all words occur.",
    discussion: "Example: kaai search bio incubator --limit 10")
  @Argument(help: "Words.") var words: [String]
  @Option(help: "At most so many.") var limit: Int = 50

  func run(_ context: Context) async throws -> ExitStatus {
    let wanted = words.flatMap { GlobalOptions.typed($0).split(separator: " ") }
      .map { Self.folded(String($0)) }
    guard !wanted.isEmpty else {
      throw Failure(.usage, context.say("geef een woord.", "give a word."))
    }
    let limit = try context.checked(limit: limit)
    try context.replica().database.read { engine in
      var found: [(Entity, Record)] = []
      for entity in context.model.entities where found.count < limit {
        let fields = entity.fields.filter(\.isSearched)
        if fields.isEmpty { continue }
        try engine.forEachRecord(entity.tag) { record in
          let text = Self.folded(
            fields.compactMap { record.fields[$0.tag] }.map(Self.text).joined(separator: " "))
          if wanted.allSatisfy(text.contains) { found.append((entity, record)) }
          return found.count < limit
        }
      }
      context.output.json { json in
        json.array { json in
          for (entity, record) in found {
            json.object { RecordMembers.write(record, entity, to: &$0) }
          }
        }
      }
      if found.isEmpty {
        context.output.line(Label(nl: "Niets gevonden.", en: "Nothing was found."))
      }
      for (entity, record) in found {
        let title = try engine.title(entity, record.id) ?? ""
        context.output.line(
          "\(record.id.text)  \(entity.label.text(in: context.language)): \(Terminal.safe(title))")
      }
    }
    return .ok
  }

  private static func folded(_ text: String) -> String {
    text.folding(options: [.caseInsensitive, .diacriticInsensitive], locale: nil)
  }

  private static func text(_ value: FieldValue) -> String {
    switch value {
    case .scalar(let value): value.textValue ?? ""
    case .set(let elements): elements.compactMap(\.textValue).joined(separator: " ")
    case .map, .counter: ""
    }
  }
}

extension Context {
  func field(_ name: String, _ entity: Entity) throws -> Field {
    if let field = entity.field(named: name) { return field }
    let names = entity.fields.map(\.name).joined(separator: ", ")
    throw Failure(
      .usage,
      say(
        "\(entity.name) heeft geen veld “\(Terminal.quotable(name))”; wel: \(names).",
        "\(entity.name) has no field “\(Terminal.quotable(name))”; it has: \(names)."))
  }
}

/// `id`, `entity`, `fields` of a record.
enum RecordMembers {
  static func write(
    _ record: Record, _ entity: Entity, columns: [Field]? = nil, to json: inout JSONText
  ) {
    json.member("id", string: record.id.text)
    json.member("entity", string: entity.name)
    json.key("fields")
    if let columns {
      let wanted = Set(columns.map(\.tag))
      let cut = Record(
        entity: record.entity, id: record.id,
        fields: record.fields.filter { wanted.contains($0.key) })
      RecordFields.write(cut, entity, to: &json)
    } else {
      RecordFields.write(record, entity, to: &json)
    }
  }
}
