import Protocol
import Storage

/// People, devices and codes.
extension SQLiteServerStore {
  public func authenticate(tokenHash: [UInt8]) throws -> DeviceRecord? {
    try database.read { engine in
      let statement = try engine.connection.statement(
        """
        SELECT site, account, name, state, last_seen_at, clock_offset, acknowledged,
          last_sequence, last_chain FROM _device WHERE token = ?
        """)
      defer { statement.reset() }
      statement.bind(1, tokenHash)
      return try statement.step() ? DeviceRecord(statement) : nil
    }
  }

  public func enrol(
    codeHash: [UInt8], deviceName: String, tokenHash: [UInt8], token: String
  ) throws -> EnrolResponse {
    let response = try database.write { engine in
      let now = system.wallMilliseconds()
      let code = try engine.connection.statement(
        "SELECT account, expires_at FROM _code WHERE hash = ? AND used = 0")
      code.bind(1, codeHash)
      guard try code.step() else {
        code.reset()
        throw AdminError.codeUnknownOrUsed
      }
      let (number, expires) = (code.int(0), code.int(1))
      code.reset()
      guard now <= expires else { throw AdminError.codeExpired }
      guard let account = try engine.account(id: RowID(number)), account.isActive else {
        throw AdminError.codeUnknownOrUsed
      }
      let use = try engine.connection.statement("UPDATE _code SET used = 1 WHERE hash = ?")
      use.bind(1, codeHash)
      try use.run()
      let name = deviceName.isEmpty ? "\(account.name)'s device" : deviceName
      let site = try freshSite(engine)
      let insert = try engine.connection.statement(
        """
        INSERT INTO _device (site, account, name, token, state, enrolled_at, acknowledged,
          last_sequence, last_chain) VALUES (?, ?, ?, ?, 'active', ?, 0, 0, ?)
        """)
      insert.bind(1, Int64(site))
      insert.bind(2, account.id.raw)
      insert.bind(3, name)
      insert.bind(4, tokenHash)
      insert.bind(5, now)
      insert.bind(6, Hash16.zero.bytes)
      try insert.run()
      try engine.setSiteName(site, name)
      return EnrolResponse(
        site: site, token: token, userID: account.id.raw, userName: account.name,
        deviceName: name, clockMilliseconds: now)
    }
    CrashPoint.reach(.enrolCommitted)
    return response
  }

