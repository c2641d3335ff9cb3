import Protocol
import Storage

/// Makes again under a new site what a copied or rolled-back replica had made under a site that it
/// shares with another copy (DESIGN 3, "Same replica twice").
///
/// The sequence and the chain go on after the last shared transaction, so that local numbers stay as
/// they are. Rows that were made after it have ids that the other copy gives to rows of its own: they
/// get the same counter under the new site, wherever they are named.
///
/// Runs with all pending writes taken off, in the one SQLite transaction that also keeps the new site.
struct Reissue {
  let engine: Engine
  let own: OwnState
  let grant: SiteGrant

  func run() throws {
    let first = LocalNumber.own(grant.lastShared) + 1
    var rename = RowRename(
      made: try rowsMade(from: first), site: grant.site, model: engine.model)
    var chain = Chain(
      link: try engine.transactions(where: "id = ?", [first - 1]).first?.chain ?? .zero)
    var next = first
    while let stored = try engine.transactions(where: "id = ?", [next]).first {
      chain = try reissue(stored, &rename, after: chain)
      next += 1
    }
    try engine.setFact("site", .int(Int64(grant.site)))
    try engine.setFact("token", try engine.fact("claimToken"))
    try engine.setFact("claimToken", .null)
    try engine.addForebear(Forebear(site: own.site, lastShared: grant.lastShared))
    try engine.setSiteName(grant.site, try engine.fact("deviceName").textValue ?? "")
    let settled = try engine.fact("settled").intValue ?? 0
    try engine.setFact("settled", .int(min(settled, Int64(grant.lastShared))))
    try engine.connection.execute(
      "DELETE FROM _given_back WHERE sequence > \(grant.lastShared)")
    engine.forget()
  }

  /// The ids that were drawn for rows in what is made again. Ids that come from content stay, where the
  /// content does: both copies mean the same record.
  private func rowsMade(from first: Int64) throws -> Set<Int64> {
    var rows: Set<Int64> = []
    var next = first
    while let stored = try engine.transactions(where: "id = ?", [next]).first {
      for operation in try stored.decodedOperations() where operation.kind == .create {
        if !operation.row.isDerived { rows.insert(operation.row.raw) }
      }
      next += 1
    }
    return rows
  }

  private func reissue(
    _ stored: StoredTransaction, _ rename: inout RowRename, after chain: Chain
  ) throws -> Chain {
    let header = Chain.Header(
      id: TransactionID(site: grant.site, sequence: stored.id.sequence),
      stamp: stored.header.stamp, user: stored.header.user, seen: stored.header.seen,
      modelVersion: stored.header.modelVersion, knownRefused: stored.header.knownRefused,
      label: stored.header.label)
    var body = OperationBody(
      key: Chain.transactionKey(nonce: stored.nonce, sequence: stored.id.sequence))
    for operation in try stored.decodedOperations() { body.append(rename.renamed(operation)) }
    var next = chain
    next.append(header, operations: body.hashes)
    let update = try engine.connection.statement(
      """
      UPDATE _transaction SET site = ?, chain = ?, body = ?, extra = NULL, position = NULL,
        greatest = NULL, state = CASE state WHEN 2 THEN 2 END WHERE id = ?
      """)
    update.bind(1, Int64(grant.site))
    update.bind(2, next.link.bytes)
    update.bind(3, body.bytes)
    update.bind(4, stored.number)
    try update.run()
    engine.forgetWriter(stored.number)
    return next
  }
}

/// Gives rows the same counter under another site, wherever an operation names them.
struct RowRename {
  private var rows: [Int64: Int64]
  private let model: Model
  /// The ids as people write them in texts, with the new ones.
  private var texts: [String: String]

  init(made: Set<Int64>, site: UInt32, model: Model) {
    var rows: [Int64: Int64] = [:]
    var texts: [String: String] = [:]
    for row in made {
      let old = RowID(row)
      let new = RowID(site: site, counter: old.counter)
      rows[row] = new.raw
      texts[old.text] = new.text
    }
    self.rows = rows
    self.texts = texts
    self.model = model
  }

