import Protocol

/// The engine's own tables. Their names start with an underscore; any tool may read them.
///
/// The number of the format is `PRAGMA user_version`; a database of a newer one is refused.
enum Schema {
  static let format = 4

  /// Both ends.
  static let common = """
    -- Single facts: site, model, token, cursor. One row each. On a device also, under restored.ROW,
    -- how a deleted record was that is shown again until the server has said so.
    CREATE TABLE _meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;

    -- Every transaction that a clock, a head or the outbox names.
    CREATE TABLE _transaction (
      id INTEGER PRIMARY KEY,   -- local number; the position on a server; 2^40 + sequence for a
                                -- device's own, so that the outbox is the end of the table
      site INTEGER NOT NULL,
      sequence INTEGER NOT NULL,
      hlc INTEGER NOT NULL,     -- the stamp that counts
      user INTEGER NOT NULL,    -- row id of the staff record
      position INTEGER,         -- NULL while it is not acknowledged
      -- From here: own transactions on a device, all on a server.
      author_hlc INTEGER,       -- the stamp its author gave it
      seen_epoch INTEGER,
      seen_position INTEGER,
      model INTEGER,
      known_refused INTEGER,
      label TEXT,
      operations INTEGER,       -- how many
      last_row INTEGER,         -- device: its row counter after this transaction
      state INTEGER,            -- device: 1 accepted but not yet in a page, 2 refused
      nonce BLOB,
      chain BLOB,               -- the chain after it
      greatest INTEGER,         -- server: the greatest stamp up to here; device: the position that
                                -- an own one was given in an outcome
      history BLOB,             -- server: running hash over all chains up to here
      body BLOB,                -- encoded operations
      extra BLOB,               -- device: before-images; server: effects
      -- From here: only on a server, and only of few.
      judged INTEGER,           -- its `seen` as a position of this log, where that is another
      life INTEGER,             -- the lost life in which its `seen` counts above that
      hidden BLOB,              -- operations that are not in its body, while nobody brought them
      rest INTEGER              -- 1: operations of a transaction that stands at an earlier position
    );

    -- Heads beside the one that shows; tag 0 holds deletions that a revived record survived.
    CREATE TABLE _head (
      row INTEGER NOT NULL,
      tag INTEGER NOT NULL,
      txn INTEGER NOT NULL,
      entity INTEGER NOT NULL,
      audience INTEGER,
      value BLOB NOT NULL,      -- encoded
      PRIMARY KEY (row, tag, txn)
    ) WITHOUT ROWID;

    -- What remains of deleted rows until it is collected.
    CREATE TABLE _tombstone (
      row INTEGER PRIMARY KEY,
      txn INTEGER NOT NULL,     -- the deletion
      audience INTEGER
    );

    CREATE TABLE _audience (
      id INTEGER PRIMARY KEY,
      space INTEGER NOT NULL,
      level INTEGER NOT NULL,
      UNIQUE (space, level)
    );
    -- The sum of the hashes of all cells of an audience, base only.
    CREATE TABLE _digest (audience INTEGER PRIMARY KEY, sum INTEGER NOT NULL);

    -- Names to show for sites and users.
    CREATE TABLE _site (site INTEGER PRIMARY KEY, name TEXT NOT NULL);
    CREATE TABLE _user (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
    """

  /// Since format 3.
  static let texts = """
    -- Edits of texts that somebody may not know yet. Number 0 is the text before the first of them.
    CREATE TABLE _text (
      row INTEGER NOT NULL,
      tag INTEGER NOT NULL,
      txn INTEGER NOT NULL,
      parents BLOB NOT NULL,    -- numbers of the transactions whose edits it builds on
      edit BLOB NOT NULL,       -- a TextChange; UTF-8 at number 0
      PRIMARY KEY (row, tag, txn)
    ) WITHOUT ROWID;
    """

  /// Since format 3, on a server.
  static let images = """
    -- At which position readers last were sent a row whole: they have its texts without their edits.
    CREATE TABLE _image (row INTEGER PRIMARY KEY, position INTEGER NOT NULL);
    """

