import Protocol

extension Engine {
  /// How many people wrote in each text of a row without knowing of each other, by the edits that are
  /// kept of it: fields in which it was at least two. Once everybody has a text, none are kept.
  public func textEditors(_ row: Int64) throws -> [Tag: Int] {
    var result: [Tag: Int] = [:]
    for tag in try textsWithEdits(row) {
      let people = Self.unaware(try textEvents(row, tag, try textWriters(row, tag))).count
      if people > 1 { result[tag] = people }
    }
    return result
  }

  private func textsWithEdits(_ row: Int64) throws -> [Tag] {
    let statement = try connection.statement(
      "SELECT tag FROM _text WHERE row = ? AND txn > 0 GROUP BY tag HAVING count(*) > 1")
    defer { statement.reset() }
    statement.bind(1, row)
    var tags: [Tag] = []
    while try statement.step() { tags.append(Tag(statement.int(0))) }
    return tags
  }

  /// The people of edits of which one did not know the other, of different people.
  private static func unaware(_ events: [TextEvent]) -> Set<Int64> {
    var sequences: [Int64: TransactionID] = [:]
    for event in events { sequences[event.writer.number] = event.writer.id }
    var known: [Int64: [UInt32: UInt32]] = [:]
    var people: Set<Int64> = []
    for (index, event) in events.enumerated() {
      // For each site the last edit that this one builds on, over all that those build on.
      var seen: [UInt32: UInt32] = [event.writer.id.site: event.writer.id.sequence]
      for parent in event.parents {
        seen.merge(known[parent] ?? [:], uniquingKeysWith: max)
        if let id = sequences[parent] { seen[id.site] = max(seen[id.site] ?? 0, id.sequence) }
      }
      known[event.writer.number] = seen
      for other in events[..<index]
      where other.writer.user != event.writer.user
        && other.writer.id.sequence > seen[other.writer.id.site] ?? 0
      {
        people.formUnion([other.writer.user, event.writer.user])
      }
    }
    return people
  }
}
