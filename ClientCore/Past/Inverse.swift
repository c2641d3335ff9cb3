import Protocol

/// A part of a change that was not taken back, and why.
public struct KeptChange: Sendable, Equatable {
  public enum Reason: Sendable, Equatable {
    /// Somebody has changed it since: their work stays.
    case changedSince
    /// The record is gone.
    case deletedSince
    /// It goes one way only: written once, a counter or a set that only grows, a maximum.
    case oneWay
    /// The field may not be empty, which it was before.
    case required
    /// The record was made by the transaction, and others have worked on it since.
    case builtOn
  }

  public let entity: Tag
  public let row: RowID
  /// `Field.lifeTag` for the record as a whole.
  public let tag: Tag
  public let reason: Reason
  /// The last transaction that changed it since.
  public internal(set) var by: PastAuthor?
}

/// What turns a record from what it was after something into what it was before, as far as it still is
/// what it was after: operations like any others, made now.
struct Inverse {
  private(set) var operations: [Operation] = []
  private(set) var kept: [(tag: Tag, reason: KeptChange.Reason)] = []

  private let entity: Entity
  private let row: RowID
  private var writes: [(Tag, Value)] = []

  /// - Parameters:
  ///   - after: what is to be left.
  ///   - before: what is to be reached.
  ///   - current: what shows.
  init(_ entity: Entity, after: Record, before: Record, current: Record) {
    self.entity = entity
    row = current.id
    for field in entity.fields where field.kind != .derived {
      let tag = field.tag
      let (a, b, c) = (after.fields[tag], before.fields[tag], current.fields[tag])
      // Nothing, and what is empty, are the same to whoever looks.
      if a == b || a.isEmpty && b.isEmpty { continue }
      switch field.kind {
      case .set(let growOnly): takeBack(set: field, growOnly, a, b, c)
      case .counter(let growOnly):
        let difference = b.sum - a.sum
        if difference < 0, growOnly {
          kept.append((tag, .oneWay))
        } else {
          operations.append(.increment(entity.tag, row, tag, difference))
        }
      case .map(let kind): takeBack(map: field, kind, a, b, c)
      case .text: takeBack(text: field, a, b, c)
      case .once, .register, .ranked, .stage, .derived:
        takeBack(register: field, a.scalar, b.scalar, c.scalar)
      }
    }
    if !writes.isEmpty { operations.insert(.write(entity.tag, row, writes), at: 0) }
  }

  private mutating func takeBack(register field: Field, _ a: Value, _ b: Value, _ c: Value) {
    if c == b { return }
    if c != a {
      kept.append((field.tag, .changedSince))
    } else if field.kind == .once || entity.isIdentity(field.tag) || field.authorship != nil {
      kept.append((field.tag, .oneWay))
    } else if case .ranked(let ranking) = field.kind, ranking.refuses(b, after: c) {
      kept.append((field.tag, .oneWay))
    } else if field.isRequired, b.isNull {
      kept.append((field.tag, .required))
    } else {
      writes.append((field.tag, b))
    }
  }

  private mutating func takeBack(
    set field: Field, _ growOnly: Bool, _ a: FieldValue?, _ b: FieldValue?, _ c: FieldValue?
  ) {
    let (after, before) = (Self.byKey(a.elements), Self.byKey(b.elements))
    let current = Self.byKey(c.elements)
    for element in a.elements where before[element.elementKey] == nil {
      if current[element.elementKey] == nil { continue }
      if growOnly {
        kept.append((field.tag, .oneWay))
      } else {
        operations.append(.remove(entity.tag, row, field.tag, element))
      }
    }
    for element in b.elements
    where after[element.elementKey] == nil && current[element.elementKey] == nil {
      operations.append(.add(entity.tag, row, field.tag, element))
    }
  }

  private mutating func takeBack(
    map field: Field, _ kind: MergeKind, _ a: FieldValue?, _ b: FieldValue?, _ c: FieldValue?
  ) {
    let (after, before) = (Self.byKey(a.entries), Self.byKey(b.entries))
    let current = Self.byKey(c.entries)
    let added = b.entries.map(\.key).filter { after[$0] == nil }
    for key in a.entries.map(\.key) + added {
      let (a, b, c) = (after[key] ?? .null, before[key] ?? .null, current[key] ?? .null)
      if a == b { continue }
      if case .counter(let growOnly) = kind {
        let difference = (b.intValue ?? 0) - (a.intValue ?? 0)
        if difference < 0, growOnly {
          kept.append((field.tag, .oneWay))
        } else {
          operations.append(.bump(entity.tag, row, field.tag, key: key, difference))
        }
      } else if c == b {
        continue
      } else if c != a {
        kept.append((field.tag, .changedSince))
      } else if b.isNull {
        operations.append(.drop(entity.tag, row, field.tag, key: key))
      } else {
        operations.append(.put(entity.tag, row, field.tag, key: key, b))
      }
    }
  }

  /// What was put in goes, what was taken away comes back, and what others wrote around it stays.
  private mutating func takeBack(
    text field: Field, _ a: FieldValue?, _ b: FieldValue?, _ c: FieldValue?
  ) {
    let merged = TextMerge.merged(base: a.text, mine: c.text, theirs: b.text)
    if let change = TextChange(TextDiff.edits(from: c.text, to: merged)) {
      operations.append(.edit(entity.tag, row, field.tag, change))
    }
  }

  /// By what makes two spellings one element.
  private static func byKey(_ elements: [Value]) -> [Value: Value] {
    Dictionary(elements.map { ($0.elementKey, $0) }) { first, _ in first }
  }

  private static func byKey(_ entries: [FieldValue.MapEntry]) -> [Value: Value] {
    Dictionary(entries.map { ($0.key, $0.value) }) { first, _ in first }
  }
}

extension FieldValue? {
  fileprivate var isEmpty: Bool {
    switch self {
    case nil: true
    case .scalar(let value)?: value.isNull
    case .counter(let sum)?: sum == 0
    case .set(let elements)?: elements.isEmpty
    case .map(let entries)?: entries.allSatisfy(\.value.isNull)
    }
  }
}
