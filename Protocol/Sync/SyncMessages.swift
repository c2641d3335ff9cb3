/// The versions of the protocol (FORMAT.md 5).
public enum ProtocolVersion: UInt32, Sendable {
  /// 2026-11: the first.
  case first = 1
  public static let current = ProtocolVersion.first
}

/// What one request asks and brings: the body of `POST /v1/sync`.
public struct SyncRequest: Sendable {
  public var modelName: String
  public var modelVersion: UInt32
  /// As the server sealed it; empty for a replica that has nothing yet.
  public var cursor: [UInt8]
  /// The device's corrected clock.
  public var clockMilliseconds: Int64
  /// The device's last own transaction and the chain after it: shows a clone that only reads.
  public var lastSequence: UInt32
  public var lastChain: Hash16
  public var jumps: [ClockRule.Jump]
  /// The reader's own transactions up to here are known to have their outcome.
  public var confirmedSequence: UInt32
  /// How large a page the link bears.
  public var pageBytes: UInt32
  /// A fresh load from the start of the log, whatever the cursor.
  public var wantsAll: Bool
  /// The number of the grant the replica last saw; another one means other audiences.
  public var grantVersion: UInt32
  /// A `Batch`; empty for none.
  public var batch: [UInt8]
  /// Earlier cursors, newest first, as the server sealed them: they show a server that was put back
  /// how far its log and the replica's are the same.
  public var waypoints: [[UInt8]]
  /// Accepted transactions that the server may lack, as a `Batch` with the positions they had; empty
  /// for none.
  public var returned: [UInt8]
  /// Asks for a site of its own; nil almost always.
  public var claim: SiteClaim?
  /// While the replica returns or loads anew: the last cursor it was given for what it has returned, or
  /// the one it had before. A log that does not hold that was put back once more.
  public var witness: [UInt8]
  /// The fields that the offer, or what is returned, writes to, for a server that may not know them all.
  public var declared: [DeclaredField] = []
  /// The entities of these, and those that they refer to.
  public var declaredEntities: [DeclaredEntity] = []

  public init(
    modelName: String, modelVersion: UInt32, cursor: [UInt8], clockMilliseconds: Int64,
    lastSequence: UInt32, lastChain: Hash16, jumps: [ClockRule.Jump], confirmedSequence: UInt32,
    pageBytes: UInt32, wantsAll: Bool, grantVersion: UInt32, batch: [UInt8],
    waypoints: [[UInt8]] = [], returned: [UInt8] = [], claim: SiteClaim? = nil,
    witness: [UInt8] = []
  ) {
    self.modelName = modelName
    self.modelVersion = modelVersion
    self.cursor = cursor
    self.clockMilliseconds = clockMilliseconds
    self.lastSequence = lastSequence
    self.lastChain = lastChain
    self.jumps = jumps
    self.confirmedSequence = confirmedSequence
    self.pageBytes = pageBytes
    self.wantsAll = wantsAll
    self.grantVersion = grantVersion
    self.batch = batch
    self.waypoints = waypoints
    self.returned = returned
    self.claim = claim
    self.witness = witness
  }

  private enum Part {
    static let version: UInt64 = 1
    static let model: UInt64 = 2
    static let cursor: UInt64 = 3
    static let clock: UInt64 = 4
    static let chain: UInt64 = 5
    static let jumps: UInt64 = 6
    static let confirmed: UInt64 = 7
    static let page: UInt64 = 8
    static let all: UInt64 = 9
    static let grant: UInt64 = 10
    static let batch: UInt64 = 11
    static let waypoints: UInt64 = 12
    static let returned: UInt64 = 13
    static let claim: UInt64 = 14
    static let witness: UInt64 = 15
    static let declared: UInt64 = 16
    static let entities: UInt64 = 17
    static let known = Set<UInt64>(1...17)
  }