  /// Since format 4.
  static let names = """
    -- Pending ones are not in it, so that a save dirties no page of it.
    CREATE UNIQUE INDEX _transaction_name ON _transaction (site, sequence)
      WHERE position IS NOT NULL AND rest IS NULL;
    CREATE INDEX _transaction_rest ON _transaction (site, sequence) WHERE rest IS NOT NULL;
    """

  /// Since format 4, on a device.
  static let loads = """
    -- Pages of a fresh load, until the last is there.
    CREATE TABLE _staged (number INTEGER PRIMARY KEY, body BLOB NOT NULL, cursor BLOB NOT NULL);
    -- Own transactions that a restored server has taken back, until its log is loaded.
    CREATE TABLE _given_back (
      sequence INTEGER PRIMARY KEY, position INTEGER NOT NULL, hlc INTEGER NOT NULL
    );
    """

  /// Since format 4, on a server.
  static let lives = """
    -- Lives of the log that this file does not hold: they were lost when a backup was put back.
    CREATE TABLE _life (
      id INTEGER PRIMARY KEY,
      shared INTEGER NOT NULL         -- up to this position it is the same as this log
    );
    -- The epochs of each; two may have one, where a machine was resumed in it.
    CREATE TABLE _life_epoch (
      epoch INTEGER NOT NULL, life INTEGER NOT NULL, PRIMARY KEY (epoch, life)
    ) WITHOUT ROWID;
    -- How far a device had come in a lost life, by cursors that this server sealed.
    CREATE TABLE _life_device (
      site INTEGER NOT NULL, life INTEGER NOT NULL, position INTEGER NOT NULL,
      shared INTEGER NOT NULL,        -- up to here the device has shown that it is the same
      PRIMARY KEY (site, life)
    ) WITHOUT ROWID;
    -- Where transactions that were returned stood in lost lives.
    CREATE TABLE _place (
      life INTEGER NOT NULL, position INTEGER NOT NULL, txn INTEGER NOT NULL,
      epoch INTEGER NOT NULL,         -- the epoch by which devices name the life
      PRIMARY KEY (life, position, txn)
    ) WITHOUT ROWID;
    CREATE INDEX _place_txn ON _place (txn);
    -- Transactions that another device than their author's brought back.
    CREATE TABLE _returned (
      txn INTEGER PRIMARY KEY,
      site INTEGER NOT NULL,          -- the device that brought it
      at INTEGER NOT NULL             -- ms
    );
    """

  static let device = """
    -- Pages of the log as they came, for history and for a server that lost them.
    CREATE TABLE _page (
      first INTEGER PRIMARY KEY,
      last INTEGER NOT NULL,
      body BLOB NOT NULL,
      at INTEGER,               -- the time of its last transaction, ms
      cursor BLOB               -- the sealed cursor after it
    );
    -- Transactions that the server did not accept, with what it said.
    CREATE TABLE _rejected (
      sequence INTEGER PRIMARY KEY,
      hlc INTEGER NOT NULL,
      reason INTEGER NOT NULL,
      detail TEXT NOT NULL,
      at INTEGER NOT NULL,      -- when the device learned it, ms
      body BLOB NOT NULL
    );
    -- Jumps of the corrected clock against the boot-time clock.
    CREATE TABLE _jump (sequence INTEGER NOT NULL, delta INTEGER NOT NULL);
    """

