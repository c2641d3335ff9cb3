import Foundation
import Interchange
import Protocol

/// A recorded history of a text, in one of three forms.
enum TextTrace {
  case sequential(SequentialTrace)
  case concurrent(ConcurrentTrace)
  case fleet(FleetTrace)

  /// What is in a file of JSON, which may be packed with gzip.
  static func json(_ path: String) throws -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw BenchError.missingFile(path)
    }
    var limits = ReadingLimits()
    limits.fileBytes = mostBytes
    return try InputFile.unpacked([UInt8](data), limits: limits)
  }

  init(json bytes: [UInt8]) throws {
    guard let json = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any] else {
      throw BenchError.noTrace("it is no JSON object")
    }
    if let patches = json["patches"] {
      self = .sequential(try SequentialTrace(patches: patches, json))
    } else if let transactions = json["txns"] {
      self = .concurrent(try ConcurrentTrace(transactions: transactions, json))
    } else if let sites = json["sites"] {
      self = .fleet(try FleetTrace(sites: sites, json))
    } else {
      throw BenchError.noTrace("it has no patches, txns or sites")
    }
  }

  private static let mostBytes = 1 << 30

  /// A position, how many scalars go, and what comes.
  static func edit(_ json: Any) throws -> TextEdit {
    guard let parts = json as? [Any], parts.count == 3, let position = parts[0] as? Int,
      let deleted = parts[1] as? Int, let inserted = parts[2] as? String
    else { throw BenchError.noTrace("an edit is not [position, deleted, \"inserted\"]") }
    return TextEdit(at: position, deleting: deleted, inserting: inserted)
  }

  static func edits(_ json: Any?) throws -> [TextEdit] {
    guard let list = json as? [Any] else { throw BenchError.noTrace("edits are no list") }
    return try list.map { try edit($0) }
  }

  static func text(_ json: [String: Any], _ name: String) throws -> String {
    guard let text = json[name] as? String else {
      throw BenchError.noTrace("it has no text \"\(name)\"")
    }
    return text
  }
}

/// One author's edits, each of the text that the one before left.
struct SequentialTrace {
  /// What is inserted, one after the other, so that a replay allocates nothing that is not its own.
  private(set) var content: [UInt8] = []
  private(set) var edits: [(position: Int, deleted: Int, content: Range<Int>)] = []
  let end: String

  init(patches: Any, _ json: [String: Any]) throws {
    end = try TextTrace.text(json, "end")
    for edit in try TextTrace.edits(patches) {
      let start = content.count
      content.append(contentsOf: edit.inserted.utf8)
      edits.append((edit.position, edit.deleted, start..<content.count))
    }
  }
}

/// Transactions of several authors, each on top of the ones it names.
struct ConcurrentTrace {
  let batches: [TextBatch]
  let end: String

  /// Authors are ordered by name, which decides where two wrote at one place.
  init(transactions: Any, _ json: [String: Any]) throws {
    end = try TextTrace.text(json, "end")
    guard let transactions = transactions as? [[String: Any]],
      let names = json["names"] as? [String]
    else { throw BenchError.noTrace("txns and names are no lists") }
    let sites = names.map { name in UInt32(names.filter { $0 <= name }.count) }
    var next = [Int](repeating: 0, count: names.count)
    var lastSteps: [TextID?] = []
    var batches: [TextBatch] = []
    for transaction in transactions {
      guard let agent = transaction["a"] as? Int, names.indices.contains(agent),
        let parents = transaction["p"] as? [Int], parents.allSatisfy(lastSteps.indices.contains)
      else { throw BenchError.noTrace("a transaction without author and parents") }
      let known = parents.compactMap { lastSteps[$0] }.sorted()
      let batch = TextBatchBuilder(try TextTrace.edits(transaction["ops"]))
        .batch(site: sites[agent], sequence: next[agent], parents: .steps(known))
      guard let batch else { throw BenchError.noTrace("a transaction that does nothing") }
      next[agent] = batch.sequences.upperBound
      lastSteps.append(TextID(site: batch.site, sequence: batch.sequences.upperBound - 1))
      batches.append(batch)
    }
    self.batches = batches
  }
}

/// People who all begin with one text and write in sessions without a network.
struct FleetTrace {
  struct Site {
    let sessions: [[TextEdit]]
    let end: String
  }
  let base: String
  let sites: [Site]

  init(sites: Any, _ json: [String: Any]) throws {
    base = try TextTrace.text(json, "base")
    guard let sites = sites as? [[String: Any]] else { throw BenchError.noTrace("no sites") }
    self.sites = try sites.map { site in
      guard let sessions = site["sessions"] as? [Any] else {
        throw BenchError.noTrace("a site without sessions")
      }
      return Site(
        sessions: try sessions.map { try TextTrace.edits($0) }, end: try TextTrace.text(site, "end")
      )
    }
  }
}
