import Protocol

/// Edits of texts (DESIGN 4). The text is plain in its row. What was written concurrently is merged
/// from the edits themselves, which stand in `_text` as long as somebody may not know them.
extension Engine {
  /// One edit of a text, with the transactions it builds on.
  struct TextEvent {
    let writer: Writer
    /// For each site the last edit that its author knew, by local number.
    let parents: [Int64]
    let change: TextChange
  }

  /// What the server says of an edit, or the rules do.
  private enum TextPlace {
    /// Its author knew the whole text.
    case onTop
    /// Its author knew these edits, and all that those build on.
    case knowing([Int64])
    /// The text as it is afterwards: some readers do not hold what it builds on.
    case whole(String)
  }

  /// - Parameter given: nil decides by what the author knew; else what the server decided: nothing,
  ///   an edit on top; heads without values, the edits that it builds on; one with a value, the text.
  func applyEdit(
    _ operation: Operation, _ context: ApplyContext, _ given: [CellResult]??
  ) throws -> Applied {
    let tag = operation.tags[0]
    let row = operation.row.raw
    let plan = try plan(Shape(kind: .write, entity: operation.entity, tags: [tag]))
    guard case .bytes(let bytes) = operation.values[1] else {
      throw EngineError.wrongKind(operation.entity, tag)
    }
    let select = plan.select
    select.bind(1, row)
    guard try select.step() else {
      select.reset()
      return .missing
    }
    var clocks = try ClockColumn(greatest: select.int(0), encoded: select.rawBlob(1))
    let oldClocks = select.optionalBlob(1)
    let oldGreatest = clocks.greatest
    let audience = select.optionalInt(2)
    var old: Value = .null
    var clock: Int64?
    var further = false
    if let columns = plan.columns[0] {
      old = select.value(columns, offset: 3)
      let register = clocks.register(tag, isNull: old.isNull)
      clock = register?.transaction
      further = register?.further ?? false
    } else if case .unknown(_, let entries) = clocks[tag], let head = entries.first?.heads.first {
      (old, clock) = (head.value, head.transaction)
    }
    select.reset()

    let change = try TextChange(encoded: bytes)
    let oldText = old.textValue ?? ""
    let writers = try textWriters(row, tag)
    if given == nil, context.isBase, writers.isEmpty, let clock {
      try checkWholeWrite(clock, row, tag, context)
    }
    let place = try place(context, given, among: writers)
    var told = Self.result(of: place)
    var edits = change.edits
    let newText: String
    switch place {
    case .onTop:
      do {
        try Self.check(edits, of: oldText)
      } catch {
        // The text came anew, without what this edit was made in: the server will place it.
        guard !context.isBase else { throw error }
        edits = edits.clamped(to: oldText)
      }
      newText = edits.applied(to: oldText)
    case .knowing(let parents):
      (edits, newText) = try merge(
        change, by: context.writer, knowing: parents, row, tag, writers, shown: oldText,
        isPreview: !context.isBase)
      if given == nil, try isBelowFloor(parents, writers, context.textFloor) {
        let head = HeadReference(reference: Int(context.writer.number), value: .text(newText))
        told = [.heads([head])]
      }
    case .whole(let text): newText = text
    }

    // The clock of a text is the greatest of its edits'.
    var newWriter = context.writer
    if let clock {
      let known = try writer(clock)
      if known.stamp > newWriter.stamp { newWriter = known }
    }
    let value: Value = newText.isEmpty ? .null : .text(newText)
    context.undo?.record(.text, entity: operation.entity, row: row) { record in
      record.varint(UInt64(oldGreatest))
      record.varint(oldClocks.map { $0.count + 1 } ?? 0)
      if let oldClocks { record.raw(oldClocks) }
      record.varint(tag)
      record.varint(UInt64(context.writer.number))
      record.edits(edits.inverted(of: oldText))
    }
    if context.isBase, let audience {
      var digest = hash(row: row, tag: tag, writer: newWriter, value: value)
      if let clock {
        digest &-= hash(row: row, tag: tag, writer: try writer(clock), value: old)
      }
      addToDigest(audience, digest)
    }
    try keep(place, bytes, by: context.writer, row, tag, writers, before: oldText)
    if plan.columns[0] == nil {
      let head = RowImage.Head(transaction: newWriter.number, value: value)
      clocks[tag] = .unknown(.register, [ClockColumn.Entry(key: .null, heads: [head])])
    } else {
      if further, context.isBase { try settle(row, tag, audience) }
      clocks.setRegister(
        tag, newWriter.number, isNull: value.isNull, further: further && !context.isBase)
    }
    try raise(&clocks, by: context.writer)
    let update = plan.update
    update.bind(1, clocks.greatest)
    update.bind(2, clocks.encoded)
    if let columns = plan.columns[0] { update.bind(columns, offset: 3, value) }
    update.bind(3 + plan.columnCount, row)
    try update.run()
    return .done(told)
  }