  mutating func renamed(_ operation: Operation) -> Operation {
    guard !rows.isEmpty else { return operation }
    let entity = model.entity(tag: operation.entity)
    var values = operation.values
    for slot in values.indices {
      // Of an element or a key with its value there is one tag and up to two values.
      let tag = operation.tags[min(slot, operation.tags.count - 1)]
      guard let type = entity?.field(tag: tag)?.type else { continue }
      values[slot] = renamed(values[slot], Self.type(of: slot, operation, type))
    }
    if operation.kind == .create, operation.row.isDerived,
      let derived = entity?.derivedID(tags: operation.tags, values: values)
    {
      add(operation.row, derived)
    }
    return Operation(
      operation.kind, entity: operation.entity,
      row: RowID(rows[operation.row.raw] ?? operation.row.raw), tags: operation.tags,
      values: values)
  }

  private mutating func add(_ old: RowID, _ new: RowID) {
    guard old != new else { return }
    rows[old.raw] = new.raw
    texts[old.text] = new.text
  }

  private static func type(of slot: Int, _ operation: Operation, _ type: ValueType) -> ValueType {
    switch type {
    case .set(let element): element
    case .map(let key, let value): slot == 0 ? key : value
    default: type
    }
  }

  private func renamed(_ value: Value, _ type: ValueType) -> Value {
    switch (value, type) {
    case (.int(let row), .reference): return .int(rows[row] ?? row)
    case (.text(let text), .string), (.text(let text), .text): return .text(renamed(text))
    case (.bytes(let bytes), .text): return .bytes(renamed(edit: bytes))
    case (.group(let parts), .group(let declared)):
      return .group(
        parts.enumerated().map { index, part in
          index < declared.count ? renamed(part, declared[index].type) : part
        })
    default: return value
    }
  }

  /// What an edit types; ids are all of one length, so that places stay.
  private func renamed(edit bytes: [UInt8]) -> [UInt8] {
    // It was decoded when it was saved; what cannot be read any more is the server's to refuse.
    guard let change = try? TextChange(encoded: bytes) else { return bytes }
    let edits = change.edits.map {
      TextEdit(at: $0.position, deleting: $0.deleted, inserting: renamed($0.inserted))
    }
    return TextChange(edits)?.encoded ?? bytes
  }

  /// Mentions: an id of thirteen digits that stands alone.
  private func renamed(_ text: String) -> String {
    guard text.utf8.count >= 13 else { return text }
    var result = ""
    var word = ""
    func flush(_ result: inout String, _ word: inout String) {
      result += texts[word] ?? word
      word = ""
    }
    for scalar in text.unicodeScalars {
      if scalar.isASCII, scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) {
        word.unicodeScalars.append(scalar)
      } else {
        flush(&result, &word)
        result.unicodeScalars.append(scalar)
      }
    }
    flush(&result, &word)
    return result
  }
}

extension Engine {
  /// The claim of a new site, with a token that is drawn once and kept until the site is there.
  func claim(system: any SystemSource, limit: Int) throws -> SiteClaim {
    var token = try fact("claimToken").textValue ?? ""
    if token.isEmpty {
      token = Crockford.text(system.randomBytes(32), digits: 52)
      try setFact("claimToken", .text(token))
    }
    let last = try connection.scalar(
      "SELECT max(id) FROM _transaction WHERE id > ?", LocalNumber.own)
    let count = (last ?? LocalNumber.own) - LocalNumber.own
    let first = max(1, count - Int64(limit) + 1)
    let statement = try connection.statement(
      "SELECT chain FROM _transaction WHERE id >= ? ORDER BY id")
    defer { statement.reset() }
    statement.bind(1, LocalNumber.own + first)
    var chains: [Hash16] = []
    while try statement.step() { chains.append(Hash16(bytes: statement.blob(0)) ?? .zero) }
    return SiteClaim(token: token, firstSequence: UInt32(first), chains: chains)
  }
}
