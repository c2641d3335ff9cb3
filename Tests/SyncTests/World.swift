import ClientCore
import Foundation
import Interchange
import Protocol
import ServerApp
import Storage
import Synchronization
import Testing

/// A machine whose clocks a test moves, with random numbers from a seed.
final class ScriptedSystem: SystemSource {
  private let state: Mutex<State>
  struct State {
    var wall: Int64
    var boot: Int64
    var seed: UInt64
    var bootID = "boot-1"
  }

  init(wall: Int64 = 1_790_000_000_000, seed: UInt64) {
    state = Mutex(State(wall: wall, boot: 1_000_000, seed: seed))
  }

  /// Another machine that is just as far.
  init(copying other: ScriptedSystem) { state = Mutex(other.state.withLock { $0 }) }

  func wallMilliseconds() -> Int64 { state.withLock { $0.wall } }
  func bootMilliseconds() -> Int64 { state.withLock { $0.boot } }
  func bootID() -> String { state.withLock { $0.bootID } }
  func randomBytes(_ count: Int) -> [UInt8] {
    state.withLock { state in
      (0..<count).map { _ in
        // SplitMix64.
        state.seed &+= 0x9E37_79B9_7F4A_7C15
        var z = state.seed
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return UInt8(truncatingIfNeeded: z ^ (z >> 31))
      }
    }
  }
  /// Time passes.
  func advance(_ milliseconds: Int64) {
    state.withLock {
      $0.wall += milliseconds
      $0.boot += milliseconds
    }
  }
  /// Somebody sets the clock.
  func jump(_ milliseconds: Int64) { state.withLock { $0.wall += milliseconds } }
  func reboot() {
    state.withLock {
      $0.boot = 0
      $0.bootID += "x"
    }
  }
}

/// A server and its devices in one process: the real cores, no network.
final class World {
  let folder: URL
  let serverSystem: ScriptedSystem
  private(set) var store: SQLiteServerStore
  private(set) var model: Model
  private var nextSeed: UInt64
  var limits: SyncLimits