  // MARK: Texts that were registers

  /// Up to format 2 a text was a register that asks: who wrote it wrote it whole, and two could stand
  /// beside each other. They do until somebody edits the text.
  private func settle(_ row: Int64, _ tag: Tag, _ audience: Int64?) throws {
    for head in try furtherHeads(row, tag) {
      if let audience {
        addToDigest(
          audience, 0 &- hash(row: row, tag: tag, writer: head.writer, value: head.value))
      }
    }
    try deleteFurtherHeads(row, tag)
  }

  /// Where a text was written whole by somebody whose write the author of an edit had not seen, the
  /// edit is of a text that is nowhere any more: nobody can say what it would change in this one.
  private func checkWholeWrite(
    _ clock: Int64, _ row: Int64, _ tag: Tag, _ context: ApplyContext
  ) throws {
    guard try !context.knows.covers(writer(clock)),
      let stored = try transactions(where: "id = ?", [clock]).first
    else { return }
    let isWhole = try stored.decodedOperations().contains {
      $0.kind == .write && $0.row.raw == row && $0.tags.contains(tag)
    }
    if isWhole { throw TextError.beforeHistory }
  }

  /// What readers are told, who hold the edits that this one builds on.
  private static func result(of place: TextPlace) -> [CellResult]? {
    guard case .knowing(let parents) = place else { return nil }
    return [.heads(parents.map { HeadReference(reference: Int($0), value: .null) })]
  }

  // MARK: What an edit builds on

  private func place(
    _ context: ApplyContext, _ given: [CellResult]??, among writers: [Writer]
  ) throws -> TextPlace {
    if case .some(let decided) = given {
      guard case .heads(let heads)? = decided?.first else { return .onTop }
      if heads.count == 1, let text = heads[0].value.textValue { return .whole(text) }
      return .knowing(heads.map { Int64($0.reference) })
    }
    let known = writers.filter { context.knows.covers($0) }
    if known.count == writers.count { return .onTop }
    return .knowing(Self.frontier(known))
  }

  /// The last edit of each site: it knows the site's earlier ones.
  private static func frontier(_ known: [Writer]) -> [Int64] {
    var last: [UInt32: Int64] = [:]
    for writer in known { last[writer.id.site] = writer.number }
    return last.values.sorted()
  }

  /// Whether the author did not know an edit that some reader holds only as a part of the text.
  private func isBelowFloor(_ parents: [Int64], _ writers: [Writer], _ floor: Int64) throws -> Bool
  {
    var lastKnown: [UInt32: UInt32] = [:]
    for parent in parents {
      let id = try writer(parent).id
      lastKnown[id.site] = id.sequence
    }
    return writers.contains {
      $0.position <= floor && $0.id.sequence > lastKnown[$0.id.site] ?? 0
    }
  }

  private static func check(_ edits: [TextEdit], of text: String) throws(TextError) {
    var length = text.unicodeScalars.count
    for edit in edits {
      guard edit.position <= length - edit.deleted else {
        throw .outsideText(position: edit.position, length: length)
      }
      length += edit.inserted.unicodeScalars.count - edit.deleted
    }
  }

  // MARK: Merging

  /// - Parameter isPreview: where the edit cannot be placed, it is shown about where it was made: the
  ///   server will place it.
  private func merge(
    _ change: TextChange, by writer: Writer, knowing parents: [Int64], _ row: Int64, _ tag: Tag,
    _ writers: [Writer], shown: String, isPreview: Bool
  ) throws -> ([TextEdit], String) {
    var (document, steps) = try document(
      base: textBase(row, tag) ?? shown, textEvents(row, tag, writers))
    let batch = change.batch(of: writer.id, knowing: parents.compactMap { steps[$0] })
    switch Self.apply(batch, to: &document) {
    case .success(let edits): return (edits, document.text)
    case .failure(let error):
      guard isPreview else { throw error }
      let edits = change.edits.clamped(to: shown)
      return (edits, edits.applied(to: shown))
    }
  }