  public var encoded: [UInt8] {
    var writer = ByteWriter(capacity: batch.count + 256)
    writer.part(Part.version) { $0.varint(ProtocolVersion.current.rawValue) }
    writer.part(Part.model) {
      $0.text(modelName)
      $0.varint(modelVersion)
    }
    writer.part(Part.cursor, cursor)
    writer.part(Part.clock) { $0.varint(UInt64(max(0, clockMilliseconds))) }
    writer.part(Part.chain) {
      $0.varint(lastSequence)
      $0.hash(lastChain)
    }
    if !jumps.isEmpty {
      writer.part(Part.jumps) {
        $0.varint(jumps.count)
        for jump in jumps {
          $0.varint(jump.sequence)
          $0.zigzag(jump.deltaMilliseconds)
        }
      }
    }
    writer.part(Part.confirmed) { $0.varint(confirmedSequence) }
    writer.part(Part.page) { $0.varint(pageBytes) }
    if wantsAll { writer.part(Part.all, []) }
    writer.part(Part.grant) { $0.varint(grantVersion) }
    if !batch.isEmpty { writer.part(Part.batch, batch) }
    if !waypoints.isEmpty {
      writer.part(Part.waypoints) { part in
        part.varint(waypoints.count)
        for waypoint in waypoints { part.block(waypoint) }
      }
    }
    if !returned.isEmpty { writer.part(Part.returned, returned) }
    if let claim { writer.part(Part.claim) { claim.write(to: &$0) } }
    if !witness.isEmpty { writer.part(Part.witness, witness) }
    if !declared.isEmpty {
      writer.part(Part.declared) { DeclaredField.write(declared, to: &$0) }
    }
    if !declaredEntities.isEmpty {
      writer.part(Part.entities, critical: false) {
        DeclaredEntity.write(declaredEntities, to: &$0)
      }
    }
    return writer.bytes
  }

  public init(encoded: [UInt8], limits: SyncLimits) throws(DecodeError) {
    self = try encoded.decode { reader throws(DecodeError) in
      let parts = try PartReader(&reader, known: Part.known)
      let version = try parts.read(Part.version) { part throws(DecodeError) in
        try part.uint32(what: "protocol version")
      }
      guard version == ProtocolVersion.current.rawValue else {
        throw .unknownCritical(tag: Part.version)
      }
      let model = try parts.read(Part.model) { part throws(DecodeError) in
        (
          try part.text(limit: limits.nameBytes, what: "name of the model"),
          try part.uint32(what: "model version")
        )
      }
      guard let model else { throw .invalid(what: "request without a model", offset: 0) }
      let chain = try parts.read(Part.chain) { part throws(DecodeError) in
        (try part.uint32(what: "sequence"), try part.hash16())
      }
      var request = SyncRequest(
        modelName: model.0, modelVersion: model.1,
        cursor: try parts.read(Part.cursor, Self.cursor) ?? [],
        clockMilliseconds: Int64(
          try parts.read(Part.clock) { part throws(DecodeError) in
            try part.count(limit: Int(HLC.maximumMilliseconds), what: "clock")
          } ?? 0),
        lastSequence: chain?.0 ?? 0, lastChain: chain?.1 ?? .zero,
        jumps: try parts.read(Part.jumps) { part throws(DecodeError) in
          var result: [ClockRule.Jump] = []
          for _ in 0..<(try part.count(limit: limits.jumpsPerRequest, what: "number of jumps")) {
            let sequence = try part.uint32(what: "sequence")
            result.append(
              ClockRule.Jump(sequence: sequence, deltaMilliseconds: try part.zigzag()))
          }
          return result
        } ?? [],
        confirmedSequence: try parts.read(Part.confirmed) { part throws(DecodeError) in
          try part.uint32(what: "sequence")
        } ?? 0,
        pageBytes: try parts.read(Part.page) { part throws(DecodeError) in
          try part.uint32(what: "size of a page")
        } ?? 0,
        wantsAll: try parts.read(Part.all) { _ throws(DecodeError) in true } ?? false,
        grantVersion: try parts.read(Part.grant) { part throws(DecodeError) in
          try part.uint32(what: "grant version")
        } ?? 0,
        batch: try parts.read(Part.batch) { part throws(DecodeError) in
          try part.array(part.remaining)
        } ?? [],
        waypoints: try parts.read(Part.waypoints) { part throws(DecodeError) in
          var result: [[UInt8]] = []
          let count = try part.count(limit: limits.waypointsPerRequest, what: "number of cursors")
          for _ in 0..<count { result.append(try part.block(limit: 256, what: "cursor")) }
          return result
        } ?? [],
        returned: try parts.read(Part.returned) { part throws(DecodeError) in
          try part.array(part.remaining)
        } ?? [],
        claim: try parts.read(Part.claim) { part throws(DecodeError) in
          try SiteClaim(from: &part, limits: limits)
        },
        witness: try parts.read(Part.witness, Self.cursor) ?? [])
      request.declared =
        try parts.read(Part.declared) { part throws(DecodeError) in
          try DeclaredField.read(&part)
        } ?? []
      request.declaredEntities =
        try parts.read(Part.entities) { part throws(DecodeError) in
          try DeclaredEntity.read(&part)
        } ?? []
      return request
    }
  }

