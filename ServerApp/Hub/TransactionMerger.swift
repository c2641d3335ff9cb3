import Protocol
import Storage

/// Merges one transaction into the rows and says what it did: the only place where concurrency is
/// decided. Runs in the savepoint of its transaction; a `MergeRefusal` undoes everything.
struct TransactionMerger {
  let engine: Engine
  let writer: Writer
  let knows: Knowledge
  /// The author; nil for the server itself, which may do all.
  let account: Account?
  /// The last own transaction whose refusal the author knew.
  let knownRefused: UInt32
  /// Judges the states that edits of texts were made in.
  let states: SeenJudge
  /// The stamp its author gave it, before it was moved.
  let authoredAt: HLC
  /// Whether the transaction is in the server's own name.
  let isServer: Bool
  /// Of a transaction that comes back late; nil for all others.
  let late: LateJudge?

  /// The author's program has a newer model than this server.
  var isNewer = false

  var effects = Effects()
  private var isErasing = false
  private var touched: [Touched] = []
  private var touchedRows: Set<Int64> = []
  private var made: Set<Int64> = []
  /// Rows whose ids say what they are, and which others had made: this author made them too, without
  /// a look at what was there.
  private var madeBefore: Set<Int64> = []
  /// Rows that readers must be sent whole, as they are after the transaction.
  var revived: [(Tag, Int64)] = []
  /// Deletions that waited beside the graves of rows that have just come back.
  var lateDeletions: [Int64: [Int64]] = [:]

  /// Rows that take their space from what was deleted.
  var orphaned: [Touched] = []

  struct Touched {
    let entity: Entity
    let row: Int64
  }

  init(
    engine: Engine, writer: Writer, knows: Knowledge, account: Account?, knownRefused: UInt32,
    authoredAt: HLC, states: SeenJudge, isServer: Bool? = nil, late: LateJudge? = nil
  ) {
    self.engine = engine
    self.writer = writer
    self.knows = knows
    self.account = account
    self.knownRefused = knownRefused
    self.states = states
    self.authoredAt = authoredAt
    self.isServer = isServer ?? (account == nil)
    self.late = late
  }

  mutating func merge(_ operations: [Operation]) throws -> Effects {
    isErasing = operations.contains { $0.kind == .erase }
    for (index, operation) in operations.enumerated() { try merge(operation, index) }
    try settleSpaces(operations)
    for (entity, row) in revived {
      guard let image = try engine.image(entity, row),
        let audience = try engine.rowAudience(entity, row)
      else { continue }
      effects.extras.append(
        Effects.Extra(
          kind: .image, entity: entity, row: RowID(row), audience: audience,
          image: image.encoded))
      try engine.noteImage(row, writer.position)
    }
    try engine.noteWritten(touched.map(\.row), writer.position)
    return effects
  }

  private mutating func merge(_ operation: Operation, _ index: Int) throws {
    let row = operation.row.raw
    let check = OperationCheck(
      model: engine.model, isServer: isServer, isNewer: isNewer, declared: engine.declaredField,
      isDisputed: engine.isDisputed)
    let entity = try check.check(operation, site: writer.id.site)
    try checkAuthorship(operation, entity)
    try checkDependence(operation, entity)
    if operation.kind == .create {
      try create(operation, entity, index)
      return
    }
    guard let audience = try engine.rowAudience(entity.tag, row) else {
      try writeToDead(operation, entity, index)
      return
    }
    try checkRight(audience)
    if operation.kind == .delete {
      try delete(operation, entity, audience, index)
      return
    }
    if operation.kind == .erase {
      // What came back after the server was put back came without words. Who has an earlier state of
      // the text gets the row anew.
      try engine.fillText(operation)
      revived.append((entity.tag, row))
      note(audience, nil, index)
      return
    }
    try checkMove(operation, entity)
    try applyToLiving(operation, entity, audience, index)
  }

  mutating func applyToLiving(
    _ operation: Operation, _ entity: Entity, _ audience: Int64, _ index: Int
  ) throws {
    if let history = try late?.history(operation, entity), !history.isEmpty {
      note(audience, try applyLate(operation, audience, history), index)
    } else {
      var context = try context(audience, for: operation)
      if operation.kind == .edit {
        context.textFloor = try max(
          engine.collectedPosition(), engine.imagePosition(operation.row.raw))
      }
      guard case .done(let results) = try applied(operation, context) else {
        throw MergeRefusal(.unknownRecord, operation.row.text)
      }
      if operation.kind == .edit, results?.contains(where: \.saysText) == true {
        // Readers have the text without its edits from here on.
        try engine.noteImage(operation.row.raw, writer.position)
      }
      note(audience, results, index)
    }
    // That words were erased is nobody's work on the record.
    if !isErasing { touch(entity, operation.row.raw) }
  }

