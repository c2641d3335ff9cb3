import Protocol

/// The steps from each format of the file to the next, in their order. A step that was released is
/// never changed.
enum Migration {
  /// Runs inside the transaction that also sets the new number.
  static func run(
    from format: Int, _ connection: Connection, role: Database.Role, model: Model
  ) throws {
    if format < 2 { try knowOwners(connection, role, model) }
    if format < 3 { try knowEdits(connection, role) }
    if format < 4 { try knowLives(connection, role) }
  }

  /// 2 to 3: texts merge from their edits. Whole texts that wait on a device become edits when the
  /// replica is opened (`WholeTexts`).
  private static func knowEdits(_ connection: Connection, _ role: Database.Role) throws {
    try connection.execute(Schema.texts)
    switch role {
    case .device:
      try connection.execute("INSERT OR REPLACE INTO _meta VALUES ('wholeTexts', 1)")
    case .server: try connection.execute(Schema.images)
    }
  }

  /// 3 to 4: servers that were put back are given back what they lost; copies get sites of their own.
  /// A load of everything that was under way begins again: its pages have no cursors.
  private static func knowLives(_ connection: Connection, _ role: Database.Role) throws {
    try connection.execute(
      """
      ALTER TABLE _transaction ADD COLUMN judged INTEGER;
      ALTER TABLE _transaction ADD COLUMN life INTEGER;
      ALTER TABLE _transaction ADD COLUMN hidden BLOB;
      ALTER TABLE _transaction ADD COLUMN rest INTEGER;
      DROP INDEX _transaction_name;
      """)
    try connection.execute(Schema.names)
    switch role {
    case .device:
      try connection.execute(
        """
        ALTER TABLE _page ADD COLUMN at INTEGER;
        ALTER TABLE _page ADD COLUMN cursor BLOB;
        DROP TABLE _staged;
        UPDATE _meta SET value = x'' WHERE key = 'stagedCursor';
        """)
      try connection.execute(Schema.loads)
    case .server:
      try connection.execute(
        """
        ALTER TABLE _quarantine ADD COLUMN returned_by INTEGER;
        ALTER TABLE _device ADD COLUMN parent INTEGER;
        ALTER TABLE _device ADD COLUMN last_shared INTEGER;
        """)
      try connection.execute(Schema.lives)
      // Up to here the running hash is of chains alone, and stays so: devices hold cursors with it.
      try connection.execute(
        """
        INSERT OR REPLACE INTO _meta
          SELECT 'hashOfChains', max(id) FROM _transaction HAVING max(id) > 0
        """)
    }
  }

  /// 1 to 2: a server's graves name the row that theirs is a child of. Some files of format 1 have
  /// the column already.
  private static func knowOwners(
    _ connection: Connection, _ role: Database.Role, _ model: Model
  ) throws {
    guard role == .server,
      try connection.scalar(
        "SELECT 1 FROM pragma_table_info('_grave') WHERE name = 'owner'") == nil
    else { return }
    try connection.execute("ALTER TABLE _grave ADD COLUMN owner INTEGER NOT NULL DEFAULT 0")
    var owners: [(row: Int64, owner: Int64)] = []
    let graves = try connection.statement("SELECT row, entity, image FROM _grave")
    defer { graves.reset() }
    while try graves.step() {
      let image = try RowImage(encoded: graves.blob(2))
      guard let entity = model.entity(tag: Tag(truncatingIfNeeded: graves.int(1))),
        let tag = entity.parent.flatMap(entity.field(named:))?.tag,
        let owner = image.cells.first(where: { $0.tag == tag })?
          .entries.first?.heads.first?.value.intValue
      else { continue }
      owners.append((graves.int(0), owner))
    }
    let update = try connection.statement("UPDATE _grave SET owner = ? WHERE row = ?")
    for (row, owner) in owners {
      update.bind(1, owner)
      update.bind(2, row)
      try update.run()
    }
    try connection.execute("CREATE INDEX IF NOT EXISTS _grave_owner ON _grave (owner)")
  }
}
