import ClientCore
import Protocol
import Storage

@testable import ServerApp

private typealias M = SmallModel

/// A fleet of three laptops and a server under one seed: the real cores, a made-up network, made-up
/// clocks, people and crashes. What fails is told with the step at which it showed.
///
/// Two people may edit everything; the third only the city and one of two spaces.
final class Simulation {
  let world: World
  private(set) var devices: [Device] = []
  private var links: [Link] = []
  private var edits: RandomEdits
  private var oracle = ScreenOracle()
  private var forms: [Form] = []
  /// Requests that the network has held back; they come when nobody waits for them any more.
  private var stale: [(device: Int, record: DeviceRecord, body: [UInt8])] = []
  private(set) var problems: [String] = []
  private var history: [String] = []
  /// What a server has said it merged, by the device's own word.
  private var acknowledged: Set<TransactionID> = []
  private var serverWasReached = true
  private let disaster: Disaster
  private var hasBackup = false
  private var images = 0
  private var copies = 0
  private var touched: Set<Int> = []
  /// By position, by the slow model.
  private var statesOfServer: [Int64: [RowID: SlowModel.Row]] = [:]

  /// What befalls a fleet, beside all that may happen on any day.
  enum Disaster: CaseIterable {
    case none
    /// The server is put back from a backup, announced or not.
    case restores
    /// Laptops are copied, or rolled back to an older image.
    case copies
  }

  private struct Link {
    var session: SyncSession?
    var request: [UInt8]?
    var answer: [UInt8]?
  }
  private struct Form {
    let device: Int
    let seen: Cursor
    let row: RowID
    let shown: Set<Value>
  }

  init(seed: UInt64) throws {
    var limits = SyncLimits.standard
    // A few transactions a page, so that pages end in the middle of everything.
    limits.smallestPageBytes = 200
    limits.pageBytes = 600
    world = try World(seed: seed, limits: limits)
    edits = RandomEdits(seed: seed)
    disaster = Disaster.allCases[Int(seed % 3)]
    try setUp()
  }

  private func setUp() throws {
    let first = try world.device("A")
    var places: [RowID] = []
    for code in ["P1", "P2"] { places.append(try first.create(M.place, [(M.code, .text(code))])) }
    places.append(
      try first.create(M.place, [(M.code, "P3"), (M.parent, .int(places[0].raw))]))
    try first.sync()
    edits.places = places
    try world.user("C", spaces: ["gent", "P1"])
    devices = [first, try world.device("B"), try world.device("C")]
    // Something that all have, so that they meet.
    for place in [places[0], places[2]] {
      let row = try first.create(M.company, [(M.name, edits.fresh()), (M.at, .int(place.raw))])
      try first.create(M.item, [(M.label, edits.fresh()), (M.owner, .int(row.raw))])
    }
    for device in devices {
      try device.sync()
      try oracle.look(device)
    }
    links = devices.map { _ in Link() }
  }

  /// Runs to the end or to the first problem.
  func run(steps: Int) throws {
    for _ in 0..<steps {
      try step()
      if !problems.isEmpty { return }
    }
    try drain()
  }

  /// The last steps before a problem, to read.
  var story: String { history.suffix(80).joined(separator: "\n") }

  private func note(_ text: String) { history.append(text) }

  // MARK: Steps

  private func step() throws {
    if disaster != .none, edits.random.chance(8) { return try befall() }
    let index = edits.random.below(devices.count)
    let device = devices[index]
    switch edits.random.below(100) {
    case 0..<34: try edit(index)
    case 34..<38: try openForm(index)
    case 38..<42: try saveForm()
    case 42..<84:
      repeat { try move(index) } while edits.random.chance(75)
    case 84..<87: try deliverStale()
    case 87..<90: try crash(index)
    case 90..<92:
      note("the server restarts")
      serverWasReached = true
      try world.restartServer()
    case 92..<95:
      let jump: Int64 = edits.random.pick([
        90_000_000, -90_000_000, 3_000, -3_000, 600_000, -600_000, -1_500_000_000_000,
      ])
      note("\(device.name)'s clock jumps by \(jump)")
      device.system.jump(jump)
    case 95: device.system.reboot()
    case 96: try erase()
    default:
      let time = Int64(edits.random.below(200_000))
      world.serverSystem.advance(time)
      for device in devices { device.system.advance(time) }
    }
    try check()
  }

