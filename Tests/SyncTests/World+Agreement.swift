import ClientCore
import Protocol
import ServerApp
import Storage
import Testing

extension World {
  func syncAll(_ devices: Device...) throws { try syncAll(devices) }

  func syncAll(_ devices: [Device]) throws {
    for device in devices { #expect(try device.sync().agrees == true) }
  }

  /// All have synced: they show what the server shows each of their users, the digests agree, and
  /// nothing is out of order anywhere.
  func expectAgreement(
    _ devices: Device..., sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    for device in devices {
      let user = try #require(try device.replica.identity()).userName
      #expect(try device.sync().agrees == true, sourceLocation: sourceLocation)
      #expect(try device.dump() == dump(user: user), sourceLocation: sourceLocation)
      #expect(try device.checkInvariants() == [], sourceLocation: sourceLocation)
    }
    #expect(try store.verify().problems == [], sourceLocation: sourceLocation)
    #expect(try checkInvariants() == [], sourceLocation: sourceLocation)
  }
}

extension Operation {
  /// One field of a company.
  static func set(_ row: RowID, _ tag: Tag, _ value: Value) -> Operation {
    .write(SmallModel.company, row, [(tag, value)])
  }
}
