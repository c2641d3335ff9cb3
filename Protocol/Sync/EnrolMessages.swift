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
    writer.protocolVersion()
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
      try parts.expectProtocolVersion()
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
    writer.protocolVersion()
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
      try parts.expectProtocolVersion()
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