  private static func cursor(_ part: inout ByteReader) throws(DecodeError) -> [UInt8] {
    guard part.remaining <= 256 else { throw .outOfBounds(what: "cursor", offset: part.index) }
    return try part.array(part.remaining)
  }
}

/// What became of one offered transaction.
public struct Outcome: Sendable, Hashable {
  public enum Verdict: Sendable, Hashable {
    case merged(position: Int64, stamp: HLC)
    /// It is in quarantine; the sentence says why, in the device's words.
    case refused(RefusalReason, detail: String)
  }
  public let sequence: UInt32
  public let verdict: Verdict
  public init(sequence: UInt32, verdict: Verdict) {
    self.sequence = sequence
    self.verdict = verdict
  }
}

/// Why a transaction went to quarantine. The numbers are wire format.
public enum RefusalReason: UInt8, Sendable, CaseIterable {
  case noRight = 1
  case invalidValue = 2
  case unknownRecord = 3
  case unknownField = 4
  case dependsOnRefused = 5
  case tooLarge = 6
  case identityTaken = 7
  case serverOwned = 8
  case unseenCursor = 9
  /// Its chain is not the one its site had: somebody returned what its author did not make.
  case brokenChain = 10
  /// A server that was put back since had refused it.
  case refusedBefore = 11
}

/// The answer to a request: outcomes, then a page of the log, then where the reader is.
public struct SyncResponse: Sendable {
  public enum Status: UInt8, Sendable {
    case ok = 0
    /// The site's chain differs: another copy of this replica has synced before. The reader asks for
    /// a site of its own.
    case clone = 1
    /// The cursor cannot be continued: the reader must load everything anew.
    case reload = 2
    /// The server's log is another one at the reader's cursor: the server was put back from a backup.
    /// The reader returns what it has above the position up to which both are the same.
    case restored = 3
  }
  public struct AudienceDigest: Sendable, Hashable {
    public let audience: Audience
    public let sum: UInt64
    public init(audience: Audience, sum: UInt64) {
      self.audience = audience
      self.sum = sum
    }
  }

  public var status: Status
  public var modelVersion: UInt32
  public var clockMilliseconds: Int64
  public var userName: String
  public var userID: Int64
  public var grantVersion: UInt32
  /// The spaces the user may edit, by row id; the city is 0. Empty with `editsAll`.
  public var editableSpaces: [Int64]
  public var editsAll: Bool
  /// The site's last transaction that the server knows.
  public var lastSequence: UInt32
  public var outcomes: [Outcome]
  /// Where the reader is after this page, in clear and sealed.
  public var cursor: Cursor
  public var sealedCursor: [UInt8]
  /// A `Batch`; empty for none.
  public var page: [UInt8]
  public var hasMore: Bool
  /// The digests at the cursor, once it is the head; nil before.
  public var digests: [AudienceDigest]?
  /// Tombstones at or below this position may be forgotten.
  public var stablePosition: Int64
  /// With `restored`: the server's log and the reader's are the same up to here; nil while the server
  /// cannot say, and asks for earlier cursors.
  public var sharedPosition: Int64?
  /// A verified backup holds everything up to here.
  public var safePosition: Int64
  /// With `clone`, once it was claimed: the reader's new site.
  public var newSite: SiteGrant?

