import ClientCore
import Protocol
import ServerApp
import Storage
import Testing

private typealias M = SmallModel

@Suite("Spaces")
struct SpacesTests {
  /// A world with two root places, and somebody who may edit everything.
  private struct Town {
    let world: World
    let admin: Device
    let port: RowID
    let garden: RowID

    init(limits: SyncLimits = .standard) throws {
      world = try World(limits: limits)
      admin = try world.device("admin")
      port = try admin.create(M.place, [(M.code, "PORT")])
      garden = try admin.create(M.place, [(M.code, "GARDEN")])
      try admin.sync()
    }

    func device(_ name: String, _ spaces: [String], role: Account.Role = .editor) throws -> Device {
      try world.user(name, role: role, spaces: spaces)
      return try world.device(name)
    }
  }

  @Test("a reader of one space holds that space and the city, and nothing else")
  func reading() throws {
    let town = try Town()
    let reader = try town.device("reader", ["PORT"])
    let here = try town.admin.create(M.company, [(M.name, "here"), (M.at, .int(town.port.raw))])
    let there = try town.admin.create(
      M.company, [(M.name, "there"), (M.at, .int(town.garden.raw))])
    let everywhere = try town.admin.create(M.company, [(M.name, "everywhere")])
    let item = try town.admin.create(M.item, [(M.label, "secret"), (M.owner, .int(there.raw))])
    try town.world.syncAll(town.admin, reader)
    #expect(try reader.record(here) != nil)
    #expect(try reader.record(everywhere) != nil)
    #expect(try reader.record(there) == nil)
    #expect(try reader.record(item, M.item) == nil)
    try town.world.expectAgreement(reader, town.admin)
    let pages = try reader.look {
      try $0.connection.scalar("SELECT count(*) FROM _page WHERE instr(body, 'secret') > 0")
    }
    #expect(pages == 0)
  }

  @Test(
    """
    a record that moves leaves those who may see one end only, and comes to those of the other \
    whole, with its children, clocks and losers
    """)
  func recordMoves() throws {
    let town = try Town()
    let (left, right, both) = (
      try town.device("left", ["PORT"]), try town.device("right", ["GARDEN"]),
      try town.device("both", ["PORT", "GARDEN"])
    )
    let row = try town.admin.create(M.company, [(M.name, "x"), (M.at, .int(town.port.raw))])
    let item = try town.admin.create(M.item, [(M.label, "badge"), (M.owner, .int(row.raw))])
    try town.world.syncAll(town.admin, left, both)
    try left.write(row, M.name, "from left")
    try both.write(row, M.name, "from both")
    try both.apply(
      .add(M.company, row, M.sectors, "digital"), .increment(M.company, row, M.visitors, 2))
    try town.world.syncAll(left, both, town.admin)
    try town.admin.write(row, M.at, .int(town.garden.raw))
    try town.world.syncAll(town.admin, left, right, both)
    #expect(try left.record(row) == nil)
    #expect(try left.record(item, M.item) == nil)
    #expect(try left.conflicts() == [])
    for device in [right, both] {
      #expect(try device.shown(row, M.sectors) == .set(["digital"]))
      #expect(try device.record(item, M.item) != nil)
      #expect(try device.conflicts().map(\.tag) == [M.name])
    }
    try town.world.expectAgreement(town.admin, left, right, both)
  }

  @Test("a place that moves takes everything below it along")
  func placeMoves() throws {
    let town = try Town()
    let (left, right) = (try town.device("left", ["PORT"]), try town.device("right", ["GARDEN"]))
    let quay = try town.admin.create(M.place, [(M.code, "QUAY"), (M.parent, .int(town.port.raw))])
    let row = try town.admin.create(M.company, [(M.name, "x"), (M.at, .int(quay.raw))])
    let item = try town.admin.create(M.item, [(M.label, "badge"), (M.owner, .int(row.raw))])
    try town.world.syncAll(town.admin, left, right)
    try town.admin.apply(.write(M.place, quay, [(M.parent, .int(town.garden.raw))]))
    try town.world.syncAll(town.admin, left, right)
    for (entity, id) in [(M.place, quay), (M.company, row), (M.item, item)] {
      #expect(try left.record(id, entity) == nil)
      #expect(try right.record(id, entity) != nil)
    }
    try town.world.expectAgreement(town.admin, left, right)
  }

