import Protocol
import Storage

/// What was taken away of a text.
public struct ErasureReport: Sendable, Equatable {
  /// In how many places of the text as it stood.
  public let places: Int
  /// How many transactions of the log held something of the text.
  public let transactions: Int
}

extension SQLiteServerStore {
  public func find(_ text: String) throws -> LookupResult {
    try database.read { try $0.find(text) }
  }

  public func isDeleted(_ row: RowID) throws -> Bool {
    try database.read { try $0.grave(row.raw) != nil }
  }

  /// Takes a stretch out of a text for good, and with it all that the text ever held and does not show:
  /// from the log, from what waits in quarantine, and, by a transaction of the server's own, from every
  /// device. What devices have not sent yet stays theirs.
  ///
  /// A backup that was made before holds it still.
  ///
  /// - Parameter stretch: what is taken out of the text as it stands, in whole characters; empty for
  ///   what it does not show any more alone.
  /// - Throws: `AdminError` where there is no such record, the field is no text, or the stretch is not in
  ///   it: then nothing is taken away.
  public func erase(_ stretch: String, from field: Field, of entity: Entity, _ row: RowID) throws
    -> ErasureReport
  {
    let erasure = Erasure(entity: entity.tag, row: row, tag: field.tag)
    guard field.kind == .text else { throw AdminError.notText(field.name) }
    let report = try database.write { engine in
      guard let record = try engine.record(entity.tag, row) else {
        throw AdminError.unknownRecord(row.text)
      }
      let holders = try engine.holders(of: erasure)
      let text = record.fields[field.tag].text
      let edits = Self.removals(of: stretch, in: text)
      if edits.isEmpty, !stretch.isEmpty { throw AdminError.notInText(stretch) }
      try commit(engine, label: "erase") { draft in
        if let change = TextChange(edits) {
          try draft.apply(.edit(entity.tag, row, field.tag, change))
        }
        try draft.apply(.erase(entity.tag, row, field.tag, shown: edits.applied(to: text)))
      }
      return ErasureReport(places: edits.count, transactions: holders)
    }
    try database.tidy()
    return report
  }

  /// Each edit in the text that the ones before it left.
  private static func removals(of stretch: String, in text: String) -> [TextEdit] {
    var edits: [TextEdit] = []
    var position = 0
    var rest = text[...]
    while !stretch.isEmpty, let character = rest.first {
      // Whole characters, and scalar by scalar: two spellings are two texts.
      let candidate = rest.prefix(stretch.count)
      if candidate.unicodeScalars.elementsEqual(stretch.unicodeScalars) {
        edits.append(TextEdit(at: position, deleting: candidate.unicodeScalars.count))
        rest = rest.dropFirst(stretch.count)
      } else {
        position += character.unicodeScalars.count
        rest = rest.dropFirst()
      }
    }
    return edits
  }
}

extension Engine {
  /// Does what operations of an accepted transaction say of the past of texts.
  func erase(_ operations: [Operation], before position: Int64) throws {
    for erasure in operations.compactMap({ Erasure($0) }) {
      try forEachHolder(of: erasure) { stored in
        guard stored.number < position else { return }
        let body = try erasure.blanked(body: stored.body)
        let extra = try Effects(encoded: stored.extra).blanked(erasure, stored)
        if body == nil, extra == nil { return }
        try blank(stored.number, body: body ?? stored.body, extra: extra?.encoded)
      }
      try noteErased()
      try blankQuarantined(erasure)
      try blankEdits(erasure)
    }
  }

  fileprivate func holders(of erasure: Erasure) throws -> Int {
    var count = 0
    try forEachHolder(of: erasure) { stored in
      let operations = try stored.decodedOperations()
      if try operations.contains(where: { try erasure.blanked($0) != nil }) { count += 1 }
    }
    return count
  }

  private func forEachHolder(
    of erasure: Erasure, _ body: (StoredTransaction) throws -> Void
  ) throws {
    var last: Int64 = 0
    while true {
      let portion = try transactions(touching: [erasure.row.raw], after: last)
      guard let next = portion.last else { return }
      for stored in portion { try body(stored) }
      last = next.number
    }
  }
}

extension Effects {
  /// The effects of a transaction without what they say of a text; nil where they say nothing of it.
  fileprivate func blanked(_ erasure: Erasure, _ stored: StoredTransaction) throws -> Effects? {
    var copy = self
    for (index, operation) in try stored.decodedOperations().enumerated() {
      guard let results = results[index], try erasure.blanked(operation) != nil else { continue }
      copy.results[index] = Erasure.blanked(results)
    }
    copy.extras = try extras.map { extra in
      guard extra.kind == .image, extra.entity == erasure.entity, extra.row == erasure.row,
        let image = erasure.blanked(try RowImage(encoded: extra.image))
      else { return extra }
      return Extra(
        kind: extra.kind, entity: extra.entity, row: extra.row, audience: extra.audience,
        image: image.encoded)
    }
    return copy == self ? nil : copy
  }
}
