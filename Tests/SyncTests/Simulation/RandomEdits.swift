import ClientCore
import Protocol
import Storage

private typealias M = SmallModel

/// Makes up what a person does next, on what their own replica shows. Every text is new, so that a
/// value names its write.
struct RandomEdits {
  var random: SeededRandom
  private var nextValue = 0
  /// Places that companies may move to; empty for a world of one space.
  var places: [RowID] = []
  var companyLimit = 4

  init(seed: UInt64) { random = SeededRandom(seed: seed) }

  mutating func fresh() -> Value {
    nextValue += 1
    return .text("v\(nextValue)")
  }

  /// The operations of one user action; empty where there is nothing to act on.
  ///
  /// - Parameter focus: a record to act on, as an open form does.
  mutating func action(on device: Device, focus: RowID? = nil) throws -> [PlannedEdit] {
    let view = try View(device)
    if focus == nil, random.chance(4) {
      let dead = try device.replica.deletedRecords(of: M.company).map(\.record.id)
        .filter(view.buried.contains)
      if !dead.isEmpty { return [.operation(.keep(M.company, random.pick(dead)))] }
    }
    let edit = edit(view, focus)
    if random.chance(20) { return (edit + self.edit(view, focus)).deduplicated() }
    return edit
  }

  private mutating func edit(_ view: View, _ focus: RowID?) -> [PlannedEdit] {
    let companies = focus.map { [$0] } ?? view.companies
    if focus == nil, companies.isEmpty || (companies.count < companyLimit && random.chance(10)) {
      return [.createCompany(companyFields())]
    }
    let row = random.pick(companies)
    switch random.below(23) {
    case 21, 22:
      guard let change = textChange(of: view.stories[row] ?? "") else { return [] }
      return [.operation(.edit(M.company, row, M.story, change))]
    case 20: return [.operation(.write(M.company, row, [(M.stage, random.pick(Self.stages))]))]
    case 0, 1, 2, 3: return [.operation(.write(M.company, row, [(M.name, fresh())]))]
    case 4:
      return [
        .operation(
          .write(
            M.company, row, [(M.name, fresh()), (M.note, random.chance(30) ? .null : fresh())]))
      ]
    case 5:
      let period = Value.group([.int(Int64(random.below(1_000))), .int(Int64(nextValue))])
      nextValue += 1
      return [.operation(.write(M.company, row, [(M.period, period)]))]
    case 6:
      return [
        .operation(.write(M.company, row, [(M.level, random.pick(["low", "medium", "high"]))]))
      ]
    case 7:
      return [.operation(.write(M.company, row, [(M.highest, .int(Int64(random.below(1_000))))]))]
    case 8: return [.operation(.write(M.company, row, [(M.key, fresh())]))]
    case 9, 10: return [.operation(.add(M.company, row, M.sectors, random.pick(["x", "X", "y"])))]
    case 11: return [.operation(.remove(M.company, row, M.sectors, random.pick(["x", "X", "y"])))]
    case 12: return [.operation(.increment(M.company, row, M.visitors, Int64(random.below(9)) - 3))]
    case 13:
      return [
        .operation(
          .put(
            M.company, row, M.headcount, key: random.pick(["2024", "2025"]),
            .int(Int64(random.below(500)))))
      ]
    case 14:
      return [.operation(.drop(M.company, row, M.headcount, key: random.pick(["2024", "2025"])))]
    case 15: return [.operation(.bump(M.company, row, M.daily, key: "mon", Int64(random.below(9))))]
    case 16: return [.createItem(owner: row, label: fresh())]
    case 17:
      let items = view.items.filter { $0.owner == row }.map(\.id)
      if items.isEmpty { return [.createItem(owner: row, label: fresh())] }
      let item = random.pick(items)
      if random.chance(35) { return [.operation(.delete(M.item, item))] }
      return [.operation(.write(M.item, item, [(M.label, fresh())]))]
    case 18:
      if view.marked.contains(row) { return [.operation(.keep(M.company, row))] }
      return random.chance(60)
        ? [.operation(.delete(M.company, row))]
        : [.operation(.write(M.company, row, [(M.note, fresh())]))]
    default:
      if places.isEmpty { return [.operation(.write(M.company, row, [(M.note, fresh())]))] }
      let to: Value = random.chance(15) ? .null : .int(random.pick(places).raw)
      return [.operation(.write(M.company, row, [(M.at, to)]))]
    }
  }

