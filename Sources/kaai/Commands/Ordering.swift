import ArgumentParser
import ClientCore
import Console
import Interchange
import Protocol
import Storage

struct Move: KaaiCommand {
  static let configuration = CommandConfiguration(
    abstract: "Puts a record elsewhere in its list: an agenda item, a milestone, a checklist item.",
    discussion: """
      Examples:
        kaai move "Budget 2027" --after "Verslag vorige keer"
        kaai move 1Q53-SQR0-00001 --first
      A list is shown in its order by: kaai list agenda-item --where meeting=2026-11-25
      """)
  @Argument(help: "An id, a code or a unique title.") var id: String
  @Option(help: "The record of the same list that it comes after.") var after: String?
  @Option(help: "The record of the same list that it comes before.") var before: String?
  @Flag(help: "To the beginning.") var first = false
  @Flag(help: "To the end.") var last = false

  func run(_ context: Context) async throws -> ExitStatus {
    guard [after != nil, before != nil, first, last].filter({ $0 }).count == 1 else {
      throw Failure(
        .usage,
        context.say(
          "geef één van --after ID, --before ID, --first en --last.",
          "give one of --after ID, --before ID, --first and --last."))
    }
    return try context.change(id) { draft, entity, current in
      guard let order = entity.orderField else {
        throw Failure(
          .usage,
          context.say(
            "\(entity.label.nl) heeft geen volgorde.", "\(entity.label.en) has no order."))
      }
      let list = try draft.read { try $0.list(entity, of: current.owner(entity)) }
      let wanted = try draft.read { try spot(entity, $0, context) }
      guard let places = list.placing(current.id, wanted, site: draft.site) else {
        throw Failure(
          .error,
          context.say(
            "\(Terminal.quotable(after ?? before ?? "")) staat niet in dezelfde lijst.",
            "\(Terminal.quotable(after ?? before ?? "")) is not in the same list."))
      }
      return places.map { item in
        .write(entity.tag, item.row, [(order.tag, item.place.map { .text($0.text) } ?? .null)])
      }
    }
  }

  private func spot(_ entity: Entity, _ engine: Engine, _ context: Context) throws
    -> OrderedList.Spot
  {
    guard let other = after ?? before else { return first ? .first : .last }
    let row: RowID
    switch try engine.find(other, in: entity) {
    case .one(_, let found): row = found
    case .none, .several: row = try context.find(other, engine).1
    }
    return after != nil ? .after(row) : .before(row)
  }
}

extension Record {
  /// In whose list a record lies.
  func owner(_ entity: Entity) -> Value {
    entity.listField.flatMap { fields[$0.tag] }.scalar
  }

  /// Where it lies there.
  func place(_ order: Field) -> FractionalIndex? {
    fields[order.tag].scalar.textValue.flatMap(FractionalIndex.init)
  }
}

extension Context {
  /// A new record of an ordered list comes last, unless it says where, or lies among others that
  /// have no place either.
  func placedLast(_ operations: [Operation], _ entity: Entity, _ draft: Draft) throws
    -> [Operation]
  {
    guard let order = entity.orderField, let made = operations.first, made.kind == .create,
      !made.tags.contains(order.tag)
    else { return operations }
    let slot = entity.listField.flatMap { made.tags.firstIndex(of: $0.tag) }
    let list = try draft.read {
      try $0.list(entity, of: slot.map { made.values[$0] } ?? .null)
    }
    guard let places = list.placing(made.row, .last, site: draft.site), places.count == 1,
      let place = places[0].place
    else { return operations }
    let writes = Array(zip(made.tags, made.values)) + [(order.tag, Value.text(place.text))]
    return [.create(entity.tag, made.row, writes)] + operations.dropFirst()
  }
}
