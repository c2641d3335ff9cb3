import CSQLite
import Foundation
import Protocol
import Testing

@testable import Storage

@Suite("The database file")
struct DatabaseTests {
  private typealias T = TestDatabase

  /// Works on the file as any SQLite tool does.
  private func plain(_ path: String, _ sql: String) throws {
    var handle: OpaquePointer?
    let code = sqlite3_open(path, &handle)
    let opened = try #require(handle)
    #expect(code == SQLITE_OK)
    try Connection(owning: opened).execute(sql)
  }

  @Test(
    "a write around the engine is refused in a sentence that says what to use; reading is free",
    arguments: [
      "INSERT INTO big_thing (id, _t) VALUES (5, 1)", "UPDATE big_thing SET name = 'x'",
      "DELETE FROM big_thing",
    ])
  func guarded(sql: String) throws {
    let test = try TestDatabase()
    let row = RowID(site: 7, counter: 1)
    try test.apply(.create(T.thing, row, [(T.name, .text("kept"))]))
    try test.database.close()
    do {
      try plain(test.path, sql)
      Issue.record("it was not refused")
    } catch StorageError.refusedByGuard(let sentence) {
      #expect(sentence.contains("use kaai add, edit or delete"))
    }
    try plain(test.path, "SELECT * FROM big_thing")
    let again = try Database(path: test.path, role: .server, model: T.model(), create: false)
    let record = try again.read { try $0.record(T.thing, row) }
    #expect(record?.fields[T.name] == .scalar("kept"))
    try again.close()
  }