  @Test("a record that is revived comes back in the space to which its place has moved meanwhile")
  func revivedAfterMove() throws {
    let town = try Town()
    let (left, right) = (try town.device("left", ["PORT"]), try town.device("right", ["GARDEN"]))
    let quay = try town.admin.create(M.place, [(M.code, "QUAY"), (M.parent, .int(town.port.raw))])
    let row = try town.admin.create(M.company, [(M.name, "x"), (M.at, .int(quay.raw))])
    let second = try town.world.device("second", user: "admin")
    try town.world.syncAll(town.admin, second, left, right)
    try second.write(row, M.note, "late")
    try town.admin.apply(.delete(M.company, row))
    try town.admin.apply(.write(M.place, quay, [(M.parent, .int(town.garden.raw))]))
    try town.world.syncAll(town.admin, left, right, second, left, right)
    #expect(try left.record(row) == nil)
    #expect(try right.shown(row, M.note) == .scalar("late"))
    try town.world.expectAgreement(town.admin, second, left, right)
  }

  @Test("what lies in a deleted place is the city's, and goes back when the place comes back")
  func deletedPlace() throws {
    let town = try Town()
    let (here, there) = (try town.device("here", ["PORT"]), try town.device("there", ["GARDEN"]))
    let row = try town.admin.create(M.company, [(M.name, "quay"), (M.at, .int(town.port.raw))])
    let item = try town.admin.create(M.item, [(M.label, "badge"), (M.owner, .int(row.raw))])
    let quay = try town.admin.create(
      M.place, [(M.code, "QUAY"), (M.parent, .int(town.port.raw))])
    let below = try town.admin.create(M.company, [(M.name, "deep"), (M.at, .int(quay.raw))])
    try town.world.syncAll(town.admin, here, there)
    #expect(try there.record(row) == nil)

    try here.write(below, M.note, "waits")
    try town.admin.apply(.delete(M.place, town.port))
    try town.world.syncAll(town.admin, there)
    #expect(try there.shown(row, M.name) == .scalar("quay"))
    #expect(try there.record(item, M.item) != nil)
    #expect(try there.record(below) == nil, "the quay is a root of its own now")
    // Somebody had edited the place without seeing that it was deleted.
    try here.apply(.write(M.place, town.port, [(M.code, .text("HAVEN"))]))
    try town.world.syncAll(here, town.admin, there)
    #expect(try there.record(row) == nil)
    #expect(try there.record(item, M.item) == nil)
    #expect(try here.shown(row, M.name) == .scalar("quay"))
    try town.world.expectAgreement(town.admin, here, there)
  }

  @Test("an edit without the right is refused, shows in the tray, and the queue goes on")
  func noRight() throws {
    let town = try Town()
    let reader = try town.device("reader", ["PORT"])
    let city = try town.admin.create(M.company, [(M.name, "city")])
    let here = try town.admin.create(M.company, [(M.name, "here"), (M.at, .int(town.port.raw))])
    try town.world.syncAll(town.admin, reader)
    try reader.write(city, M.name, "mine")
    try reader.write(here, M.note, "fine")
    try reader.write(here, M.at, .int(town.garden.raw))
    try reader.write(here, M.level, "low")
    let summary = try reader.sync()
    #expect((summary.merged, summary.refused) == (2, 2))
    #expect(try reader.shown(city, M.name) == .scalar("city"))
    #expect(try reader.shown(here, M.note) == .scalar("fine"))
    #expect(try reader.shown(here, M.at) == .scalar(.int(town.port.raw)))
    let tray = try reader.replica.rejected()
    #expect(tray.map(\.reason) == [.noRight, .noRight])
    #expect(tray.first?.operations == [.set(city, M.name, "mine")])
    #expect(try town.world.store.quarantine().map(\.id) == tray.map(\.id))
    try town.world.expectAgreement(town.admin, reader)
  }