  public init(
    status: Status, modelVersion: UInt32, clockMilliseconds: Int64, userName: String = "",
    userID: Int64 = 0, grantVersion: UInt32 = 0, editableSpaces: [Int64] = [],
    editsAll: Bool = false, lastSequence: UInt32 = 0, outcomes: [Outcome] = [],
    cursor: Cursor = .none, sealedCursor: [UInt8] = [], page: [UInt8] = [], hasMore: Bool = false,
    digests: [AudienceDigest]? = nil, stablePosition: Int64 = 0, sharedPosition: Int64? = nil,
    safePosition: Int64 = 0, newSite: SiteGrant? = nil
  ) {
    self.status = status
    self.modelVersion = modelVersion
    self.clockMilliseconds = clockMilliseconds
    self.userName = userName
    self.userID = userID
    self.grantVersion = grantVersion
    self.editableSpaces = editableSpaces
    self.editsAll = editsAll
    self.lastSequence = lastSequence
    self.outcomes = outcomes
    self.cursor = cursor
    self.sealedCursor = sealedCursor
    self.page = page
    self.hasMore = hasMore
    self.digests = digests
    self.stablePosition = stablePosition
    self.sharedPosition = sharedPosition
    self.safePosition = safePosition
    self.newSite = newSite
  }

  private enum Part {
    static let version: UInt64 = 1
    static let status: UInt64 = 2
    static let clock: UInt64 = 3
    static let user: UInt64 = 4
    static let lastSequence: UInt64 = 5
    static let outcomes: UInt64 = 6
    static let cursor: UInt64 = 7
    static let sealed: UInt64 = 8
    static let page: UInt64 = 9
    static let more: UInt64 = 10
    static let digests: UInt64 = 11
    static let stable: UInt64 = 12
    static let shared: UInt64 = 13
    static let safe: UInt64 = 14
    static let newSite: UInt64 = 15
    static let known = Set<UInt64>(1...15)
  }

  public var encoded: [UInt8] {
    var writer = ByteWriter(capacity: page.count + 256)
    writer.part(Part.version) {
      $0.varint(ProtocolVersion.current.rawValue)
      $0.varint(modelVersion)
    }
    writer.part(Part.status) { $0.byte(status.rawValue) }
    writer.part(Part.clock) { $0.varint(UInt64(max(0, clockMilliseconds))) }
    writer.part(Part.user) {
      $0.zigzag(userID)
      $0.text(userName)
      $0.varint(grantVersion)
      $0.byte(editsAll ? 1 : 0)
      $0.varint(editableSpaces.count)
      for space in editableSpaces { $0.zigzag(space) }
    }
    writer.part(Part.lastSequence) { $0.varint(lastSequence) }
    if !outcomes.isEmpty {
      writer.part(Part.outcomes) { part in
        part.varint(outcomes.count)
        for outcome in outcomes {
          part.varint(outcome.sequence)
          switch outcome.verdict {
          case .merged(let position, let stamp):
            part.byte(0)
            part.varint(UInt64(position))
            part.varint(stamp.raw)
          case .refused(let reason, let detail):
            part.byte(reason.rawValue)
            part.text(detail)
          }
        }
      }
    }
    writer.part(Part.cursor) {
      $0.fixed64(cursor.epoch)
      $0.varint(UInt64(cursor.position))
    }
    writer.part(Part.sealed, sealedCursor)
    if !page.isEmpty { writer.part(Part.page, page) }
    if hasMore { writer.part(Part.more, []) }
    if let digests {
      writer.part(Part.digests) { part in
        part.varint(digests.count)
        for digest in digests {
          part.zigzag(digest.audience.space)
          part.byte(digest.audience.level)
          part.fixed64(digest.sum)
        }
      }
    }
    writer.part(Part.stable) { $0.varint(UInt64(stablePosition)) }
    if let sharedPosition { writer.part(Part.shared) { $0.varint(UInt64(sharedPosition)) } }
    if safePosition > 0 { writer.part(Part.safe) { $0.varint(UInt64(safePosition)) } }
    if let newSite { writer.part(Part.newSite) { newSite.write(to: &$0) } }
    return writer.bytes
  }

