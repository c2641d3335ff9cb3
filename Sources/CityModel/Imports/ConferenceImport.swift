import Interchange
import Protocol

/// Technology conferences of the world from JSON lines, as confs.tech collects them.
///
/// One conference stands under several topics: entries with the same name, start and city are one
/// event whose tags are all their topics. Days are whole days. Listed with dates, they count as
/// confirmed; whether they took place is not in the file.
enum ConferenceImport {
  static func fill(_ builder: inout ImportBuilder, _ file: JSONLines) throws {
    for (key, entries) in grouped(file.entries) {
      guard let first = entries.first else { continue }
      try builder.add(entity: "event", key: key, line: first.line) { event in
        fill(&event, entries.map(\.value))
      }
      for entry in entries.dropFirst() { builder.join(line: entry.line) }
    }
  }

  /// The entries of each event, in the order of their first.
  private static func grouped(_ entries: [JSONLines.Entry]) -> [(String, [JSONLines.Entry])] {
    var order: [String] = []
    var groups: [String: [JSONLines.Entry]] = [:]
    for entry in entries {
      let key = key(entry.value)
      if groups[key] == nil { order.append(key) }
      groups[key, default: []].append(entry)
    }
    return order.map { ($0, groups[$0] ?? []) }
  }

  private static func key(_ conference: JSONValue) -> String {
    let parts = ["startDate", "name", "city"].map { conference[$0]?.text?.kept ?? "" }
    return "conferences:\(parts.joined(separator: "/"))"
  }

  /// What later entries add: a value that the first lacks, and their topics.
  private static func fill(_ event: inout RecordDraft, _ entries: [JSONValue]) {
    func text(_ member: String) -> String? { entries.lazy.compactMap { $0[member]?.text }.first }
    event.put("title", text("name"))
    event.put("kind", "conference")
    event.put("status", "confirmed")
    event.putDays(start: text("startDate"), end: text("endDate"))
    // New events begin in Ghent; a conference without a city is nowhere, or only online.
    event.leaveEmpty("city")
    event.leaveEmpty("country")
    event.put("city", text("city"))
    putCountry(text("country"), into: &event)
    if let online = entries.lazy.compactMap({ $0["online"]?.bool }).first {
      event.put("online", online ? "true" : "false")
    }
    event.put("website", text("url"))
    event.put("cfpUntil", text("cfpEndDate"))
    event.putSet("tags", entries.compactMap { $0["topic"]?.text })
    event.put("source", "tech-conferences/conference-data")
  }

  private static func putCountry(_ name: String?, into event: inout RecordDraft) {
    guard let name else { return }
    guard let code = CountryNames.code(name) else {
      event.skipped(
        "country", reason: "unknown-country",
        Label(
          nl: "land “\(Terminal.quotable(name))” heeft geen ISO-code en is weggelaten",
          en: "country “\(Terminal.quotable(name))” has no ISO code and was left out"))
      return
    }
    event.put("country", code)
  }
}