  @Test("somebody with the role of a reader changes nothing")
  func readersRole() throws {
    let town = try Town()
    let reader = try town.device("reader", ["PORT"], role: .reader)
    let here = try town.admin.create(M.company, [(M.name, "here"), (M.at, .int(town.port.raw))])
    try town.world.syncAll(town.admin, reader)
    try reader.write(here, M.name, "mine")
    #expect(try reader.sync().refused == 1)
    try town.world.expectAgreement(town.admin, reader)
  }

  @Test(
    """
    a changed grant takes what was lost and brings whole what was gained; edits that wait are \
    judged and kept
    """)
  func grantChanges() throws {
    let town = try Town()
    let reader = try town.device("reader", ["PORT"])
    let here = try town.admin.create(M.company, [(M.name, "here"), (M.at, .int(town.port.raw))])
    let there = try town.admin.create(
      M.company, [(M.name, "there"), (M.at, .int(town.garden.raw))])
    let city = try town.admin.create(M.company, [(M.name, "city")])
    try town.world.syncAll(town.admin, reader)
    try reader.write(here, M.note, "waits")
    try town.world.store.setSpaces(["GARDEN", "gent"], of: "reader")
    try reader.write(city, M.note, "allowed now")
    let summary = try reader.sync()
    #expect(summary.agrees == true)
    #expect((summary.merged, summary.refused) == (1, 1))
    #expect(try reader.record(here) == nil)
    #expect(try reader.shown(there, M.name) == .scalar("there"))
    #expect(try reader.shown(city, M.note) == .scalar("allowed now"))
    #expect(try reader.replica.rejected().map(\.reason) == [.noRight])
    try town.world.expectAgreement(town.admin, reader)
  }

  @Test("an edit that was accepted just before its space was taken away leaves the outbox")
  func acceptedThenTaken() throws {
    let town = try Town()
    let reader = try town.device("reader", ["PORT"])
    let here = try town.admin.create(M.company, [(M.name, "here"), (M.at, .int(town.port.raw))])
    try town.world.syncAll(town.admin, reader)
    try reader.write(here, M.note, "accepted")
    var lost = try SyncSession(reader.replica)
    _ = try reader.exchange(&lost)
    try town.world.store.setSpaces(["GARDEN"], of: "reader")
    try reader.sync()
    #expect(try reader.replica.status().pending == 0)
    #expect(try reader.record(here) == nil)
    try town.world.syncAll(town.admin)
    #expect(try town.admin.shown(here, M.note) == .scalar("accepted"))
    try town.world.expectAgreement(town.admin, reader)
  }

  @Test("grants that change again in the middle of a load start it again")
  func grantChangesDuringLoad() throws {
    var limits = SyncLimits.standard
    limits.smallestPageBytes = 1
    limits.pageBytes = 1
    let world = try World(limits: limits)
    let admin = try world.device("admin")
    var rows: [RowID] = []
    for code in ["ONE", "TWO", "SIX"] {
      let place = try admin.create(M.place, [(M.code, .text(code))])
      rows.append(try admin.create(M.company, [(M.name, .text(code)), (M.at, .int(place.raw))]))
    }
    try admin.sync()
    try world.user("reader", spaces: ["ONE"])
    let reader = try world.device("reader")
    try world.syncAll(reader)
    try world.store.setSpaces(["TWO"], of: "reader")
    var session = try SyncSession(reader.replica)
    for _ in 0..<4 {
      if let answer = try reader.exchange(&session) { try session.receive(answer) }
      #expect(try reader.record(rows[0]) != nil)
    }
    try world.store.setSpaces(["SIX"], of: "reader")
    while let answer = try reader.exchange(&session) { try session.receive(answer) }
    #expect(session.summary.agrees == true)
    #expect(try rows.map { try reader.record($0) != nil } == [false, false, true])
    try world.expectAgreement(admin, reader)
  }