  public init(encoded: [UInt8], limits: SyncLimits) throws(DecodeError) {
    self = try encoded.decode { reader throws(DecodeError) in
      let parts = try PartReader(&reader, known: Part.known)
      let versions = try parts.read(Part.version) { part throws(DecodeError) in
        (try part.uint32(what: "protocol version"), try part.uint32(what: "model version"))
      }
      guard let versions, versions.0 == ProtocolVersion.current.rawValue else {
        throw .unknownCritical(tag: Part.version)
      }
      let status = try parts.read(Part.status) { part throws(DecodeError) in
        Status(rawValue: try part.byte())
      }
      guard let status, let status else { throw .invalid(what: "status", offset: 0) }
      var response = SyncResponse(
        status: status, modelVersion: versions.1,
        clockMilliseconds: Int64(
          try parts.read(Part.clock) { part throws(DecodeError) in
            try part.count(limit: Int(HLC.maximumMilliseconds), what: "clock")
          } ?? 0))
      _ = try parts.read(Part.user) { part throws(DecodeError) in
        response.userID = try part.zigzag()
        response.userName = try part.text(limit: limits.nameBytes, what: "name of the user")
        response.grantVersion = try part.uint32(what: "grant version")
        response.editsAll = try part.byte() != 0
        let limit = limits.audiencesPerReplica
        for _ in 0..<(try part.count(limit: limit, what: "number of spaces")) {
          response.editableSpaces.append(try part.zigzag())
        }
      }
      response.lastSequence =
        try parts.read(Part.lastSequence) { part throws(DecodeError) in
          try part.uint32(what: "sequence")
        } ?? 0
      response.outcomes =
        try parts.read(Part.outcomes) { part throws(DecodeError) in
          try Self.outcomes(&part, limits)
        } ?? []
      let cursor = try parts.read(Part.cursor) { part throws(DecodeError) in
        Cursor(
          epoch: try part.fixed64(),
          position: Int64(try part.count(limit: 1 << 48, what: "position")))
      }
      response.cursor = cursor ?? .none
      response.sealedCursor =
        try parts.read(Part.sealed) { part throws(DecodeError) in
          guard part.remaining <= 256 else {
            throw .outOfBounds(what: "cursor", offset: part.index)
          }
          return try part.array(part.remaining)
        } ?? []
      response.page =
        try parts.read(Part.page) { part throws(DecodeError) in
          try part.array(part.remaining)
        } ?? []
      response.hasMore = try parts.read(Part.more) { _ throws(DecodeError) in true } ?? false
      response.digests = try parts.read(Part.digests) { part throws(DecodeError) in
        var result: [AudienceDigest] = []
        let limit = limits.audiencesPerReplica
        for _ in 0..<(try part.count(limit: limit, what: "number of digests")) {
          let space = try part.zigzag()
          let level = try part.byte()
          result.append(
            AudienceDigest(
              audience: Audience(space: space, level: level), sum: try part.fixed64()))
        }
        return result
      }
      response.stablePosition = Int64(
        try parts.read(Part.stable) { part throws(DecodeError) in
          try part.count(limit: 1 << 48, what: "position")
        } ?? 0)
      response.sharedPosition = try parts.read(Part.shared) { part throws(DecodeError) in
        Int64(try part.count(limit: 1 << 48, what: "position"))
      }
      response.safePosition = Int64(
        try parts.read(Part.safe) { part throws(DecodeError) in
          try part.count(limit: 1 << 48, what: "position")
        } ?? 0)
      response.newSite = try parts.read(Part.newSite) { part throws(DecodeError) in
        try SiteGrant(from: &part)
      }
      return response
    }
  }