  private static let stages: [Value] = ["new", "qualified", "visit", "won", "lost", "on_hold"]

  /// A word typed somewhere, or some characters taken away.
  private mutating func textChange(of text: String) -> TextChange? {
    let length = text.unicodeScalars.count
    if length > 0, random.chance(35) {
      let start = random.below(length)
      return TextChange([TextEdit(at: start, deleting: 1 + random.below(min(4, length - start)))])
    }
    nextValue += 1
    return TextChange([TextEdit(at: random.below(length + 1), inserting: "<é\(nextValue)>")])
  }

  private mutating func companyFields() -> [(Tag, Value)] {
    var fields: [(Tag, Value)] = [(M.name, fresh())]
    if random.chance(50) { fields.append((M.level, random.pick(["low", "medium", "high"]))) }
    if random.chance(30) { fields.append((M.key, fresh())) }
    if !places.isEmpty, random.chance(60) { fields.append((M.at, .int(random.pick(places).raw))) }
    return fields
  }

  /// What a replica shows, as far as an edit needs it.
  struct View {
    var companies: [RowID] = []
    var items: [(id: RowID, owner: RowID)] = []
    var stories: [RowID: String] = [:]
    /// Companies that survived a deletion.
    var marked: Set<RowID> = []
    /// Rows whose deletion the server has told.
    var buried: Set<RowID> = []

    init(_ device: Device) throws {
      try device.look { engine in
        try engine.forEachRecord(M.company) { company in
          companies.append(company.id)
          if case .scalar(let text) = company.fields[M.story] {
            stories[company.id] = text.textValue
          }
          return true
        }
        try engine.forEachRecord(M.item) { record in
          if case .scalar(let owner) = record.fields[M.owner] {
            items.append((record.id, RowID(owner.intValue ?? 0)))
          }
          return true
        }
        let graves = try engine.connection.statement("SELECT row FROM _tombstone")
        defer { graves.reset() }
        while try graves.step() { buried.insert(RowID(graves.int(0))) }
        for company in companies where try !engine.lifeHeads(company.raw).isEmpty {
          marked.insert(company)
        }
      }
    }
  }
}

/// One change that a person is about to make.
enum PlannedEdit {
  case createCompany([(Tag, Value)])
  case createItem(owner: RowID, label: Value)
  case operation(Operation)
}

extension [PlannedEdit] {
  /// One transaction changes one cell once, and deletes alone.
  fileprivate func deduplicated() -> [PlannedEdit] {
    guard count == 2 else { return self }
    if case .operation(let first) = self[0] {
      if first.kind == .delete { return [self[0]] }
      if case .operation(let second) = self[1] {
        if second.kind == .delete { return [self[0]] }
        if first.row == second.row, !Set(first.tags).isDisjoint(with: second.tags) {
          return [self[0]]
        }
      }
    }
    return self
  }
}

extension Draft {
  /// Carries a planned edit out. Returns the operation as it was made.
  mutating func carryOut(_ edit: PlannedEdit) throws -> Operation {
    switch edit {
    case .createCompany(let fields):
      let row = try create(M.company, fields)
      return .create(M.company, row, fields)
    case .createItem(let owner, let label):
      let fields: [(Tag, Value)] = [(M.label, label), (M.owner, .int(owner.raw))]
      let row = try create(M.item, fields)
      return .create(M.item, row, fields)
    case .operation(let operation):
      try apply(operation)
      return operation
    }
  }
}

extension Device {
  /// Looks at the replica over the writer's connection, whose statements are prepared.
  func look<Result>(_ body: (Engine) throws -> Result) throws -> Result {
    try replica.database.write(body)
  }
}
