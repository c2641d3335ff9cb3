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
    writer.protocolVersion()
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
      try parts.expectProtocolVersion()
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