  /// Looks at everything that the step has touched.
  private func check() throws {
    for index in touched.sorted() { problems += try devices[index].checkInvariants() }
    touched = []
    // The server changes only with what reaches it.
    if serverWasReached { problems += try world.checkInvariants() }
    serverWasReached = false
  }

  private func edit(_ index: Int) throws {
    let device = devices[index]
    try oracle.look(device)
    try save(index, try edits.action(on: device), seen: nil, shown: nil)
  }

  private func save(_ index: Int, _ planned: [PlannedEdit], seen: Cursor?, shown: Set<Value>?)
    throws
  {
    let device = devices[index]
    guard !planned.isEmpty else { return }
    var made: [Operation] = []
    do {
      let saved = try device.replica.commit(seen: seen) { draft in
        for edit in planned { made.append(try draft.carryOut(edit)) }
      }
      guard let saved else { return }
      touched.insert(index)
      note("\(device.name) saves \(saved.text)\(seen == nil ? "" : " from a form"): \(made)")
      try oracle.saved(device, saved, made, looking: shown)
    } catch ReplicaError.unknownRecord {
      // The record went while the form was open; the person is told.
      note("\(device.name) cannot save: the record is gone")
    }
  }

  /// An admin takes the past of a text away, and sometimes a part of what it shows.
  private func erase() throws {
    guard let entity = world.model.entity(tag: M.company), let story = entity.field(tag: M.story)
    else { return }
    let texts = try world.store.database.read { engine in
      var texts: [(row: RowID, text: String)] = []
      try engine.forEachRecord(M.company) {
        texts.append(($0.id, $0.fields[M.story].text))
        return true
      }
      return texts
    }
    guard !texts.isEmpty else { return }
    let (row, text) = edits.random.pick(texts)
    let words = edits.random.chance(50) ? String(text.prefix(2)) : ""
    note("the past of the text of \(row.text) is erased, and “\(words)”")
    serverWasReached = true
    _ = try world.store.erase(words, from: story, of: entity, row)
  }

  private func openForm(_ index: Int) throws {
    let view = try RandomEdits.View(devices[index])
    guard !view.companies.isEmpty, forms.count < 3 else { return }
    try oracle.look(devices[index])
    let row = edits.random.pick(view.companies)
    note("\(devices[index].name) opens a form on \(row.text)")
    forms.append(
      Form(
        device: index, seen: try devices[index].replica.seen(), row: row,
        shown: oracle.screens[devices[index].name] ?? []))
  }

  private func saveForm() throws {
    guard !forms.isEmpty else { return }
    let form = forms.remove(at: edits.random.below(forms.count))
    let planned = try edits.action(on: devices[form.device], focus: form.row)
    try save(form.device, planned, seen: form.seen, shown: form.shown)
  }

  private func crash(_ index: Int) throws {
    note("\(devices[index].name) crashes")
    links[index] = Link()
    touched.insert(index)
    forms.removeAll { $0.device == index }
    try devices[index].reopen()
  }

  // MARK: Disasters

  private func befall() throws {
    switch disaster {
    case .none: break
    case .restores:
      serverWasReached = true
      if !hasBackup || edits.random.chance(50) {
        note("a backup is made")
        try world.backup(replacing: true)
        hasBackup = true
      } else {
        let opensEpoch = edits.random.chance(70)
        note("the server is put back\(opensEpoch ? "" : ", and resumed in its epoch")")
        try world.restore(opensEpoch: opensEpoch)
        statesOfServer = [:]
      }
    case .copies:
      let index = edits.random.below(devices.count)
      if images > 0, edits.random.chance(40) {
        let image = edits.random.below(images)
        let owner = image % 3
        note("\(devices[owner].name) is rolled back to image \(image)")
        links[owner] = Link()
        forms.removeAll { $0.device == owner }
        stale.removeAll { $0.device == owner }
        try devices[owner].rollBack(to: "\(image)")
      } else if copies < 2, edits.random.chance(50) {
        copies += 1
        links[index] = Link()
        note("\(devices[index].name) is copied")
        devices.append(try devices[index].copy("\(devices[index].name)\(copies)"))
        links.append(Link())
      } else if images < 9 {
        // One of each of the first three in turn.
        let owner = images % 3
        note("an image is made of \(devices[owner].name)")
        links[owner] = Link()
        try devices[owner].image("\(images)")
        images += 1
      }
    }
    touched.formUnion(devices.indices)
    try check()
  }

