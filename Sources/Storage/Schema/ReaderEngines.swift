import Synchronization

/// The engines of a database's reading connections, one each: their prepared statements are made
/// once and used by every read of that connection.
///
/// A connection runs one read at a time, so that its engine belongs to one thread at a time. A
/// statement that is still prepared keeps the memory of a closed connection, so that no other can
/// come to stand at the same address.
final class ReaderEngines: @unchecked Sendable {
  /// A connection with more statements than this begins anew.
  static let statementLimit = 2_000

  private let lock = Mutex(())
  private var engines: [OpaquePointer: Engine] = [:]

  func engine(for handle: OpaquePointer, make: () -> Engine) -> Engine {
    var found: Engine?
    lock.withLock { _ in found = engines[handle] }
    if let found { return found }
    let made = make()
    lock.withLock { _ in engines[handle] = made }
    return made
  }

  /// After a read. A statement that was left half way would hold the connection in its old state.
  func giveBack(_ engine: Engine, of handle: OpaquePointer) {
    engine.connection.resetStatements()
    guard engine.connection.statementCount > Self.statementLimit else { return }
    lock.withLock { _ in engines[handle] = nil }
  }

  /// Before the connections are closed; nothing may be reading.
  func removeAll() { lock.withLock { _ in engines = [:] } }
}
