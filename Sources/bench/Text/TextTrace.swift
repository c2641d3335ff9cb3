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

  /// Authors are ordered by name, or by number where they have none, which decides where two wrote at
  /// one place. A transaction without edits only brings together what it names.
  init(transactions: Any, _ json: [String: Any]) throws {
    end = try TextTrace.text(json, "end")
    guard let transactions = transactions as? [[String: Any]] else {
      throw BenchError.noTrace("txns is no list of objects")
    }
    let agents = transactions.compactMap { $0["a"] as? Int }
    guard agents.count == transactions.count, agents.allSatisfy({ (0..<1 << 20).contains($0) })
    else { throw BenchError.noTrace("a transaction without author") }
    let sites = Self.sites(json["names"] as? [String], count: (agents.max() ?? -1) + 1)
    var next = [Int](repeating: 0, count: sites.count)
    var heads: [Set<TextID>] = []
    var batches: [TextBatch] = []
    for (transaction, agent) in zip(transactions, agents) {
      guard let parents = transaction["p"] as? [Int], parents.allSatisfy(heads.indices.contains)
      else { throw BenchError.noTrace("a transaction without parents") }
      let known = parents.reduce(into: Set<TextID>()) { $0.formUnion(heads[$1]) }
      let batch = TextBatchBuilder(try TextTrace.edits(transaction["ops"]))
        .batch(site: sites[agent], sequence: next[agent], parents: .steps(known.sorted()))
      guard let batch else {
        heads.append(known)
        continue
      }
      next[agent] = batch.sequences.upperBound
      heads.append([TextID(site: batch.site, sequence: batch.sequences.upperBound - 1)])
      batches.append(batch)
    }
    self.batches = batches
  }

  private static func sites(_ names: [String]?, count: Int) -> [UInt32] {
    guard let names, names.count >= count else { return (0..<count).map { UInt32($0 + 1) } }
    let sorted = names.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
    return names.map { name in UInt32((sorted.firstIndex(of: name) ?? 0) + 1) }
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