  /// A text with its edits, and the last step of each.
  private func document(base: String, _ events: [TextEvent]) throws
    -> (TextDocument, steps: [Int64: TextID])
  {
    var document = try TextDocument(base: TextBase(text: base))
    var steps: [Int64: TextID] = [:]
    for event in events {
      try document.apply(
        event.change.batch(of: event.writer.id, knowing: event.parents.compactMap { steps[$0] }))
      steps[event.writer.number] = event.change.lastStep(of: event.writer.id)
    }
    return (document, steps)
  }

  private static func apply(_ batch: TextBatch, to document: inout TextDocument)
    -> Result<[TextEdit], TextError>
  {
    do throws(TextError) {
      return .success(try document.apply(batch))
    } catch {
      return .failure(error)
    }
  }

  // MARK: The table of edits

  /// Who edited a text since its base, in the order in which the edits were accepted; pending ones
  /// last.
  func textWriters(_ row: Int64, _ tag: Tag) throws -> [Writer] {
    let statement = try connection.statement(
      "SELECT txn FROM _text WHERE row = ? AND tag = ? AND txn > 0")
    var numbers: [Int64] = []
    do {
      defer { statement.reset() }
      statement.bind(1, row)
      statement.bind(2, Int64(tag))
      while try statement.step() { numbers.append(statement.int(0)) }
    }
    return try numbers.map { try writer($0) }.sorted {
      $0.position == $1.position ? $0.id.sequence < $1.id.sequence : $0.position < $1.position
    }
  }

  func textEvents(_ row: Int64, _ tag: Tag, _ writers: [Writer]) throws -> [TextEvent] {
    let statement = try connection.statement(
      "SELECT parents, edit FROM _text WHERE row = ? AND tag = ? AND txn = ?")
    return try writers.map { writer in
      defer { statement.reset() }
      statement.bind(1, row)
      statement.bind(2, Int64(tag))
      statement.bind(3, writer.number)
      guard try statement.step() else { throw EngineError.danglingTransaction(writer.number) }
      let parents = try statement.blob(0).decode { reader throws(DecodeError) in
        var parents: [Int64] = []
        while !reader.isAtEnd { parents.append(Int64(try reader.varint())) }
        return parents
      }
      return TextEvent(
        writer: writer, parents: parents, change: try TextChange(encoded: statement.blob(1)))
    }
  }

  /// The text before the first edit that is kept; nil where none is.
  private func textBase(_ row: Int64, _ tag: Tag) throws -> String? {
    let statement = try connection.statement(
      "SELECT edit FROM _text WHERE row = ? AND tag = ? AND txn = 0")
    defer { statement.reset() }
    statement.bind(1, row)
    statement.bind(2, Int64(tag))
    return try statement.step() ? String(decoding: statement.blob(0), as: UTF8.self) : nil
  }

  private func keep(
    _ place: TextPlace, _ edit: [UInt8], by writer: Writer, _ row: Int64, _ tag: Tag,
    _ writers: [Writer], before: String
  ) throws {
    let parents: [Int64]
    switch place {
    case .onTop: parents = Self.frontier(writers)
    case .knowing(let known): parents = known
    case .whole: return try forgetEdits(row, tag)
    }
    if writers.isEmpty { try insertText(row, tag, 0, parents: [], Array(before.utf8)) }
    var encoded = ByteWriter()
    for parent in parents { encoded.varint(UInt64(parent)) }
    try insertText(row, tag, writer.number, parents: encoded.bytes, edit)
  }

  private func insertText(
    _ row: Int64, _ tag: Tag, _ number: Int64, parents: [UInt8], _ edit: [UInt8]
  ) throws(StorageError) {
    let statement = try connection.statement(
      "INSERT OR REPLACE INTO _text (row, tag, txn, parents, edit) VALUES (?, ?, ?, ?, ?)")
    statement.bind(1, row)
    statement.bind(2, Int64(tag))
    statement.bind(3, number)
    statement.bind(4, parents)
    statement.bind(5, edit)
    try statement.run()
  }

  private func forgetEdits(_ row: Int64, _ tag: Tag) throws(StorageError) {
    let statement = try connection.statement("DELETE FROM _text WHERE row = ? AND tag = ?")
    statement.bind(1, row)
    statement.bind(2, Int64(tag))
    try statement.run()
  }