  static let server = """
    CREATE TABLE _epoch (
      number INTEGER PRIMARY KEY,
      id INTEGER NOT NULL UNIQUE,     -- random
      parent INTEGER NOT NULL,
      first INTEGER NOT NULL,         -- first position
      opened_at INTEGER NOT NULL      -- ms
    );
    -- Which positions an audience must be told of.
    CREATE TABLE _feed (
      audience INTEGER NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (audience, position)
    ) WITHOUT ROWID;
    -- Which positions wrote to a row.
    CREATE TABLE _written (
      row INTEGER NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (row, position)
    ) WITHOUT ROWID;
    -- The last image of deleted rows; revived from here, however late.
    CREATE TABLE _grave (
      row INTEGER PRIMARY KEY,
      entity INTEGER NOT NULL,
      txn INTEGER NOT NULL,           -- the deletion that took it
      record INTEGER NOT NULL,        -- the record it was deleted with
      owner INTEGER NOT NULL,         -- the row it is a child of; 0 for none
      audience INTEGER NOT NULL,
      image BLOB NOT NULL
    );
    CREATE INDEX _grave_record ON _grave (record);
    CREATE INDEX _grave_owner ON _grave (owner);
    CREATE TABLE _quarantine (
      site INTEGER NOT NULL,
      sequence INTEGER NOT NULL,
      hlc INTEGER NOT NULL,
      user INTEGER NOT NULL,
      seen_epoch INTEGER NOT NULL,
      seen_position INTEGER NOT NULL,
      model INTEGER NOT NULL,
      known_refused INTEGER NOT NULL,
      label TEXT NOT NULL,
      operations INTEGER NOT NULL,
      nonce BLOB NOT NULL,
      chain BLOB NOT NULL,
      reason INTEGER NOT NULL,
      detail TEXT NOT NULL,
      at INTEGER NOT NULL,            -- ms
      body BLOB NOT NULL,
      returned_by INTEGER,            -- the device that brought it, where its author did not
      PRIMARY KEY (site, sequence)
    );
    -- Rows made in quarantined transactions: what touches them is quarantined too.
    CREATE TABLE _quarantined_row (
      row INTEGER NOT NULL, site INTEGER NOT NULL, sequence INTEGER NOT NULL,
      PRIMARY KEY (row, site, sequence)
    ) WITHOUT ROWID;
    CREATE TABLE _account (
      id INTEGER PRIMARY KEY,         -- row id of the staff record
      name TEXT NOT NULL UNIQUE,
      role TEXT NOT NULL,
      spaces TEXT NOT NULL,           -- '*' or row ids with commas; 0 is the city
      active INTEGER NOT NULL,
      grant_version INTEGER NOT NULL
    );
    CREATE TABLE _device (
      site INTEGER PRIMARY KEY,
      account INTEGER NOT NULL,
      name TEXT NOT NULL,
      token BLOB NOT NULL UNIQUE,     -- SHA-256
      state TEXT NOT NULL,            -- active, revoked
      enrolled_at INTEGER NOT NULL,
      last_seen_at INTEGER,
      clock_offset INTEGER,
      acknowledged INTEGER NOT NULL,  -- the position of the cursor it last came with
      last_sequence INTEGER NOT NULL, -- its last transaction, accepted or refused
      last_chain BLOB NOT NULL,
      parent INTEGER,                 -- the site that its replica bore before
      last_shared INTEGER             -- the last transaction of that site which is its own
    );
    CREATE TABLE _code (
      hash BLOB PRIMARY KEY,          -- SHA-256 of the code
      account INTEGER NOT NULL,
      expires_at INTEGER NOT NULL,
      used INTEGER NOT NULL
    ) WITHOUT ROWID;
    """

  /// An entity's table: its fields as columns, and the row's clocks.
  static func table(_ entity: Entity) -> String {
    var columns = [
      "id INTEGER PRIMARY KEY",
      "_t INTEGER NOT NULL",  // the transaction of the row's greatest clock
      "_x BLOB",  // the clocks that differ (ClockColumn)
      "_a INTEGER",  // the audience; NULL on a row that is only pending
    ]
    for field in entity.fields where field.kind != .derived {
      columns += field.columns.map { "\(Guard.quote($0))" }
    }
    return "CREATE TABLE \(Guard.quote(entity.table)) (\(columns.joined(separator: ", ")))"
  }
}

/// Refuses writes around the engine in a sentence: the engine's own connections have triggers off.
enum Guard {
  static let prefix = "This table is written by Kaai only"

  static func quote(_ name: String) -> String {
    "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
      + "\""
  }

  static func triggers(table: String) -> [String] {
    ["INSERT", "UPDATE", "DELETE"].map { action in
      """
      CREATE TRIGGER IF NOT EXISTS \(quote("_guard_\(action.lowercased())_\(table)"))
      BEFORE \(action) ON \(quote(table)) BEGIN
        SELECT RAISE(ABORT, '\(prefix): use kaai add, edit or delete, so that the change is kept and synced.');
      END
      """
    }
  }
}
