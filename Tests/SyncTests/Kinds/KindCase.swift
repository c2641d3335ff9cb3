import ClientCore
import Protocol
import Storage

/// One line of a table, to be run on a record of the city.
struct KindCase: Sendable {
  enum Subject: Sendable {
    /// The letters stand for these values; null is an empty field.
    case register(Field, [String: Value])
    case element(Field, Value)
    case key(Field, key: Value, [String: Value])
    case counter(Field)
    case keyOfCounters(Field, key: Value)
    case text(Field)
    /// What its author's program fills in: x is the author of the first write.
    case author(Field)
    case life
    /// Made with these fields; the letters x and y fill one more each.
    case derived([(Tag, Value)])
    /// The list of these children, whose records have these names; further ones begin here.
    case list(of: Entity, [String: RowID], fresh: UInt32)
  }
  let entity: Entity
  let row: RowID
  /// What makes the record what it is.
  var identity: [(Tag, Value)] = []
  let subject: Subject
  let table: String
  let line: KindTable.Line
  /// Written by the record's maker, and seen by all.
  var base: [Operation] = []

  var field: Field? {
    switch subject {
    case .register(let field, _), .element(let field, _), .key(let field, _, _),
      .counter(let field), .keyOfCounters(let field, _), .text(let field), .author(let field):
      field
    case .life, .derived, .list: nil
    }
  }

  var path: String {
    if case .list(let child, _, _) = subject { return "\(child.name).order" }
    return "\(entity.name).\(field?.name ?? "deleted")"
  }

  /// Somebody who writes, and what their device shows.
  struct Author {
    var user: RowID { draft.user }
    /// A, B or C write a, b or c: texts bear it.
    let letter: Character
    let draft: Draft
    var number: UInt32 { letter == "a" ? 1 : letter == "b" ? 2 : 3 }
    func look(_ entity: Entity, _ row: RowID) throws -> Record? {
      try draft.read { try $0.record(entity.tag, row) }
    }
  }

  /// What a write is as operations, as the programs make them.
  func operations(_ write: String, by author: Author) throws -> [Operation] {
    switch subject {
    case .register(let field, let values):
      guard let value = values[write] else { throw KindError.unknownWrite(path, write) }
      return [.write(entity.tag, row, [(field.tag, value)])]
    case .author(let field):
      return [.write(entity.tag, row, [(field.tag, .int(author.user.raw))])]
    case .element(let field, let element):
      return [
        write == "+"
          ? .add(entity.tag, row, field.tag, element)
          : .remove(entity.tag, row, field.tag, element)
      ]
    case .key(let field, let key, let values):
      if write == "-" { return [.drop(entity.tag, row, field.tag, key: key)] }
      guard let value = values[write] else { throw KindError.unknownWrite(path, write) }
      return [.put(entity.tag, row, field.tag, key: key, value)]
    case .counter(let field):
      return [.increment(entity.tag, row, field.tag, Int64(write) ?? 0)]
    case .keyOfCounters(let field, let key):
      return [.bump(entity.tag, row, field.tag, key: key, Int64(write) ?? 0)]
    case .text(let field): return try edits(of: field, write, by: author)
    case .life: return try lifeOperations(write)
    case .list(let child, let names, let fresh):
      return try listOperations(write, child, names, fresh, by: author)
    case .derived(let identity):
      if write == "d" { return [.delete(entity.tag, row)] }
      return [.create(entity.tag, row, identity + [(try filled(by: write), Self.mark(write))])]
    }
  }

  private func edits(of field: Field, _ write: String, by author: Author) throws -> [Operation] {
    var shown = ""
    if case .scalar(let value)? = try author.look(entity, row)?.fields[field.tag] {
      shown = value.textValue ?? ""
    }
    let edit =
      switch write {
      case "f": TextEdit(at: 0, inserting: String(author.letter))
      case "e": TextEdit(at: shown.unicodeScalars.count, inserting: String(author.letter))
      default: TextEdit(at: 0, deleting: shown.unicodeScalars.count)
      }
    return TextChange([edit]).map { [.edit(entity.tag, row, field.tag, $0)] } ?? []
  }

  private func lifeOperations(_ write: String) throws -> [Operation] {
    switch write {
    case "w": [.write(entity.tag, row, [(try filled(by: "x"), Self.mark("x"))])]
    case "d": [.delete(entity.tag, row)]
    default: [.keep(entity.tag, row)]
    }
  }

