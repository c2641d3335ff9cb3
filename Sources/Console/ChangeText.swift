import Interchange
import Protocol

/// What operations change, a line a field, for people: safe for a terminal.
public struct ChangeText {
  /// What a record is called; nil where nothing is known of it, then its id shows.
  public typealias Titles = (Entity, RowID) -> String?

  private let display: DisplayText
  private let titles: Titles
  private let values: ChangeJSON.Values
  private let erased: Set<Erasure>

  public init(
    _ display: DisplayText, titles: @escaping Titles = { _, _ in nil },
    values: @escaping ChangeJSON.Values = { _, _ in nil }, erased: Set<Erasure> = []
  ) {
    self.display = display
    self.titles = titles
    self.values = values
    self.erased = erased
  }

  public func lines(_ operations: [Operation]) -> [String] {
    ChangeJSON.told(operations).flatMap(lines)
  }

  private func lines(_ operation: Operation) -> [String] {
    let entity = display.model.entity(tag: operation.entity)
    let name = entity?.label.text(in: display.language) ?? "#\(operation.entity)"
    let title = entity.flatMap { titles($0, operation.row) } ?? operation.row.text
    if operation.tags.isEmpty {
      return [Terminal.safe("\(name) \(title): \(said(Self.life(operation.kind)))")]
    }
    return operation.tags.indices.map { index in
      let tag = operation.tags[index]
      let field = entity?.field(tag: tag)
      let label = field.map { said($0.label) } ?? "#\(tag)"
      let isErased = erased.contains(
        Erasure(entity: operation.entity, row: operation.row, tag: tag))
      let change =
        isErased && operation.kind != .erase
        ? said(Label(nl: " (gewist)", en: " (erased)"))
        : change(
          operation, operation.values[index], field?.type ?? .string(),
          values(operation.row, tag))
      return Terminal.safe("\(name) \(title): \(label)\(change)")
    }
  }

  private func change(
    _ operation: Operation, _ value: Value, _ type: ValueType,
    _ past: (before: FieldValue?, after: FieldValue?)?
  ) -> String {
    switch (operation.kind, type) {
    case (.edit, _):
      if let past { return " " + Self.words(past.before.text, past.after.text) }
      let inserted = display.text(ChangeJSON.inserted(operation), type: type)
      return inserted.isEmpty
        ? said(Label(nl: ": woorden weg", en: ": words taken out")) : " + " + inserted
    case (.add, .set(let element)): return " + " + display.text(value, type: element)
    case (.remove, .set(let element)): return " - " + display.text(value, type: element)
    case (.erase, _): return said(Label(nl: " voorgoed gewist", en: " erased for good"))
    case (.increment, _): return " += " + display.text(value, type: type)
    case (.bump, .map(let key, let inner)):
      return "[\(display.key(value, type: key))] += "
        + display.text(operation.values.last ?? .null, type: inner)
    case (.put, .map(let key, let inner)), (.drop, .map(let key, let inner)):
      let old = past?.before.entries.first { $0.key == value }?.value ?? .null
      let new = operation.kind == .drop ? .null : operation.values.last ?? .null
      return "[\(display.key(value, type: key))] " + step(from: old, to: new, inner)
    case (.write, _):
      guard let past else { return " " + step(from: .null, to: value, type) }
      // Another write won, or what was written is no value of this kind.
      let isShown = past.after.scalar == value
      return " " + step(from: past.before.scalar, to: value, type)
        + (isShown ? "" : said(Label(nl: "  (niet getoond)", en: "  (not shown)")))
    default: return " " + display.text(value, type: type)
    }
  }

  private func step(from old: Value, to new: Value, _ type: ValueType) -> String {
    (old.isNull ? "" : "\(display.text(old, type: type)) → ")
      + (new.isNull ? said(Label(nl: "leeg", en: "empty")) : display.text(new, type: type))
  }

  private func said(_ label: Label) -> String { label.text(in: display.language) }

  /// What happened to a record as a whole.
  private static func life(_ kind: OperationKind) -> Label {
    switch kind {
    case .create: Label(nl: "gemaakt", en: "made")
    case .delete: Label(nl: "verwijderd", en: "deleted")
    case .keep: Label(nl: "behouden of teruggebracht", en: "kept or brought back")
    default: Label(nl: "gewijzigd", en: "changed")
    }
  }

  /// The places of a text that changed, with a little around each: [-what went-]{+what came+}.
  private static func words(_ before: String, _ after: String) -> String {
    var buffer = TextBuffer(before)
    var pieces: [String] = []
    for piece in TextPieces.pieces(from: before, to: after) {
      let start = piece.edit.position
      let end = start + piece.edit.deleted
      var shown = (start > around ? "…" : "")
      shown += buffer.text(from: max(0, start - around), to: start)
      if !piece.removed.isEmpty { shown += "[-\(piece.removed)-]" }
      if !piece.edit.inserted.isEmpty { shown += "{+\(piece.edit.inserted)+}" }
      shown += buffer.text(from: end, to: min(buffer.count, end + around))
      shown += end + around < buffer.count ? "…" : ""
      pieces.append(shown)
      buffer.replace(at: start, deleting: piece.edit.deleted, with: piece.edit.inserted)
    }
    return pieces.joined(separator: "  ").replacing("\n", with: "⏎")
  }

  private static let around = 20
}