  /// Puts the words of a text that stand blank in its past back into it, as far as an erasure says what
  /// it showed then.
  public func fillText(_ operation: Operation) throws {
    let (row, tag) = (operation.row.raw, operation.tags[0])
    let plan = try plan(Shape(kind: .write, entity: operation.entity, tags: [tag]))
    guard let columns = plan.columns[0], let shown = operation.values[0].textValue else { return }
    let select = plan.select
    select.bind(1, row)
    guard try select.step() else { return select.reset() }
    let clocks = try ClockColumn(greatest: select.int(0), encoded: select.rawBlob(1))
    let audience = select.optionalInt(2)
    let old = select.value(columns, offset: 3)
    select.reset()
    let new = Value.text(Erasure.filled(old.textValue ?? "", from: shown))
    guard !old.isNull, old != new, let clock = clocks.register(tag, isNull: false)?.transaction
    else { return }
    if let audience {
      let writer = try writer(clock)
      addToDigest(
        audience,
        hash(row: row, tag: tag, writer: writer, value: new)
          &- hash(row: row, tag: tag, writer: writer, value: old))
    }
    let update = plan.update
    update.bind(1, clocks.greatest)
    update.bind(2, clocks.encoded)
    update.bind(columns, offset: 3, new)
    update.bind(3 + plan.columnCount, row)
    try update.run()
  }

  /// Leaves, in the edits of a text that somebody may not know yet, only what the text shows: what comes
  /// late is merged with them as before.
  public func blankEdits(_ erasure: Erasure) throws {
    let (row, tag) = (erasure.row.raw, erasure.tag)
    guard let base = try textBase(row, tag) else { return }
    let events = try textEvents(row, tag, textWriters(row, tag))
    let document = try document(base: base, events).0
    guard let shown = try record(erasure.entity, erasure.row)?.fields[tag].text,
      shown.unicodeScalars.count == document.count
    else { return try forgetEdits(row, tag) }
    let remains = document.remains(in: shown)
    let update = try connection.statement(
      "UPDATE _text SET edit = ? WHERE row = ? AND tag = ? AND txn = ?")
    func blank(_ number: Int64, _ edit: [UInt8]) throws {
      update.bind(1, edit)
      update.bind(2, row)
      update.bind(3, Int64(tag))
      update.bind(4, number)
      try update.run()
    }
    try blank(0, Array(remains.base.utf8))
    for event in events {
      let change = event.change.blanked {
        remains.scalar(of: event.change.step($0, of: event.writer.id))
      }
      try blank(event.writer.number, change.encoded)
    }
  }

  /// The edits of a row's texts go: it is no longer held, or it is there anew, as an image says.
  public func forgetTexts(_ row: Int64) throws(StorageError) {
    let statement = try connection.statement("DELETE FROM _text WHERE row = ?")
    statement.bind(1, row)
    try statement.run()
  }

  /// Forgets the edits of texts that nobody can have missed: a text whose last edit is at or below
  /// `position` is its text alone.
  public func collectTexts(through position: Int64) throws(StorageError) {
    let statement = try connection.statement(
      """
      DELETE FROM _text WHERE (row, tag) IN (
        SELECT row, tag FROM _text LEFT JOIN _transaction ON _transaction.id = txn
        GROUP BY row, tag HAVING max(CASE WHEN txn = 0 THEN 0 ELSE
          coalesce(position, 9223372036854775807) END) <= ?)
      """)
    statement.bind(1, position)
    try statement.run()
  }

  // MARK: Undo

  /// Takes a pending edit back.
  func undoText(_ record: inout ByteReader, _ entity: Tag, _ row: Int64) throws {
    let greatest = Int64(try record.varint())
    let length = Int(try record.varint())
    let clocks = length == 0 ? nil : try record.array(length - 1)
    let tag = try record.uint32(what: "tag")
    let number = Int64(try record.varint())
    let edits = try record.edits()
    let plan = try plan(Shape(kind: .write, entity: entity, tags: [tag]))
    guard let columns = plan.columns[0] else { return }
    let select = plan.select
    select.bind(1, row)
    guard try select.step() else { return select.reset() }
    let text = edits.applied(to: select.value(columns, offset: 3).textValue ?? "")
    select.reset()
    let update = plan.update
    update.bind(1, greatest)
    update.bind(2, clocks)
    update.bind(columns, offset: 3, text.isEmpty ? .null : .text(text))
    update.bind(3 + plan.columnCount, row)
    try update.run()

    let delete = try connection.statement("DELETE FROM _text WHERE row = ? AND tag = ? AND txn = ?")
    delete.bind(1, row)
    delete.bind(2, Int64(tag))
    delete.bind(3, number)
    try delete.run()
    let others = try connection.scalar(
      "SELECT 1 FROM _text WHERE row = ? AND tag = ? AND txn > 0 LIMIT 1", row, Int64(tag))
    if others == nil { try forgetEdits(row, tag) }
  }
}