  @Test("a revoked device is refused on its next request, and keeps what it has")
  func revoked() throws {
    let town = try Town()
    let reader = try town.device("reader", ["PORT"])
    let here = try town.admin.create(M.company, [(M.name, "here"), (M.at, .int(town.port.raw))])
    try town.world.syncAll(town.admin, reader)
    try reader.write(here, M.note, "unsent")
    let site = try #require(try reader.replica.identity()).site
    try town.world.store.revoke(site: site)
    #expect(throws: ExchangeError.revoked) { try reader.sync() }
    #expect(try reader.replica.status().pending == 1)
    try town.world.syncAll(town.admin)
    #expect(try town.admin.shown(here, M.note) == nil)
  }

  @Test("C23: of a transaction over two records each reader gets all that they may see, at once")
  func transactionOverTwoSpaces() throws {
    let town = try Town()
    let (one, two, losing) = (
      try town.device("one", ["PORT"]), try town.device("two", ["PORT", "GARDEN"]),
      try town.device("losing", ["PORT", "GARDEN"])
    )
    let here = try town.admin.create(M.company, [(M.name, "here"), (M.at, .int(town.port.raw))])
    let there = try town.admin.create(
      M.company, [(M.name, "there"), (M.at, .int(town.garden.raw))])
    try town.world.syncAll(town.admin, one, two, losing)
    try town.admin.apply(
      .set(here, M.note, "both"), .set(there, M.note, "both"))
    try town.admin.sync()
    try town.world.store.setSpaces(["PORT"], of: "losing")
    try town.world.syncAll(one, two, losing)
    for device in [one, losing] {
      #expect(try device.shown(here, M.note) == .scalar("both"))
      #expect(try device.record(there) == nil)
    }
    #expect(try two.shown(here, M.note) == .scalar("both"))
    #expect(try two.shown(there, M.note) == .scalar("both"))
    try town.world.expectAgreement(town.admin, one, two, losing)
  }

  @Test(
    """
    C23: page by page nobody ever sees part of a transaction over two records, also when one of \
    them leaves in the same delta
    """)
  func transactionAndMoveInOneDelta() throws {
    var limits = SyncLimits.standard
    // One transaction a page.
    limits.smallestPageBytes = 1
    limits.pageBytes = 1
    let town = try Town(limits: limits)
    let (one, two, leaving) = (
      try town.device("one", ["PORT"]), try town.device("two", ["PORT", "GARDEN"]),
      try town.device("leaving", ["GARDEN"])
    )
    let here = try town.admin.create(M.company, [(M.name, "here"), (M.at, .int(town.port.raw))])
    let there = try town.admin.create(
      M.company, [(M.name, "there"), (M.at, .int(town.garden.raw))])
    try town.world.syncAll(town.admin, one, two, leaving)
    for number in 1...4 {
      let value = Value.text("\(number)")
      try town.admin.apply(.set(here, M.note, value), .set(there, M.note, value))
      // In the middle the garden's record goes to the port, and later one comes back.
      if number == 2 { try town.admin.write(there, M.at, .int(town.port.raw)) }
      if number == 3 { try town.admin.write(here, M.at, .int(town.garden.raw)) }
    }
    try town.admin.sync()
    for device in [one, two, leaving] {
      var session = try SyncSession(device.replica)
      while let answer = try device.exchange(&session) {
        try session.receive(answer)
        let notes = try [here, there].compactMap { row in
          try device.record(row).map { $0.fields[M.note] }
        }
        #expect(Set(notes).count <= 1, "\(device.name) sees \(notes)")
        if device.name == "two" { #expect(notes.count == 2) }
      }
      #expect(session.summary.agrees == true)
    }
    #expect(try one.record(here) == nil)
    #expect(try one.shown(there, M.note) == .scalar("4"))
    #expect(try leaving.shown(here, M.note) == .scalar("4"))
    #expect(try leaving.record(there) == nil)
    try town.world.expectAgreement(town.admin, one, two, leaving)
  }
}