  /// Applies what is not history of a write that comes late.
  func applyLate(_ operation: Operation, _ audience: Int64, _ history: Set<Tag>) throws
    -> [CellResult]
  {
    let kept = operation.tags.indices.filter { !history.contains(operation.tags[$0]) }
    var results = [CellResult](repeating: .hidden, count: max(1, operation.tags.count))
    guard !kept.isEmpty else { return results }
    // Only registers are written several at once.
    let rest = Operation(
      .write, entity: operation.entity, row: operation.row, tags: kept.map { operation.tags[$0] },
      values: kept.map { operation.values[$0] })
    guard case .done(let decided) = try engine.apply(rest, context(audience, for: rest)) else {
      throw MergeRefusal(.unknownRecord, operation.row.text)
    }
    for (place, index) in kept.enumerated() { results[index] = decided?[place] ?? .shown }
    return results
  }

  private func context(_ audience: Int64, for operation: Operation) throws -> ApplyContext {
    ApplyContext(writer: writer, knows: try knows(operation), audience: audience, undo: nil)
  }

  /// A record is made apart from what others wrote to the same one, whatever its author had seen
  /// (DESIGN 3).
  private func knows(_ operation: Operation) throws -> Knowledge {
    if madeBefore.contains(operation.row.raw) {
      return try engine.knowledge(writer.id, JudgedSeen(position: 0))
    }
    guard let state = operation.editedState else { return knows }
    // The text was rebased to a later state than the one that the rest of the form showed.
    guard let seen = try states.judge(state) else { throw MergeRefusal(.unseenCursor, "") }
    return try engine.knowledge(writer.id, seen)
  }

  private func applied(_ operation: Operation, _ context: ApplyContext) throws -> Applied {
    do {
      return try engine.apply(operation, context)
    } catch let error as TextError {
      if case .tooLarge = error { throw MergeRefusal(.tooLarge, error.description) }
      let entity = engine.model.entity(tag: operation.entity)
      guard let entity, let field = entity.field(tag: operation.tags[0]) else { throw error }
      throw MergeRefusal(InvalidDetail(.value, entity, field))
    }
  }

  private mutating func create(_ operation: Operation, _ entity: Entity, _ index: Int) throws {
    let row = operation.row.raw
    let grave = try engine.grave(row)
    let present = try engine.rowAudience(entity.tag, row)
    let isTaken =
      try made.contains(row)
      || (operation.row.isDerived
        ? present != nil && !isSame(operation, entity)
        : present != nil || (grave == nil && engine.wasUsed(row)))
    if isTaken { throw MergeRefusal(.identityTaken, operation.row.text) }
    if operation.row.isDerived { madeBefore.insert(row) }
    if let present {
      try checkRight(present)
      try applyToLiving(operation, entity, present, index)
      return
    }
    var marks: [Head] = []
    if let grave {
      guard grave.entity == entity.tag else {
        throw MergeRefusal(.identityTaken, operation.row.text)
      }
      guard knows.covers(try engine.writer(grave.transaction)) else {
        try writeToDead(operation, entity, index)
        return
      }
      marks = try beginAnew(row)
    }
    if let grave = try lateOwnerGrave(of: operation, entity) {
      try createBuried(operation, entity, grave, index)
      return
    }
    try reviveOwner(of: operation, entity)
    let audience = try audience(of: operation, entity)
    let number = try engine.number(of: audience)
    try checkRight(number)
    let context = ApplyContext(writer: writer, knows: knows, audience: number, undo: nil)
    _ = try engine.apply(operation, context)
    if !marks.isEmpty {
      try engine.setLifeHeads(entity.tag, row, old: [], new: marks, context)
      revived.append((entity.tag, row))
    }
    made.insert(row)
    note(number, nil, index)
    touch(entity, row)
  }

  /// Whether the record under a derived id is the one that is made once more: an id is a hash, and two
  /// records may have one by accident.
  private func isSame(_ operation: Operation, _ entity: Entity) throws -> Bool {
    guard let record = try engine.record(entity.tag, operation.row) else { return false }
    return operation.tags.indices.allSatisfy { slot in
      !entity.isIdentity(operation.tags[slot])
        || record.fields[operation.tags[slot]] == .scalar(operation.values[slot])
    }
  }

  // MARK: Rights

  /// Nobody writes in another's name, nor says that a record was made after its transaction.
  private func checkAuthorship(_ operation: Operation, _ entity: Entity) throws {
    guard !isServer, [.create, .write].contains(operation.kind) else { return }
    for (slot, tag) in operation.tags.enumerated() {
      guard let field = entity.field(tag: tag), let value = operation.values[slot].intValue else {
        continue
      }
      switch field.authorship {
      case .person where value != writer.user:
        throw MergeRefusal(InvalidDetail(.anothersName, entity, field))
      case .time where value > authoredAt.milliseconds:
        throw MergeRefusal(InvalidDetail(.laterThanAuthor, entity, field))
      default: break
      }
    }
  }

  func checkRight(_ audience: Int64) throws {
    guard let account else { return }
    let audience = try engine.audience(audience)
    guard account.mayEdit(audience) else {
      throw MergeRefusal(.noRight, try engine.spaceName(audience.space))
    }
  }

