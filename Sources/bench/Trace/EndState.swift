import ClientCore
import Interchange
import Protocol
import Storage

/// The final list, as a multiset of entries: the trace's records have no ids there.
struct EndState {
  private var entries: [[Tag: Value]: Int] = [:]

  init(path: String) throws {
    for line in try EditTrace.lines(path) {
      guard case .object(let members) = line else {
        throw BenchError.wrongEnd("a line that is no object")
      }
      var entry: [Tag: Value] = [:]
      for (name, json) in members where name != "pos" {
        let field = name == "year" || name == "topic" ? "_\(name)" : name
        guard let tag = TraceModel.tags[field] else { throw BenchError.wrongEnd("field \(name)") }
        let value = TraceModel.value(json)
        if !value.isNull { entry[tag] = value }
      }
      entries[entry, default: 0] += 1
    }
  }

  /// Throws where a device shows anything else.
  func check(_ device: Device) throws {
    var records: [Record] = []
    try device.replica.database.read { engine in
      try engine.forEachRecord(TraceModel.entity) { record in
        records.append(record)
        return true
      }
    }
    try check(records)
  }

  /// Throws where these are not the final list.
  func check(_ records: [Record]) throws {
    var rest = entries
    for record in records {
      var entry: [Tag: Value] = [:]
      for (tag, value) in record.fields {
        if case .scalar(let scalar) = value { entry[tag] = scalar }
      }
      guard let count = rest[entry] else {
        throw BenchError.wrongEnd("record \(record.id.text) is not in the final list")
      }
      rest[entry] = count == 1 ? nil : count - 1
    }
    guard rest.isEmpty else { throw BenchError.wrongEnd("\(rest.count) entries are missing") }
  }
}
