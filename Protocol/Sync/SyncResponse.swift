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
