import Protocol
import Storage

/// One device's copy of the data: takes edits at once, keeps them until the server has them.
///
/// Every edit is one transaction in SQLite, synced to disk before the call returns. Safe to use from
/// several threads and several processes on one file.
public final class Replica: @unchecked Sendable {
  public let database: Database
  public let model: Model
  let system: any SystemSource
  let limits: SyncLimits
  // Drawn at the first own transaction after opening: tells two copies of one replica apart.
  private var nonce: Hash16?

  public init(
    path: String, model: Model, system: any SystemSource = RealSystem(),
    limits: SyncLimits = .standard, create: Bool
  ) throws {
    database = try Database(path: path, role: .device, model: model, create: create)
    self.model = model
    self.system = system
    self.limits = limits
    try adoptModel()
    try makeEdits()
  }

  /// Once, after a file of format 1 or 2 was brought up.
  private func makeEdits() throws {
    if try database.read({ try $0.fact("wholeTexts") }).isNull { return }
    try database.write { engine in
      try WholeTexts(engine: engine, model: model).makeEdits()
      try engine.setFact("wholeTexts", .null)
    }
  }

  /// Once for each version of the model: what an older one could only keep gets its place. Pending
  /// edits are taken off for the while, since their before-images know nothing of it.
  private func adoptModel() throws {
    let version = Value.int(Int64(model.version))
    if try database.read({ try $0.fact("adoptedModel") }) == version { return }
    try database.write { engine in
      let pending = try engine.pending()
      try engine.takeOff(pending)
      try engine.adoptUnknown()
      for transaction in pending { try engine.putBack(transaction) }
      try engine.setFact("adoptedModel", version)
    }
  }

  public func close() throws { try database.close() }

  // MARK: Identity

  /// Who this replica is; nil before it is enrolled.
  public func identity() throws -> Identity? {
    try database.read { try Identity(engine: $0) }
  }

  /// Keeps what the server gave at enrolment. A replica is enrolled once.
  public func enrol(_ answer: EnrolResponse, server: String) throws {
    CrashPoint.reach(.enrolAnswered)
    try database.write { engine in
      if try Identity(engine: engine) != nil { throw ReplicaError.alreadyEnrolled }
      try engine.setFact("site", .int(Int64(answer.site)))
      try engine.setFact("token", .text(answer.token))
      try engine.setFact("server", .text(server))
      try engine.setFact("user", .int(answer.userID))
      try engine.setFact("userName", .text(answer.userName))
      try engine.setFact("deviceName", .text(answer.deviceName))
      try engine.setSiteName(answer.site, answer.deviceName)
      try engine.setUserName(answer.userID, answer.userName)
      let clock = DeviceClock(system: system, jumpLimit: limits.jumpsPerRequest)
      try clock.correct(
        engine, serverMilliseconds: answer.clockMilliseconds,
        deviceMilliseconds: try clock.now(engine), nextSequence: 1, isJump: false)
    }
  }

  // MARK: Edits

  /// The cursor of the state a person looks at now; a form keeps the one it opened with.
  public func seen() throws -> Cursor {
    try database.read { try Self.cursor($0) }
  }

  static func cursor(_ engine: Engine) throws -> Cursor {
    Cursor(
      epoch: UInt64(bitPattern: try engine.fact("epoch").intValue ?? 0),
      position: try engine.fact("position").intValue ?? 0)
  }

  /// Saves one user action.
  ///
  /// - Parameters:
  ///   - seen: the cursor of the state the author was looking at; nil for the present one.
  ///   - label: groups transactions, such as those of one import.
  ///   - build: makes the operations; it can draw ids for new rows and look at the state.
  /// - Returns: the transaction's name; nil when there was nothing to save.
  @discardableResult
  public func commit(
    seen: Cursor? = nil, label: String = "", _ build: (inout Draft) throws -> Void
  ) throws -> TransactionID? {
    let id = try database.write { engine in
      try commit(engine, seen: seen, label: label, build)
    }
    CrashPoint.reach(.saveCommitted)
    return id
  }