  // MARK: The network

  /// A device's sync goes one step on.
  private func move(_ index: Int) throws {
    let device = devices[index]
    if links[index].session == nil {
      let isFull = edits.random.chance(4)
      note("\(device.name) starts to sync\(isFull ? " in full" : "")")
      links[index].session = try SyncSession(device.replica, full: isFull)
    }
    if let answer = links[index].answer {
      links[index].answer = nil
      try receive(index, answer)
    } else if let request = links[index].request {
      links[index].request = nil
      try carry(index, request)
    } else {
      guard let request = try links[index].session?.nextRequest() else {
        let summary = links[index].session?.summary
        note("\(device.name) is in sync")
        if summary?.agrees != true {
          problems.append("\(device.name): digests differ after a sync")
        }
        links[index] = Link()
        return
      }
      links[index].request = request
    }
  }

  private func receive(_ index: Int, _ answer: [UInt8]) throws {
    let device = devices[index]
    touched.insert(index)
    do {
      try links[index].session?.receive(answer)
      note("\(device.name) receives")
    } catch {
      problems.append("\(device.name) cannot take an answer: \(error)")
    }
    try oracle.look(device)
    if !device.name.hasPrefix("C") { try checkBase(device) }
    try device.look { engine in
      for own in try engine.transactions(where: "id >= \(LocalNumber.own)")
      where own.position != nil || own.state == .accepted {
        acknowledged.insert(own.id)
      }
    }
  }

  /// Without its own pending edits a replica shows the state that the server was in at the position
  /// it has reached. Asked of those who may see everything.
  private func checkBase(_ device: Device) throws {
    // One that a server which was put back has lost is not there to look at.
    guard try disaster != .restores || world.hasState(of: device) else { return }
    let position = try device.replica.seen().position
    let expected =
      try statesOfServer[position]
      ?? {
        let rows = try world.store.database.read { try SlowModel($0, through: position).rows }
        statesOfServer[position] = rows
        return rows
      }()
    let base = try device.baseRows()
    for row in Set(expected.keys).union(base.keys)
    where !SlowModel.isShown(expected[row], as: base[row]) {
      problems.append(
        "\(device.name) has \(String(describing: base[row])) in \(row.text) at \(position), "
          + "the server had \(String(describing: expected[row]))")
    }
  }

  private func carry(_ index: Int, _ request: [UInt8]) throws {
    serverWasReached = true
    let name = devices[index].name
    switch edits.random.below(20) {
    case 0, 1:
      note("\(name)'s request is lost")
      try links[index].session?.linkBroke()
    case 2, 3:
      note("\(name)'s answer is lost")
      _ = try devices[index].answer(to: request)
      try links[index].session?.linkBroke()
    case 4:
      note("\(name)'s request comes twice")
      _ = try devices[index].answer(to: request)
      links[index].answer = try devices[index].answer(to: request)
    case 5:
      note("\(name)'s request is held back")
      stale.append((index, try devices[index].record(), request))
      links[index] = Link()
    case 6, 7: try carryTogether(index, request)
    default: links[index].answer = try devices[index].answer(to: request)
    }
  }

  /// Two devices' requests in one group commit.
  private func carryTogether(_ index: Int, _ request: [UInt8]) throws {
    let other = links.indices.first { $0 != index && links[$0].request != nil }
    guard let other, let second = links[other].request else {
      links[index].answer = try devices[index].answer(to: request)
      return
    }
    note("\(devices[index].name) and \(devices[other].name) are committed together")
    links[other].request = nil
    let answers = try world.answers(to: [(devices[index], request), (devices[other], second)])
    links[index].answer = answers[0]
    links[other].answer = answers[1]
  }

  private func deliverStale() throws {
    guard !stale.isEmpty else { return }
    serverWasReached = true
    let late = stale.remove(at: edits.random.below(stale.count))
    note("an old request of \(devices[late.device].name) arrives")
    // It comes with the token of its time: the device may have another site by now.
    _ = try world.answers(from: [(late.record, late.body)])
  }

