import Protocol
import Storage

/// Finds the space of a record: its tree's root, through whatever the model says (DESIGN 6, Scope).
struct SpaceResolver {
  let engine: Engine
  static let depthLimit = 64

  /// The audience that a row of `entity` with these fields belongs to.
  ///
  /// - Parameters:
  ///   - reference: gives the row id in a reference field; nil where it is empty.
  ///   - present: the audience the row has, kept by a record in a cycle.
  func audience(
    _ entity: Entity, _ row: Int64, present: Audience?, depth: Int = 0,
    reference: (String) throws -> Int64?
  ) throws -> Audience {
    switch entity.space {
    case .city: return .city
    case .tree(let parent, _):
      return try root(entity, row, parent: try reference(parent), parentField: parent)
        .map { Audience(space: $0) } ?? present ?? .city
    case .through(let field):
      guard let target = try reference(field),
        let tree = entity.field(named: field)?.type.target.flatMap({
          engine.model.entity(named: $0)
        }),
        case .tree(let parent, _) = tree.space
      else { return .city }
      guard try engine.rowExists(tree.tag, target) else { return .city }
      return try root(
        tree, target, parent: try engine.reference(tree, target, parent), parentField: parent
      )
      .map { Audience(space: $0) } ?? present ?? .city
    case .sameAs(let field):
      guard depth < Self.depthLimit, let target = try reference(field),
        let other = entity.field(named: field)?.type.target.flatMap({
          engine.model.entity(named: $0)
        }),
        try engine.rowExists(other.tag, target)
      else { return .city }
      return try audience(other, target, present: present, depth: depth + 1) {
        try engine.reference(other, target, $0)
      }
    }
  }

  /// The present space of a row that is there, by its fields.
  func audience(_ entity: Entity, _ row: Int64, present: Audience?) throws -> Audience {
    try audience(entity, row, present: present) { try engine.reference(entity, row, $0) }
  }

  /// The root of a tree; nil in a cycle.
  private func root(_ entity: Entity, _ row: Int64, parent: Int64?, parentField: String) throws
    -> Int64?
  {
    var present = row
    var next = parent
    var steps = 0
    while let above = next {
      guard above != row, steps < Self.depthLimit else { return nil }
      guard try engine.rowExists(entity.tag, above) else { return present }
      present = above
      next = try engine.reference(entity, above, parentField)
      steps += 1
    }
    return present
  }

  /// The rows whose space may follow when a row's own changes: what hangs below it in its tree, what
  /// refers to it for its space, and what is the same as those.
  func dependents(of entity: Entity, _ row: Int64) throws -> [(Entity, Int64)] {
    var result: [(Entity, Int64)] = []
    for other in engine.model.entities {
      guard let field = other.space.field, other.field(named: field)?.type.target == entity.name
      else { continue }
      for id in try engine.ids(other, where: field, is: row) { result.append((other, id)) }
    }
    return result
  }
}

extension Engine {
  /// The row id in a reference field of a row.
  func reference(_ entity: Entity, _ row: Int64, _ field: String) throws -> Int64? {
    guard let declared = entity.field(named: field) else { return nil }
    return try value(entity, row, declared).intValue
  }
}
