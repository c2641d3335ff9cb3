import Protocol

/// Turns the records of an import's plan into operations, with ids as they are given out.
public struct ImportWriter {
  /// Rows of one transaction at most.
  public static let rowsPerTransaction = 1_000

  private let model: Model
  private var rows: [String: RowID] = [:]

  public init(model: Model) { self.model = model }

  /// The operations that make one planned record.
  ///
  /// - Parameters:
  ///   - row: the id it gets where none is derived from what it is; later records of the plan refer
  ///     to it.
  ///   - createdAt: the author's time, ms.
  public mutating func operations(
    for record: PlannedRecord, row: RowID, createdAt: Int64, user: RowID
  ) throws(ImportWriterError) -> [Operation] {
    guard let entity = model.entity(named: record.entity) else {
      throw .unknownEntity(record.entity)
    }
    var writes: [Tag: Value] = [:]
    for field in entity.fields {
      if let value = field.defaultValue { writes[field.tag] = value }
    }
    for field in entity.fields {
      switch field.authorship {
      case .time: writes[field.tag] = .int(createdAt)
      case .person where user.isValid: writes[field.tag] = .int(user.raw)
      case .person, nil: break
      }
    }
    var entries: [(Tag, Entry)] = []
    for write in record.writes {
      let tag = write.field.tag
      switch write.content {
      case .value(let value): writes[tag] = value
      case .reference(let reference): writes[tag] = .int(try self.row(of: reference).raw)
      case .elements(let elements): entries += elements.map { (tag, .element($0)) }
      case .references(let references):
        for reference in references {
          entries.append((tag, .element(.int(try self.row(of: reference).raw))))
        }
      case .map(let pairs): entries += pairs.map { (tag, .pair($0.key, $0.value)) }
      }
    }
    let row = entity.derivedID(tags: writes.map(\.key), values: writes.map(\.value)) ?? row
    rows[record.externalKey] = row
    let operations = entries.map { tag, entry in
      switch entry {
      case .element(let element): Operation.add(entity.tag, row, tag, element)
      case .pair(let key, let value): Operation.put(entity.tag, row, tag, key: key, value)
      }
    }
    // A field that the plan leaves empty stays empty: no default, and nothing to write.
    let filled = writes.filter { !$0.value.isNull }.map { ($0.key, $0.value) }
    return [.create(entity.tag, row, filled)] + operations
  }

  private enum Entry {
    case element(Value)
    case pair(Value, Value)
  }

  private func row(of reference: ImportReference) throws(ImportWriterError) -> RowID {
    switch reference {
    case .existing(let row): return row
    case .planned(let key):
      guard let row = rows[key] else { throw .unplanned(key) }
      return row
    }
  }
}

/// A plan that refers to what it does not make: a bug of its mapping.
public enum ImportWriterError: Error, Equatable {
  case unknownEntity(String)
  case unplanned(String)
}