  private static func outcomes(_ part: inout ByteReader, _ limits: SyncLimits)
    throws(DecodeError) -> [Outcome]
  {
    var result: [Outcome] = []
    let limit = limits.transactionsPerBatch
    for _ in 0..<(try part.count(limit: limit, what: "number of outcomes")) {
      let sequence = try part.uint32(what: "sequence")
      let start = part.index
      let code = try part.byte()
      if code == 0 {
        let position = Int64(try part.count(limit: 1 << 48, what: "position"))
        result.append(
          Outcome(
            sequence: sequence,
            verdict: .merged(position: position, stamp: HLC(raw: try part.varint()))))
      } else {
        guard let reason = RefusalReason(rawValue: code) else {
          throw .invalid(what: "reason of a refusal", offset: start)
        }
        let detail = try part.text(limit: 4_096, what: "detail of a refusal")
        result.append(Outcome(sequence: sequence, verdict: .refused(reason, detail: detail)))
      }
    }
    return result
  }
}

/// The body of `POST /v1/enrol`.
public struct EnrolRequest: Sendable {
  public let code: String
  public let deviceName: String
  public let modelName: String
  public init(code: String, deviceName: String, modelName: String) {
    self.code = code
    self.deviceName = deviceName
    self.modelName = modelName
  }
  public var encoded: [UInt8] {
    var writer = ByteWriter()
    writer.part(1) { $0.varint(ProtocolVersion.current.rawValue) }
    writer.part(2) {
      $0.text(code)
      $0.text(deviceName)
      $0.text(modelName)
    }
    return writer.bytes
  }
  public init(encoded: [UInt8], limits: SyncLimits) throws(DecodeError) {
    self = try encoded.decode { reader throws(DecodeError) in
      let parts = try PartReader(&reader, known: [1, 2])
      let version = try parts.read(1) { part throws(DecodeError) in
        try part.uint32(what: "protocol version")
      }
      guard version == ProtocolVersion.current.rawValue else { throw .unknownCritical(tag: 1) }
      let request = try parts.read(2) { part throws(DecodeError) in
        EnrolRequest(
          code: try part.text(limit: 64, what: "code"),
          deviceName: try part.text(limit: limits.nameBytes, what: "name of the device"),
          modelName: try part.text(limit: limits.nameBytes, what: "name of the model"))
      }
      guard let request else { throw .invalid(what: "enrolment without a code", offset: 0) }
      return request
    }
  }
}

/// What an enrolled device keeps.
public struct EnrolResponse: Sendable {
  public let site: UInt32
  public let token: String
  public let userID: Int64
  public let userName: String
  public let deviceName: String
  public let clockMilliseconds: Int64
  public init(
    site: UInt32, token: String, userID: Int64, userName: String, deviceName: String,
    clockMilliseconds: Int64
  ) {
    self.site = site
    self.token = token
    self.userID = userID
    self.userName = userName
    self.deviceName = deviceName
    self.clockMilliseconds = clockMilliseconds
  }
  public var encoded: [UInt8] {
    var writer = ByteWriter()
    writer.part(1) { $0.varint(ProtocolVersion.current.rawValue) }
    writer.part(2) {
      $0.varint(site)
      $0.text(token)
      $0.zigzag(userID)
      $0.text(userName)
      $0.text(deviceName)
      $0.varint(UInt64(max(0, clockMilliseconds)))
    }
    return writer.bytes
  }
  public init(encoded: [UInt8], limits: SyncLimits) throws(DecodeError) {
    self = try encoded.decode { reader throws(DecodeError) in
      let parts = try PartReader(&reader, known: [1, 2])
      let version = try parts.read(1) { part throws(DecodeError) in
        try part.uint32(what: "protocol version")
      }
      guard version == ProtocolVersion.current.rawValue else { throw .unknownCritical(tag: 1) }
      let response = try parts.read(2) { part throws(DecodeError) in
        EnrolResponse(
          site: try part.uint32(what: "site"),
          token: try part.text(limit: 256, what: "token"),
          userID: try part.zigzag(),
          userName: try part.text(limit: limits.nameBytes, what: "name of the user"),
          deviceName: try part.text(limit: limits.nameBytes, what: "name of the device"),
          clockMilliseconds: Int64(
            try part.count(limit: Int(HLC.maximumMilliseconds), what: "clock")))
      }
      guard let response, response.site > 0, response.site <= UInt32(Int32.max) else {
        throw .invalid(what: "answer to an enrolment", offset: 0)
      }
      return response
    }
  }
}