  private func listOperations(
    _ write: String, _ child: Entity, _ names: [String: RowID], _ fresh: UInt32, by author: Author
  ) throws -> [Operation] {
    if write.hasPrefix("-") {
      guard let row = names[String(write.dropFirst())] else {
        throw KindError.unknownWrite(path, write)
      }
      return [.delete(child.tag, row)]
    }
    let words = write.split(separator: ">").map(String.init)
    guard words.count == 2, let order = child.orderField, let owner = child.listField else {
      throw KindError.unknownWrite(path, write)
    }
    let list = try author.draft.read { try $0.list(child, of: .int(row.raw)) }
    let title = try child.titleTag
    func made(_ name: String) throws -> RowID {
      for item in list.items {
        let record = try author.look(child, item.row)
        if record?.fields[title] == .scalar(.text(name)) { return item.row }
      }
      throw KindError.unknownWrite(path, write)
    }
    let isNew = names[words[0]] == nil
    let moved =
      isNew
      ? RowID(site: author.draft.site, counter: fresh + author.number)
      : try made(words[0])
    let spot: OrderedList.Spot = words[1] == "0" ? .first : .after(try made(words[1]))
    guard let item = list.placing(moved, spot, site: author.draft.site)?.first,
      let place = item.place
    else { return [] }
    let writes: [(Tag, Value)] = [(order.tag, .text(place.text))]
    if !isNew { return [.write(child.tag, moved, writes)] }
    return [
      .create(
        child.tag, moved, writes + [(owner.tag, .int(row.raw)), (title, .text(words[0]))])
    ]
  }

  /// Common fields of every record.
  private func filled(by write: String) throws -> Tag {
    guard let field = entity.field(named: write == "x" ? "source" : "sourceDate") else {
      throw KindError.unknownWrite(path, write)
    }
    return field.tag
  }

  private static func mark(_ write: String) -> Value { write == "x" ? "x" : "2026" }

  // MARK: What shows

  /// What a replica shows, in the words of the table.
  ///
  /// - Parameters:
  ///   - conflicts: those of all records.
  ///   - users: those who made a, b and c.
  func shown(
    _ engine: Engine, _ conflicts: [RowID: [ConflictEntry]], users: [RowID],
    transactions: [TransactionID]
  ) throws -> String {
    guard let record = try engine.record(entity.tag, row) else { return "gone" }
    let own = conflicts[row] ?? []
    switch subject {
    case .life: return "here" + marks(own, transactions)
    case .derived:
      let fields = try ["x", "y"].filter { record.fields[try filled(by: $0)] != nil }
      return fields.joined() + marks(own, transactions)
    case .list(let child, _, _):
      let rows = try engine.list(child, of: .int(row.raw)).items.map(\.row)
      let names = try rows.map { row in
        guard case .scalar(let name)? = try engine.record(child.tag, row)?.fields[child.titleTag]
        else { return "?" }
        return name.textValue ?? "?"
      }
      return names.joined() + marks(rows.flatMap { conflicts[$0] ?? [] }, transactions)
    default: break
    }
    guard let field else { return "" }
    return word(record.fields[field.tag], users) + asked(field, own)
  }

  private func word(_ shown: FieldValue?, _ users: [RowID]) -> String {
    switch (subject, shown) {
    case (.register(_, let values), .scalar(let value)?): return letter(of: value, values)
    case (.author, .scalar(let value)?):
      return value == users.first.map { .int($0.raw) } ? "x" : "\(value)"
    case (.element(_, let element), .set(let elements)?):
      return elements == [element] ? "+" : "\(elements)"
    case (.element, nil), (.register, nil), (.key, nil): return "-"
    case (.key(_, let key, let values), .map(let entries)?):
      guard entries.count == 1, entries[0].key == key else { return "\(entries)" }
      return letter(of: entries[0].value, values)
    case (.counter, .counter(let sum)?): return String(sum)
    case (.keyOfCounters(_, let key), .map(let entries)?):
      guard entries.count == 1, entries[0].key == key, let sum = entries[0].value.intValue else {
        return "\(entries)"
      }
      return String(sum)
    case (.text, .scalar(let value)?):
      return value.textValue.map { $0.isEmpty ? "-" : $0 } ?? "\(value)"
    case (.text, nil): return "-"
    default: return "\(shown.map { "\($0)" } ?? "nothing")"
    }
  }

  private func letter(of value: Value, _ values: [String: Value]) -> String {
    values.first { $0.value == value }?.key ?? "\(value)"
  }

  /// Whether a person is asked, and about what.
  private func asked(_ field: Field, _ conflicts: [ConflictEntry]) -> String {
    guard let entry = conflicts.first(where: { $0.tag == field.tag }) else { return "" }
    guard case .register(_, let values) = subject else { return "?\(entry)" }
    return "?" + entry.losers.map { letter(of: $0.value, values) }.joined()
  }

  private func marks(_ conflicts: [ConflictEntry], _ transactions: [TransactionID]) -> String {
    guard let entry = conflicts.first(where: { $0.tag == Field.lifeTag }) else { return "" }
    let letters = entry.losers.map { loser in
      transactions.firstIndex(of: loser.transaction).map { ["a", "b", "c"][$0] } ?? "?"
    }
    return "!" + letters.joined()
  }
}

extension Entity {
  fileprivate var titleTag: Tag {
    get throws {
      guard let field = title.flatMap(field(named:)) else { throw KindError.unknownWord(name) }
      return field.tag
    }
  }
}

enum KindError: Error {
  case unknownWrite(String, String)
  case unknownWord(String)
  case unknownDevice(Character)
}
