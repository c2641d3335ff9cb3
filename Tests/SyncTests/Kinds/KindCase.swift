import CityModel
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
    case .life, .derived: nil
    }
  }

  var path: String { "\(entity.name).\(field?.name ?? "deleted")" }

  /// Somebody who writes: their own record, and what their device shows.
  struct Author {
    let user: RowID
    /// A, B or C write a, b or c: texts bear it.
    let letter: Character
    let look: (Entity, RowID) throws -> Record?
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
      return [
        values[write].map { .put(entity.tag, row, field.tag, key: key, $0) }
          ?? .drop(entity.tag, row, field.tag, key: key)
      ]
    case .counter(let field):
      return [.increment(entity.tag, row, field.tag, Int64(write) ?? 0)]
    case .keyOfCounters(let field, let key):
      return [.bump(entity.tag, row, field.tag, key: key, Int64(write) ?? 0)]
    case .text(let field): return try edits(of: field, write, by: author)
    case .life: return try lifeOperations(write)
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
  /// - Parameter users: those of the devices that made a, b and c.
  func shown(
    _ record: Record?, _ conflicts: [ConflictEntry], users: [RowID], transactions: [TransactionID]
  ) throws -> String {
    guard let record else { return "gone" }
    switch subject {
    case .life: return "here" + marks(conflicts, transactions)
    case .derived:
      let fields = try ["x", "y"].filter { record.fields[try filled(by: $0)] != nil }
      return fields.joined() + marks(conflicts, transactions)
    default: break
    }
    guard let field else { return "" }
    return word(record.fields[field.tag], users) + asked(field, conflicts)
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

enum KindError: Error {
  case unknownWrite(String, String)
  case unknownWord(String)
  case unknownDevice(Character)
}