  /// Saves several user actions with one sync to disk: all of them or none.
  public func commitTogether(
    _ body: (_ commit: (String, (inout Draft) throws -> Void) throws -> Void) throws -> Void
  ) throws {
    try database.write { engine in
      try body { label, build in
        _ = try self.commit(engine, seen: nil, label: label, build)
      }
    }
    CrashPoint.reach(.saveCommitted)
  }

  func commit(
    _ engine: Engine, seen: Cursor?, label: String, _ build: (inout Draft) throws -> Void
  ) throws -> TransactionID? {
    let own = try OwnState.load(engine)
    let clock = DeviceClock(system: system, jumpLimit: limits.jumpsPerRequest)
    let present = try clock.noticeJump(engine, nextSequence: own.nextSequence)
    let seen = try seen ?? own.cursor
    let id = TransactionID(site: own.site, sequence: own.nextSequence)
    let stamp = max(own.lastStamp, own.greatestMerged).advanced(to: present)
    let nonce = nonce ?? system.randomHash16()
    self.nonce = nonce
    let writer = Writer(
      number: LocalNumber.own(id.sequence), id: id, hlc: stamp, user: own.user,
      position: Writer.pending)
    engine.rememberPending(writer)

    var draft = Draft(
      engine: engine, model: model, writer: writer,
      seen: seen, cursor: own.cursor,
      key: Chain.transactionKey(nonce: nonce, sequence: id.sequence), lastRow: own.lastRow,
      createdAt: stamp.milliseconds)
    try build(&draft)
    guard draft.body.count > 0 else { return nil }
    guard draft.body.count <= limits.operationsPerTransaction,
      draft.body.bytes.count <= limits.transactionBytes
    else { throw ReplicaError.transactionTooLarge(operations: draft.body.count) }
    guard label.utf8.count <= limits.labelBytes else { throw ReplicaError.labelTooLong }
    CrashPoint.reach(.saveShown)

    let header = Chain.Header(
      id: id, stamp: stamp, user: own.user, seen: seen, modelVersion: model.version,
      knownRefused: own.knownRefused, label: label)
    var chain = Chain(link: own.lastChain)
    chain.append(header, operations: draft.body.hashes)
    try engine.insert(
      StoredTransaction(
        number: writer.number, header: header, stamp: stamp, position: nil,
        operationCount: draft.body.count, lastRow: Int64(draft.lastRow), nonce: nonce,
        chain: chain.link, body: draft.body.bytes, extra: draft.undo.encoded))
    CrashPoint.reach(.saveKept)
    engine.own = OwnState(
      site: own.site, user: own.user, nextSequence: id.sequence + 1, lastStamp: stamp,
      lastChain: chain.link, lastRow: draft.lastRow, greatestMerged: own.greatestMerged,
      knownRefused: own.knownRefused, cursor: own.cursor, forebears: own.forebears)
    return id
  }
}

/// What enrolment gave.
public struct Identity: Sendable {
  public let site: UInt32
  public let token: String
  public let server: String
  public let user: Int64
  public let userName: String
  public let deviceName: String

  init?(engine: Engine) throws {
    guard let site = try engine.fact("site").intValue else { return nil }
    self.site = UInt32(truncatingIfNeeded: site)
    token = try engine.fact("token").textValue ?? ""
    server = try engine.fact("server").textValue ?? ""
    user = try engine.fact("user").intValue ?? 0
    userName = try engine.fact("userName").textValue ?? ""
    deviceName = try engine.fact("deviceName").textValue ?? ""
  }
}

/// What a replica can refuse; nothing was changed.
public enum ReplicaError: Error, Equatable {
  case notEnrolled
  case alreadyEnrolled
  case unknownRecord(RowID)
  case unknownEntity(Tag)
  case transactionTooLarge(operations: Int)
  case labelTooLong
  /// A value does not obey its field's rule.
  case invalid(entity: String, field: String, sentence: String)
  /// The field is not written by hand.
  case notWritable(entity: String, field: String)
  case missingRequired(entity: String, field: String)
}
