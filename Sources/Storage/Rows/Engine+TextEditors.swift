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
    // For each transaction the last edit of each site that it builds on, its own among them.
    var known: [Int64: [UInt32: UInt32]] = [:]
    // A site is one person's, and knows its own: its last edit speaks for those before.
    var last: [UInt32: Writer] = [:]
    var people: Set<Int64> = []
    for event in events {
      let writer = event.writer
      var seen = [writer.id.site: writer.id.sequence]
      for parent in event.parents { seen.merge(known[parent] ?? [:], uniquingKeysWith: max) }
      known[writer.number] = seen
      for (site, other) in last
      where other.user != writer.user && other.id.sequence > seen[site] ?? 0 {
        people.formUnion([other.user, writer.user])
      }
      last[writer.id.site] = writer
    }
    return people
  }
}