  init(model: Model = SmallModel.model, seed: UInt64 = 1, limits: SyncLimits = .standard) throws {
    // In memory where there is such a place: thousands of small commits are synced to it.
    let memory = "/dev/shm"
    let parent =
      FileManager.default.isWritableFile(atPath: memory)
      ? URL(fileURLWithPath: memory) : FileManager.default.temporaryDirectory
    folder = parent.appendingPathComponent("kaai-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    serverSystem = ScriptedSystem(seed: seed)
    self.model = model
    self.limits = limits
    nextSeed = seed &* 1_000
    store = try SQLiteServerStore(
      path: folder.appendingPathComponent("server.sqlite").path, model: model,
      system: serverSystem, limits: limits, create: true)
  }

  /// A server whose file is in `folder`, which goes with this world.
  init(opening folder: URL, model: Model, wall: Int64, limits: SyncLimits = .standard) throws {
    self.folder = folder
    serverSystem = ScriptedSystem(wall: wall, seed: 1)
    self.model = model
    self.limits = limits
    nextSeed = 1_000
    store = try SQLiteServerStore(
      path: folder.appendingPathComponent("server.sqlite").path, model: model,
      system: serverSystem, limits: limits, create: false)
    try store.openEpoch()
  }

  /// A laptop whose file is in this world's folder.
  func device(opening name: String) throws -> Device {
    nextSeed += 1
    let system = ScriptedSystem(wall: serverSystem.wallMilliseconds(), seed: nextSeed)
    let replica = try Replica(
      path: folder.appendingPathComponent("\(name).sqlite").path, model: model, system: system,
      limits: limits, create: false)
    return Device(name: name, replica: replica, system: system, world: self)
  }

  /// The same world once more, from its files: nothing of it may be open.
  ///
  /// - Parameter system: the server's machine; the other's where it is nil.
  init(copying other: World, system: ScriptedSystem? = nil) throws {
    folder = other.folder.deletingLastPathComponent()
      .appendingPathComponent("kaai-test-\(UUID().uuidString)")
    try FileManager.default.copyItem(at: other.folder, to: folder)
    serverSystem = system ?? other.serverSystem
    model = other.model
    limits = other.limits
    nextSeed = other.nextSeed
    store = try SQLiteServerStore(
      path: folder.appendingPathComponent("server.sqlite").path, model: model,
      system: serverSystem, limits: limits, create: false)
  }

  deinit {
    // Temporary files; what cannot be removed is the operating system's to clean.
    try? FileManager.default.removeItem(at: folder)
  }

  /// The server process ends and starts again: a new epoch.
  ///
  /// - Parameter newer: the model of the program that it starts with; nil for the same.
  func restartServer(model newer: Model? = nil) throws {
    if let newer { model = newer }
    try store.database.close()
    store = try SQLiteServerStore(
      path: folder.appendingPathComponent("server.sqlite").path, model: model,
      system: serverSystem, limits: limits, create: false)
    try store.openEpoch()
  }

  /// A backup of the server, as the admin's command makes it.
  func backup(_ name: String = "backup", replacing: Bool = false) throws {
    let file = folder.appendingPathComponent("\(name).sqlite")
    if replacing {
      for end in ["", "-wal", "-shm"] {
        try? FileManager.default.removeItem(atPath: file.path + end)  // There need not be one.
      }
    }
    try store.backup(to: file.path)
  }

  /// The server's disk is lost, and a backup put in its place; or a machine that was resumed goes on
  /// where it was, in its old epoch.
  func restore(_ name: String = "backup", opensEpoch: Bool = true) throws {
    try store.database.close()
    let file = folder.appendingPathComponent("server.sqlite")
    for end in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: file.path + end)  // There need not be one.
    }
    try FileManager.default.copyItem(
      at: folder.appendingPathComponent("\(name).sqlite"), to: file)
    store = try SQLiteServerStore(
      path: file.path, model: model, system: serverSystem, limits: limits, create: false)
    if opensEpoch { try store.openEpoch() }
  }

  @discardableResult
  func user(_ name: String, role: Account.Role = .editor, spaces: [String]? = nil) throws
    -> Account
  {
    if let account = try store.account(named: name) { return account }
    return try store.addAccount(name: name, role: role, spaceCodes: spaces)
  }

  /// Enrols a device of a user; the user is made with all spaces where it is new.
  ///
  /// - Parameter model: the program's own; the world's where it is nil.
  func device(_ name: String, user: String? = nil, model: Model? = nil) throws -> Device {
    let owner = try self.user(user ?? name)
    let code = DeviceCode.make(serverSystem)
    try store.addCode(
      for: owner.name, hash: DeviceCode.hash(code),
      expiresAtMilliseconds: serverSystem.wallMilliseconds() + 900_000)
    nextSeed += 1
    let system = ScriptedSystem(wall: serverSystem.wallMilliseconds(), seed: nextSeed)
    let replica = try Replica(
      path: folder.appendingPathComponent("\(name).sqlite").path, model: model ?? self.model,
      system: system, limits: limits, create: true)
    let token = AccessToken.make(serverSystem)
    let answer = try store.enrol(
      codeHash: DeviceCode.hash(code), deviceName: name,
      tokenHash: SHA256.hash(Array(token.utf8)), token: token)
    try replica.enrol(answer, server: "test")
    return Device(name: name, replica: replica, system: system, world: self)
  }

  /// Time passes everywhere that a test names.
  func advance(_ milliseconds: Int64, _ devices: Device...) {
    serverSystem.advance(milliseconds)
    for device in devices { device.system.advance(milliseconds) }
  }

  func dump(user: String? = nil) throws -> String {
    let account = try user.flatMap { try store.account(named: $0) }
    // Over the writer's connection, whose statements are prepared.
    return try store.database.write { engine in
      guard let account else { return try engine.dump() }
      return try engine.dump(
        audiences: Set(try engine.audiences().filter { account.mayRead($0.1) }.map(\.0)))
    }
  }
}

/// One laptop.
final class Device {
  let name: String
  private(set) var replica: Replica
  let system: ScriptedSystem
  unowned let world: World

  init(name: String, replica: Replica, system: ScriptedSystem, world: World) {
    self.name = name
    self.replica = replica
    self.system = system
    self.world = world
  }

  func reopen() throws {
    let path = replica.database.path
    try replica.close()
    replica = try Replica(
      path: path, model: world.model, system: system, limits: world.limits, create: false)
  }