  // MARK: The end

  private func drain() throws {
    // A copy learns that it is one when another has synced; then all must hear of what it made.
    for _ in 0..<3 {
      for (index, device) in devices.enumerated() {
        links[index] = Link()
        note("\(device.name) syncs at the end")
        let summary = try device.sync()
        if summary.agrees != true { problems.append("\(device.name): digests differ at the end") }
      }
    }
    serverWasReached = true
    touched.formUnion(devices.indices)
    try check()
    for device in devices
    where try device.dump() != world.dump(user: device.replica.identity()?.userName) {
      problems.append("\(device.name) shows something else than the server")
    }
    if try world.dump(user: "A") != world.dump() { problems.append("A may not see all") }
    problems += try world.store.verify().problems
    problems += try refusalProblems()
    try compare()
  }

  private func compare() throws {
    // What comes back may find its record where its author has no right any more: it is with the
    // admin and in the author's tray. Why is looked at elsewhere.
    let refused = disaster == .restores ? Set(try world.store.quarantine().map(\.id)) : []
    try world.store.database.read { engine in
      let entries = try engine.transactions(where: "position IS NOT NULL")
      let merged = Set(entries.map(\.id))
      for lost in acknowledged.subtracting(merged).subtracting(refused) {
        problems.append("\(lost.text) was acknowledged and is gone")
      }
      // What a copy makes again has other names: its screen's story ends there.
      if disaster != .copies {
        problems += try oracle.check(engine, merged: merged).map { "lost: \($0)" }
      }
      let (expected, shown) = (try SlowModel(engine).rows, try SlowModel.rows(of: engine))
      for row in Set(expected.keys).union(shown.keys)
      where !SlowModel.isShown(expected[row], as: shown[row]) {
        problems.append(
          "\(row.text) is \(String(describing: shown[row])), by the model "
            + "\(String(describing: expected[row]))")
      }
    }
  }
}

extension Simulation {
  /// Only what somebody has no right to may be refused, and what builds on it.
  private func refusalProblems() throws -> [String] {
    try world.store.quarantine().compactMap { refused in
      switch refused.reason {
      case .noRight where refused.deviceName == "C",
        .dependsOnRefused where refused.deviceName == "C",
        .refusedBefore where refused.deviceName == "C":
        nil
      default: "\(refused.id.text) was refused: \(refused.reason) \(refused.detail)"
      }
    }
  }

  /// How much happened, to see that a simulation meets what it should.
  var summary: String {
    get throws {
      try world.store.database.read { engine in
        func count(_ sql: String) throws -> Int64 { try engine.connection.scalar(sql) ?? 0 }
        return """
          transactions \(try count("SELECT count(*) FROM _transaction")) \
          quarantined \(try count("SELECT count(*) FROM _quarantine")) \
          further heads \(try count("SELECT count(*) FROM _head WHERE tag > 0")) \
          marks \(try count("SELECT count(*) FROM _head WHERE tag = 0")) \
          graves \(try count("SELECT count(*) FROM _grave")) \
          epochs \(try count("SELECT count(*) FROM _epoch"))
          """
      }
    }
  }
}

extension World {
  /// Whether the server's log up to a device's cursor is the one that the cursor was given for.
  func hasState(of device: Device) throws -> Bool {
    let facts = try device.look { (try $0.fact("sealedCursor"), try $0.fact("site").intValue) }
    guard case .bytes(let sealed) = facts.0, let site = facts.1 else { return false }
    return try store.database.read { engine in
      guard case .bytes(let key) = try engine.fact("sealKey"),
        let opened = CursorSeal(key: key).open(sealed, site: UInt32(truncatingIfNeeded: site))
      else { return false }
      return try engine.isShared(opened)
    }
  }

  /// Answers to requests that arrive together.
  func answers(to requests: [(Device, [UInt8])]) throws -> [[UInt8]] {
    try answers(from: requests.map { (try $0.record(), $1) })
  }

  func answers(from requests: [(DeviceRecord, [UInt8])]) throws -> [[UInt8]] {
    let exchanges = try requests.map { record, body in
      ExchangeRequest(device: record, request: try SyncRequest(encoded: body, limits: limits))
    }
    return try store.exchange(exchanges).map { try $0.get().encoded }
  }
}
