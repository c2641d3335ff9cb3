import Protocol
import Storage

/// Pending writes of whole texts, from a program to which a text was a register: each becomes the edit
/// that turns the text below it into the one that was written.
///
/// Where others have changed the text since, what was written may lack their words only because its
/// author had not read them, and the text that both began with is nowhere any more. Then nothing is
/// deleted: what was written is put below what stands there.
///
/// What has an outcome already stays as it is. A transaction that was offered, and whose answer was lost
/// before the program was updated, differs afterwards from what the server has: the replica then gets a
/// site of its own and makes it again, as a copy does.
struct WholeTexts {
  let engine: Engine
  let model: Model

  func makeEdits() throws {
    let pending = try engine.pending()
    let first = try pending.first { try $0.state == .normal && hasWholeTexts($0) }
    guard let first else { return }
    let own = try OwnState.load(engine)
    try engine.takeOff(pending)
    for transaction in pending where transaction.number < first.number {
      try engine.putBack(transaction)
    }
    let before = try engine.transactions(where: "id = ?", [first.number - 1]).first
    var chain = Chain(link: before?.chain ?? .zero)
    var next = first.number
    while let transaction = try engine.transactions(where: "id = ?", [next]).first {
      chain = try remake(transaction, own.cursor, after: chain)
      if transaction.state != .refused,
        let made = try engine.transactions(where: "id = ?", [next]).first
      {
        try engine.putBack(made)
      }
      next += 1
    }
    engine.forget()
  }

  private func hasWholeTexts(_ transaction: StoredTransaction) throws -> Bool {
    try transaction.decodedOperations().contains { !texts(in: $0).isEmpty }
  }

  /// The slots of an operation that write a text whole where it must be edited.
  private func texts(in operation: Operation) -> [Int] {
    guard operation.kind == .write || (operation.kind == .create && operation.row.isDerived),
      let entity = model.entity(tag: operation.entity)
    else { return [] }
    return operation.tags.indices.filter { entity.field(tag: operation.tags[$0])?.kind == .text }
  }

  private func remake(
    _ transaction: StoredTransaction, _ cursor: Cursor, after chain: Chain
  ) throws -> Chain {
    var made: [Operation] = []
    for operation in try transaction.decodedOperations() {
      made += try edited(operation, in: transaction, cursor)
    }
    var body = OperationBody(
      key: Chain.transactionKey(nonce: transaction.nonce, sequence: transaction.id.sequence))
    for operation in made { body.append(operation) }
    var next = chain
    next.append(transaction.header, operations: body.hashes)
    let update = try engine.connection.statement(
      "UPDATE _transaction SET chain = ?, body = ?, operations = ? WHERE id = ?")
    update.bind(1, next.link.bytes)
    update.bind(2, body.bytes)
    update.bind(3, Int64(body.count))
    update.bind(4, transaction.number)
    try update.run()
    return next
  }

  /// The operation with its texts as edits, of the state that the replica is in. A text that would be
  /// written as it stands is left for the server to judge.
  private func edited(
    _ operation: Operation, in transaction: StoredTransaction, _ cursor: Cursor
  ) throws -> [Operation] {
    var rest = Array(operation.tags.indices)
    var edits: [Operation] = []
    for slot in texts(in: operation) {
      let tag = operation.tags[slot]
      let change = TextChange(
        try self.edits(operation, slot, isKnown: isKnown(operation, tag, transaction)))
      guard let change else { continue }
      edits.append(
        .edit(
          operation.entity, operation.row, tag, change,
          of: cursor == transaction.header.seen ? nil : cursor))
      rest.removeAll { $0 == slot }
    }
    if rest.isEmpty { return edits }
    let others = Operation(
      operation.kind, entity: operation.entity, row: operation.row,
      tags: rest.map { operation.tags[$0] }, values: rest.map { operation.values[$0] })
    return [others] + edits
  }

  private func edits(_ operation: Operation, _ slot: Int, isKnown: Bool) throws -> [TextEdit] {
    guard let entity = model.entity(tag: operation.entity),
      let field = entity.field(tag: operation.tags[slot])
    else { return [] }
    let shown = try engine.value(entity, operation.row.raw, field).textValue ?? ""
    let written = operation.values[slot].textValue ?? ""
    if isKnown || shown.isEmpty { return TextDiff.edits(from: shown, to: written) }
    if written.isEmpty || shown.contains(written) { return [] }
    return [TextEdit(at: shown.unicodeScalars.count, inserting: "\n" + written)]
  }

  /// Whether the author had seen all that stands in the text.
  private func isKnown(
    _ operation: Operation, _ tag: Tag, _ transaction: StoredTransaction
  ) throws -> Bool {
    guard let image = try engine.image(operation.entity, operation.row.raw),
      let cell = image.cells.first(where: { $0.tag == tag })
    else { return true }
    let knowledge = transaction.knowledge
    return try cell.entries.allSatisfy { entry in
      try entry.heads.allSatisfy { knowledge.covers(try engine.writer($0.transaction)) }
    }
  }
}