  /// The data directory, copied to a second laptop.
  func copy(_ name: String) throws -> Device {
    let path = replica.database.path
    try replica.close()
    let target = world.folder.appendingPathComponent("\(name).sqlite").path
    try Self.copyFiles(path, to: target)
    replica = try open(path, system)
    let system = ScriptedSystem(
      wall: system.wallMilliseconds(), seed: system.randomUInt64() ^ 0xC0B1)
    return Device(name: name, replica: try open(target, system), system: system, world: world)
  }

  /// The replica's file, to be put back later with `rollBack`: a disk's image.
  func image(_ name: String) throws {
    let path = replica.database.path
    try replica.close()
    try Self.copyFiles(path, to: world.folder.appendingPathComponent("\(name).image").path)
    replica = try open(path, system)
  }

  func rollBack(to name: String) throws {
    let path = replica.database.path
    try replica.close()
    for end in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: path + end)  // There need not be one.
    }
    try Self.copyFiles(world.folder.appendingPathComponent("\(name).image").path, to: path)
    replica = try open(path, system)
  }

  /// The database with what its WAL still holds.
  private static func copyFiles(_ path: String, to target: String) throws {
    for end in ["", "-wal"] where FileManager.default.fileExists(atPath: path + end) {
      try FileManager.default.copyItem(atPath: path + end, toPath: target + end)
    }
  }

  private func open(_ path: String, _ system: ScriptedSystem) throws -> Replica {
    try Replica(
      path: path, model: world.model, system: system, limits: world.limits, create: false)
  }

  /// One request and its answer, as the server gives it; nil at the end.
  func exchange(_ session: inout SyncSession) throws -> [UInt8]? {
    guard let body = try session.nextRequest() else { return nil }
    return try answer(to: body)
  }

  func answer(to body: [UInt8]) throws -> [UInt8] {
    try world.answers(to: [(self, body)])[0]
  }

  /// What the server knows of this device, by its token.
  func record() throws -> DeviceRecord {
    guard let identity = try replica.identity(),
      let record = try world.store.authenticate(
        tokenHash: SHA256.hash(Array(identity.token.utf8)))
    else { throw ReplicaError.notEnrolled }
    return record
  }

  @discardableResult
  func sync(full: Bool = false) throws -> SyncSession.Summary {
    var session = try SyncSession(replica, full: full)
    var rounds = 0
    while let answer = try exchange(&session) {
      try session.receive(answer)
      rounds += 1
      guard rounds < 500 else { throw SyncFailure.serverContradicts("a sync without end") }
    }
    return session.summary
  }

  func dump() throws -> String { try look { try $0.dump() } }

  @discardableResult
  func create(_ entity: Tag, _ writes: [(Tag, Value)]) throws -> RowID {
    var row = RowID(0)
    try replica.commit { row = try $0.create(entity, writes) }
    return row
  }

  func apply(_ operations: Operation..., seen: Cursor? = nil) throws {
    try replica.commit(seen: seen) { draft in
      for operation in operations { try draft.apply(operation) }
    }
  }

  func write(_ row: RowID, _ tag: Tag, _ value: Value, seen: Cursor? = nil) throws {
    try apply(.write(SmallModel.company, row, [(tag, value)]), seen: seen)
  }

  func record(_ row: RowID, _ entity: Tag = SmallModel.company) throws -> Record? {
    try look { try $0.record(entity, row) }
  }

  func shown(_ row: RowID, _ tag: Tag, _ entity: Tag = SmallModel.company) throws -> FieldValue? {
    try record(row, entity)?.fields[tag]
  }

  func conflicts() throws -> [ConflictEntry] {
    try look { try $0.conflicts() }
  }
}

extension Engine {
  /// The canonical dump of what is visible, of some audiences or all.
  func dump(audiences: Set<Int64>? = nil) throws -> String {
    var dump = CanonicalDump(model: model)
    for entity in CanonicalDump.entities(of: model) {
      try forEachRecord(entity.tag, audiences: audiences) {
        dump.add($0)
        return true
      }
    }
    for entry in try conflicts(audiences: audiences) { dump.add(entry) }
    return dump.lines.joined(separator: "\n")
  }
}