  public func addAccount(name: String, role: Account.Role, spaceCodes: [String]?) throws -> Account
  {
    guard !name.isEmpty, name.utf8.count <= limits.nameBytes,
      !name.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 })
    else { throw AdminError.invalidName(name) }
    return try database.write { engine in
      guard try engine.account(named: name) == nil else { throw AdminError.userExists(name) }
      let spaces = try engine.spaces(spaceCodes)
      let staff = try staffRecord(engine, name: name, role: role)
      let insert = try engine.connection.statement(
        """
        INSERT INTO _account (id, name, role, spaces, active, grant_version)
        VALUES (?, ?, ?, ?, 1, 1)
        """)
      insert.bind(1, staff.raw)
      insert.bind(2, name)
      insert.bind(3, role.rawValue)
      insert.bind(4, spaces.stored)
      try insert.run()
      try engine.setUserName(staff.raw, name)
      guard let account = try engine.account(id: staff) else { throw AdminError.unknownUser(name) }
      return account
    }
  }

  /// A person is a record too, where the model has a place for it.
  private func staffRecord(_ engine: Engine, name: String, role: Account.Role) throws -> RowID {
    var id = RowID(0)
    try commit(engine, label: "") { draft in
      id = draft.newRow()
      if let record = model.personRecord(id, name: name, role: role.rawValue) {
        try draft.apply(record)
      }
      draft.keepsRowCounter = true
    }
    return id
  }

  public func accounts() throws -> [Account] {
    try database.read { engine in
      let statement = try engine.connection.statement(
        "SELECT id, name, role, spaces, active, grant_version FROM _account ORDER BY name")
      defer { statement.reset() }
      var result: [Account] = []
      while try statement.step() { result.append(Account(statement)) }
      return result
    }
  }

  public func account(named name: String) throws -> Account? {
    try database.read { try $0.account(named: name) }
  }

  public func setRole(_ role: Account.Role, of name: String) throws {
    try change(name, "role = ?, grant_version = grant_version + 1", .text(role.rawValue)) { id in
      model.personRoleChange(id, role: role.rawValue)
    }
  }

  public func setSpaces(_ codes: [String]?, of name: String) throws {
    let spaces = try database.read { try $0.spaces(codes) }
    try change(name, "spaces = ?, grant_version = grant_version + 1", .text(spaces.stored))
  }

  public func disable(_ name: String) throws {
    try change(name, "active = ?", .int(0)) { model.personActivityChange($0, isActive: false) }
  }

  public func enable(_ name: String) throws {
    try change(name, "active = ?", .int(1)) { model.personActivityChange($0, isActive: true) }
  }

  /// - Parameter recordChange: what changes in the person's record.
  private func change(
    _ name: String, _ assignment: String, _ value: Value,
    recordChange: (RowID) -> Operation? = { _ in nil }
  ) throws {
    try database.write { engine in
      guard let account = try engine.account(named: name) else {
        throw AdminError.unknownUser(name)
      }
      let update = try engine.connection.statement(
        "UPDATE _account SET \(assignment) WHERE id = ?")
      update.bind(1, value)
      update.bind(2, account.id.raw)
      try update.run()
      if let operation = recordChange(account.id) {
        try commit(engine, label: "") { try $0.apply(operation) }
      }
    }
  }

  public func addCode(for name: String, hash: [UInt8], expiresAtMilliseconds: Int64) throws {
    try database.write { engine in
      guard let account = try engine.account(named: name), account.isActive else {
        throw AdminError.unknownUser(name)
      }
      try engine.connection.execute(
        "DELETE FROM _code WHERE expires_at < \(system.wallMilliseconds() - 86_400_000)")
      let insert = try engine.connection.statement(
        "INSERT INTO _code (hash, account, expires_at, used) VALUES (?, ?, ?, 0)")
      insert.bind(1, hash)
      insert.bind(2, account.id.raw)
      insert.bind(3, expiresAtMilliseconds)
      try insert.run()
    }
  }

  public func devices() throws -> [DeviceRecord] {
    try database.read { try $0.devices("site > ? ORDER BY enrolled_at", 0) }
  }

  public func revoke(site: UInt32) throws {
    try database.write { engine in
      let update = try engine.connection.statement(
        "UPDATE _device SET state = 'revoked' WHERE site = ?")
      update.bind(1, Int64(site))
      try update.run()
      guard engine.connection.changes == 1 else { throw AdminError.unknownDevice(String(site)) }
    }
  }

  public func spaceCodes(_ spaces: Account.Spaces) throws -> String {
    switch spaces {
    case .all: return "*"
    case .some(let spaces):
      return try database.read { engine in
        try spaces.sorted().map { try engine.spaceName($0) }.joined(separator: ",")
      }
    }
  }
}

extension Engine {
  func account(named name: String) throws -> Account? {
    let statement = try connection.statement(
      "SELECT id, name, role, spaces, active, grant_version FROM _account WHERE name = ?")
    defer { statement.reset() }
    statement.bind(1, name)
    return try statement.step() ? Account(statement) : nil
  }

  /// The spaces that codes name: the city, or root records of the tree; nil is all.
  func spaces(_ codes: [String]?) throws -> Account.Spaces {
    guard let codes else { return .all }
    var result: Set<Int64> = []
    for code in codes {
      if code == "gent" {
        result.insert(0)
      } else {
        guard let root = try root(code: code) else { throw AdminError.unknownSpace(code) }
        result.insert(root)
      }
    }
    return .some(result)
  }

  private func root(code: String) throws -> Int64? {
    for entity in model.entities {
      guard case .tree(let parent, let field) = entity.space else { continue }
      for id in try ids(entity, where: field, equals: .text(code))
      where try reference(entity, id, parent) == nil {
        return id
      }
    }
    return nil
  }
}