  /// A write that moves a record needs the right at both ends.
  private func checkMove(_ operation: Operation, _ entity: Entity) throws {
    guard operation.kind == .write, let field = entity.space.field.flatMap(entity.field(named:)),
      operation.tags.contains(field.tag)
    else { return }
    let audience = try audience(of: operation, entity)
    guard let account, !account.mayEdit(audience) else { return }
    throw MergeRefusal(.noRight, try engine.spaceName(audience.space))
  }

  /// The audience that an operation's own values give.
  private func audience(of operation: Operation, _ entity: Entity) throws -> Audience {
    try SpaceResolver(engine: engine).audience(entity, operation.row.raw, present: nil) { name in
      guard let field = entity.field(named: name),
        let index = operation.tags.firstIndex(of: field.tag)
      else {
        return operation.kind == .create
          ? nil : try engine.reference(entity, operation.row.raw, name)
      }
      return operation.values[index].intValue
    }
  }

  /// What touches a row made in a refused transaction is refused with it, as is what would hang below
  /// one, and so land in a space that its author did not mean.
  private func checkDependence(_ operation: Operation, _ entity: Entity) throws {
    try checkDependence(operation.row.raw)
    guard [.create, .write].contains(operation.kind) else { return }
    for name in Set([entity.parent, entity.space.field].compactMap(\.self)) {
      guard let tag = entity.field(named: name)?.tag,
        let slot = operation.tags.firstIndex(of: tag),
        let target = operation.values[slot].intValue
      else { continue }
      try checkDependence(target)
    }
  }

  private func checkDependence(_ row: Int64) throws {
    let site = writer.id.site
    if let sequence = try engine.quarantined(row, site: site), sequence > knownRefused {
      throw MergeRefusal(.dependsOnRefused, "\(site):\(sequence)")
    }
    // A replica that got a new site counts on from where it left the old one.
    for forebear in try engine.forebears(of: site) {
      if let sequence = try engine.quarantined(row, site: forebear.site), sequence > knownRefused,
        sequence <= forebear.lastShared
      {
        throw MergeRefusal(.dependsOnRefused, "\(forebear.site):\(sequence)")
      }
    }
  }

  // MARK: Spaces

  /// Records whose space changed go to their new audience, with everything that follows them.
  private mutating func settleSpaces(_ operations: [Operation]) throws {
    var spaceTags: [Tag: Tag] = [:]
    for entity in Set(touched.map(\.entity.tag)).compactMap(engine.model.entity(tag:)) {
      spaceTags[entity.tag] = entity.space.field.flatMap(entity.field(named:))?.tag
    }
    let moved = Set(
      operations.filter { spaceTags[$0.entity].map($0.tags.contains) ?? false }.map(\.row.raw))
    var queue = touched.filter {
      spaceTags[$0.entity.tag] != nil && (moved.contains($0.row) || made.contains($0.row))
    }
    queue += orphaned
    let resolver = SpaceResolver(engine: engine)
    // What comes back may find its place moved, and is itself the place of others.
    for (tag, row) in revived {
      guard let entity = engine.model.entity(tag: tag) else { continue }
      queue.append(Touched(entity: entity, row: row))
      for (other, id) in try resolver.dependents(of: entity, row) {
        queue.append(Touched(entity: other, row: id))
      }
    }
    var visited: Set<Int64> = []
    while let next = queue.popLast() {
      guard visited.insert(next.row).inserted,
        let present = try engine.rowAudience(next.entity.tag, next.row)
      else { continue }
      let audience = try resolver.audience(
        next.entity, next.row, present: try engine.audience(present))
      let number = try engine.number(of: audience)
      if number != present {
        try engine.moveRow(next.entity.tag, next.row, to: number)
        if made.contains(next.row) {
          for (index, operation) in operations.enumerated()
          where operation.row.raw == next.row && index < effects.audiences.count {
            effects.audiences[index] = number
          }
        } else {
          effects.extras.append(
            Effects.Extra(
              kind: .purge, entity: next.entity.tag, row: RowID(next.row), audience: present,
              image: []))
          if !revived.contains(where: { $0.1 == next.row }) {
            revived.append((next.entity.tag, next.row))
          }
        }
      } else if !made.contains(next.row) {
        // Nothing below it can have moved by this.
        if next.entity.space.field == nil { continue }
      }
      if number != present || made.contains(next.row) {
        for (entity, row) in try resolver.dependents(of: next.entity, next.row) {
          queue.append(Touched(entity: entity, row: row))
        }
      }
    }
  }

  private mutating func touch(_ entity: Entity, _ row: Int64) {
    if touchedRows.insert(row).inserted { touched.append(Touched(entity: entity, row: row)) }
  }

  mutating func note(_ audience: Int64, _ results: [CellResult]?, _ index: Int) {
    effects.audiences.append(audience)
    if let results { effects.results[index] = results }
  }
}

extension CellResult {
  /// Of an edit: it tells the whole text.
  fileprivate var saysText: Bool {
    guard case .heads(let heads) = self else { return false }
    return heads.contains { !$0.value.isNull }
  }
}