  @Test("a file of a newer format is refused with both numbers, and left as it is to the byte")
  func newer() throws {
    let test = try TestDatabase()
    try test.database.close()
    try plain(test.path, "PRAGMA user_version = \(Schema.format + 1)")
    let before = try Data(contentsOf: URL(fileURLWithPath: test.path))
    #expect(throws: StorageError.newerFormat(found: Schema.format + 1, known: Schema.format)) {
      try Database(path: test.path, role: .server, model: T.model(), create: false)
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: test.path)) == before)
  }

  @Test("a file of another model, or of the other end, is refused")
  func others() throws {
    let test = try TestDatabase()
    try test.database.close()
    #expect(throws: StorageError.otherModel(found: "things", expected: "others")) {
      try Database(
        path: test.path, role: .server, model: T.model(name: "others"), create: false)
    }
    #expect(throws: StorageError.otherModel(found: "server", expected: "device")) {
      try Database(path: test.path, role: .device, model: T.model(), create: false)
    }
    #expect(throws: StorageError.missing(test.path + "x")) {
      try Database(path: test.path + "x", role: .device, model: T.model(), create: false)
    }
  }

  @Test("a file of format 1 gets what is new, and its graves know what they hang below")
  func formatOne() throws {
    let test = try TestDatabase()
    let (row, part) = (RowID(site: 7, counter: 1), RowID(site: 7, counter: 2))
    try test.apply(
      .create(T.thing, row, [(T.name, .text("gone"))]),
      .create(T.part, part, [(T.owner, .int(row.raw))]))
    try test.database.write { engine in
      for (entity, id) in [(T.part, part), (T.thing, row)] {
        let image = try #require(try engine.image(entity, id.raw))
        try engine.bury(
          entity, id.raw, record: row.raw, owner: 0, transaction: 1, audience: 1, image: image)
      }
    }
    try test.database.close()
    // As the first version made it.
    try plain(
      test.path,
      Self.formatThree + Self.formatThreeServer + """
        DROP INDEX _grave_owner; ALTER TABLE _grave DROP COLUMN owner; DROP TABLE _text;
        DROP TABLE _image; PRAGMA user_version = 1
        """)
    let migrated = try Database(path: test.path, role: .server, model: T.model(), create: false)
    try migrated.read { (engine: Engine) throws in
      #expect(try engine.connection.scalar("PRAGMA user_version") == Int64(Schema.format))
      #expect(try engine.grave(part.raw)?.owner == row.raw)
      #expect(try engine.grave(row.raw)?.owner == 0)
      #expect(try engine.buriedBelow(row.raw) == [part.raw])
    }
    try migrated.close()
  }

  /// What takes a file back to format 3.
  private static let formatThree = """
    CREATE TABLE old (
      id INTEGER PRIMARY KEY, site INTEGER NOT NULL, sequence INTEGER NOT NULL,
      hlc INTEGER NOT NULL, user INTEGER NOT NULL, position INTEGER, author_hlc INTEGER,
      seen_epoch INTEGER, seen_position INTEGER, model INTEGER, known_refused INTEGER, label TEXT,
      operations INTEGER, last_row INTEGER, state INTEGER, nonce BLOB, chain BLOB,
      greatest INTEGER, history BLOB, body BLOB, extra BLOB -- the last
    );
    INSERT INTO old SELECT id, site, sequence, hlc, user, position, author_hlc, seen_epoch,
      seen_position, model, known_refused, label, operations, last_row, state, nonce, chain,
      greatest, history, body, extra FROM _transaction;
    DROP TABLE _transaction;
    ALTER TABLE old RENAME TO _transaction;
    CREATE UNIQUE INDEX _transaction_name ON _transaction (site, sequence)
      WHERE position IS NOT NULL;
    PRAGMA user_version = 3;

    """
  private static let formatThreeServer = """
    ALTER TABLE _quarantine DROP COLUMN returned_by;
    DROP TABLE _device;
    CREATE TABLE _device (
      site INTEGER PRIMARY KEY, account INTEGER NOT NULL, name TEXT NOT NULL,
      token BLOB NOT NULL UNIQUE, state TEXT NOT NULL, enrolled_at INTEGER NOT NULL,
      last_seen_at INTEGER, clock_offset INTEGER, acknowledged INTEGER NOT NULL,
      last_sequence INTEGER NOT NULL, last_chain BLOB NOT NULL
    );
    DROP TABLE _life; DROP TABLE _life_epoch; DROP TABLE _life_device; DROP TABLE _place;
    DROP TABLE _returned;

    """
  private static let formatThreeDevice = """
    DROP TABLE _page; DROP TABLE _staged; DROP TABLE _given_back;
    CREATE TABLE _page (first INTEGER PRIMARY KEY, last INTEGER NOT NULL, body BLOB NOT NULL);
    CREATE TABLE _staged (number INTEGER PRIMARY KEY, body BLOB NOT NULL);
    INSERT INTO _staged (body) VALUES (x'01');
    INSERT OR REPLACE INTO _meta VALUES ('stagedCursor', x'02');

    """

  @Test(
    "a file of format 3 gets what a restored server and a copy need; a load under way begins again",
    arguments: [Database.Role.server, .device])
  func formatThree(role: Database.Role) throws {
    let fresh = try TestDatabase(role: role)
    let test = try TestDatabase(role: role)
    let row = RowID(site: 7, counter: 1)
    try test.apply(.create(T.thing, row, [(T.name, .text("kept"))]))
    try test.database.close()
    try plain(
      test.path,
      Self.formatThree + (role == .server ? Self.formatThreeServer : Self.formatThreeDevice))
    let migrated = try Database(path: test.path, role: role, model: T.model(), create: false)
    #expect(try columns(migrated) == columns(fresh.database))
    try migrated.read { (engine: Engine) throws in
      #expect(try engine.connection.scalar("PRAGMA user_version") == Int64(Schema.format))
      #expect(try engine.record(T.thing, row)?.fields[T.name] == .scalar("kept"))
      #expect(try engine.number(of: TransactionID(site: 7, sequence: 1)) == 1)
      if role == .device {
        #expect(try engine.connection.scalar("SELECT count(*) FROM _staged") == 0)
        #expect(try engine.fact("stagedCursor") == .bytes([]))
      }
    }
    try migrated.close()
  }

  /// The engine's own tables and indexes with their columns.
  private func columns(_ database: Database) throws -> Set<String> {
    try database.read { engine in
      let statement = try engine.connection.statement(
        """
        SELECT m.name || '.' || p.name FROM sqlite_master AS m
          JOIN pragma_table_info(m.name) AS p WHERE m.type = 'table'
        UNION SELECT name || ' ' || coalesce(sql, '') FROM sqlite_master
          WHERE type = 'index' AND name GLOB '_transaction*'
        """)
      defer { statement.reset() }
      var result: Set<String> = []
      while try statement.step() { result.insert(statement.text(0)) }
      return result
    }
  }

  @Test("a read sees what was written before it, though its statements are prepared once")
  func readers() throws {
    let test = try TestDatabase()
    let row = RowID(site: 7, counter: 1)
    try test.apply(.create(T.thing, row, [(T.name, .text("one"))]))
    #expect(try test.record(row)?.fields[T.name] == .scalar("one"))
    // A statement that is left half way must not hold the connection in its state.
    for _ in 0..<8 {
      let isThere = try test.database.read { engine in
        try engine.connection.statement("SELECT id FROM big_thing").step()
      }
      #expect(isThere)
    }
    try test.apply(.write(T.thing, row, [(T.name, .text("two"))]))
    for _ in 0..<8 { #expect(try test.record(row)?.fields[T.name] == .scalar("two")) }
    let counts = try (0..<3).map { _ in
      try test.database.read { engine in
        _ = try engine.record(T.thing, row)
        return engine.connection.statementCount
      }
    }
    #expect(counts[2] == counts[1], "nothing is prepared anew")
    // Tables that come later are seen too.
    try test.database.write { try $0.connection.execute("CREATE TABLE later (x)") }
    #expect(
      try test.database.read { try $0.connection.scalar("SELECT count(*) FROM later") } == 0)
    try test.database.close()
  }
}
