import ClientCore
import Protocol
import ServerApp
import Storage
import Testing

@Suite struct DurabilityTests {
  @Test("a save is synced to disk before it returns, on both ends")
  func writersAreFull() throws {
    let world = try World()
    let device = try world.device("an")
    for database in [device.replica.database, world.store.database] {
      // 2 is FULL; a WAL with NORMAL loses the last saves when the power fails.
      #expect(try database.write { try $0.connection.scalar("PRAGMA synchronous") } == 2)
      try database.write { _ in }
    }
    try device.reopen()
    #expect(
      try device.replica.database.write { try $0.connection.scalar("PRAGMA synchronous") } == 2)
  }
}
