import Protocol

/// The engine on one connection: rows with their clocks, transactions, heads, digests.
///
/// It lives as long as its connection and keeps nothing that another process can change: its caches
/// are emptied when the file changed, and whenever a transaction is undone.
public final class Engine {
  public let connection: Connection
  /// The program's own; on a server, extended by what newer programs have declared.
  public private(set) var model: Model
  /// The program's own.
  let ownModel: Model
  public let role: Database.Role

  private var layouts: [Tag: TableLayout] = [:]
  private var plans: [Shape: ShapePlan] = [:]
  /// Operations of one shape come one after the other.
  private var lastPlan: ShapePlan?
  private var writers: [Int64: Writer] = [:]
  private var lastVersion: Int64 = -1
  /// What changed in the digest of each audience, until it is written.
  var digestChanges: [Int64: UInt64] = [:]
  var scratch = ByteWriter(capacity: 256)
  /// What the client core keeps with the engine, as long as its caches hold.
  public var own: Any?
  var declarations = Declarations()
  var declarationBytes: [UInt8] = []

  init(connection: Connection, model: Model, role: Database.Role) {
    self.connection = connection
    self.model = model
    ownModel = model
    self.role = role
  }

  /// Another model has other tables: what was prepared for them goes.
  func setModel(_ model: Model) {
    self.model = model
    layouts.removeAll()
    plans.removeAll()
    lastPlan = nil
  }

  /// Empties the caches where another connection wrote since.
  func beginTransaction() throws {
    let version = try connection.dataVersion()
    if version != lastVersion {
      forget()
      lastVersion = version
    }
    try readDeclarations()
  }

  /// Empties everything kept in memory: after an undone transaction or savepoint.
  public func forget() {
    writers.removeAll(keepingCapacity: true)
    digestChanges.removeAll(keepingCapacity: true)
    own = nil
  }

  func layout(_ entity: Tag) -> TableLayout? {
    if let layout = layouts[entity] { return layout }
    guard let declared = model.entity(tag: entity) ?? unknownEntity(entity) else { return nil }
    let layout = TableLayout(declared)
    layouts[entity] = layout
    return layout
  }

  func plan(_ shape: Shape) throws -> ShapePlan {
    if let lastPlan, lastPlan.shape == shape { return lastPlan }
    if let plan = plans[shape] {
      lastPlan = plan
      return plan
    }
    guard let layout = layout(shape.entity) else { throw EngineError.unknownEntity(shape.entity) }
    let plan = try ShapePlan(shape, layout, connection)
    // A hostile peer could make a shape of every subset of fields.
    if plans.count > 4_096 { plans.removeAll() }
    plans[shape] = plan
    lastPlan = plan
    return plan
  }

  // MARK: Transactions

  /// Who wrote: by local number.
  @inline(__always)
  public func writer(_ number: Int64) throws -> Writer {
    if let writer = writers[number] { return writer }
    return try loadWriter(number)
  }

  private func loadWriter(_ number: Int64) throws -> Writer {
    let statement = try connection.statement(
      "SELECT site, sequence, hlc, user, position FROM _transaction WHERE id = ?")
    defer { statement.reset() }
    statement.bind(1, number)
    guard try statement.step() else { throw EngineError.danglingTransaction(number) }
    let writer = Writer(
      number: number,
      id: TransactionID(
        site: UInt32(truncatingIfNeeded: statement.int(0)),
        sequence: UInt32(truncatingIfNeeded: statement.int(1))),
      hlc: HLC(raw: UInt64(bitPattern: statement.int(2))), user: statement.int(3),
      position: statement.optionalInt(4) ?? Writer.pending)
    remember(writer)
    return writer
  }

  func remember(_ writer: Writer) {
    // As many as a dictionary of 16,384 places holds: one more would double its memory.
    if writers.count >= 12_288 { writers.removeAll(keepingCapacity: true) }
    writers[writer.number] = writer
  }

  /// A transaction that is being made, or put in its table only after its operations.
  public func rememberPending(_ writer: Writer) { remember(writer) }

  public func forgetWriter(_ number: Int64) { writers[number] = nil }

  // MARK: Facts

  public func fact(_ key: String) throws(StorageError) -> Value {
    let statement = try connection.statement("SELECT value FROM _meta WHERE key = ?")
    defer { statement.reset() }
    statement.bind(1, key)
    guard try statement.step() else { return .null }
    return statement.value(0)
  }

  public func setFact(_ key: String, _ value: Value) throws(StorageError) {
    let statement = try connection.statement("INSERT OR REPLACE INTO _meta VALUES (?, ?)")
    statement.bind(1, key)
    statement.bind(2, value)
    try statement.run()
  }
}

/// What the rows themselves can have against an operation; and our own bugs.
public enum EngineError: Error, Equatable {
  case unknownEntity(Tag)
  case unknownField(Tag, Tag)
  /// A clock names a transaction that is not there: the file is damaged.
  case danglingTransaction(Int64)
  /// A page from the server contradicts itself or the replica: load everything anew.
  case contradiction(String)
  case wrongKind(Tag, Tag)
}
