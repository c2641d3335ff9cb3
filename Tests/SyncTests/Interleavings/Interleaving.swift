import ClientCore
import Foundation
import Protocol
import ServerApp
import Storage
import Testing

private typealias M = SmallModel

/// A small history of three sites: what all have seen, what only the third has seen of the first's
/// work, and then what each writes apart.
struct SmallHistory: Sendable, CustomTestStringConvertible {
  let name: String
  /// The company's values when it is made by the first site.
  var made: [(Tag, Value)] = [(M.name, "made")]
  /// By the first site, seen by all.
  var known: [Operation] = []
  /// By the first site, seen by the third and not by the second.
  var half: [Operation] = []
  /// One transaction each, made without a network.
  let apart: [[[Operation]]]
  var testDescription: String { name }

  /// The ids that the first site's first rows will have are known before it is made: tests use these
  /// and the rows are renamed when the history is laid out.
  static let company = RowID(site: 1, counter: 1)
  static let item = RowID(site: 1, counter: 2)
  static let fresh = RowID(site: 1, counter: 3)
  /// Stands for the seat of its company that its content names.
  static let seat = RowID(1 << 62 | 1)
}

/// A history laid out once: a server and three replicas in files, each with its transactions saved
/// and none of the concurrent ones sent.
final class LaidOutHistory {
  private let world: World
  private static let names = ["A", "B", "C"]
  private let systems: [ScriptedSystem]
  let counts: [Int]

  init(_ history: SmallHistory) throws {
    var limits = SyncLimits.standard
    // One transaction an upload, one a page.
    limits.smallestPageBytes = 1
    limits.pageBytes = 1
    world = try World(limits: limits)
    let world = world
    let devices = try Self.names.map { try world.device($0) }
    systems = devices.map(\.system)
    counts = history.apart.map(\.count)
    let company = try devices[0].create(M.company, history.made)
    let item = try devices[0].create(M.item, [(M.label, "badge"), (M.owner, .int(company.raw))])
    func placed(_ operation: Operation, _ device: Int) throws -> Operation {
      let site = try devices[device].replica.identity()?.site ?? 0
      func id(_ row: RowID) -> RowID {
        switch row {
        case SmallHistory.seat:
          SmallModel.model.entity(tag: M.seat)?.derivedID(
            tags: [M.seatOf, M.guest], values: [.int(company.raw), "Mia"]) ?? row
        case SmallHistory.company: company
        case SmallHistory.item: item
        case SmallHistory.fresh: RowID(site: site, counter: 900)
        default: row
        }
      }
      return Operation(
        operation.kind, entity: operation.entity, row: id(operation.row), tags: operation.tags,
        values: operation.values.map {
          $0 == .int(SmallHistory.company.raw) ? .int(company.raw) : $0
        })
    }
    func save(_ operations: [Operation], _ device: Int) throws {
      if operations.isEmpty { return }
      world.advance(1_000, devices[0], devices[1], devices[2])
      try devices[device].replica.commit { draft in
        for operation in operations { try draft.apply(try placed(operation, device)) }
      }
    }
    try save(history.known, 0)
    try devices[0].sync()
    try devices[1].sync()
    try save(history.half, 0)
    try devices[0].sync()
    try devices[2].sync()
    // In turns, so that stamps of the sites interleave too.
    for round in 0..<(history.apart.map(\.count).max() ?? 0) {
      for (device, saves) in history.apart.enumerated() where round < saves.count {
        try save(saves[round], device)
      }
    }
    for device in devices { try device.replica.close() }
    try world.store.database.close()
  }

  /// Sends the transactions in this order of sites, and lets all have everything.
  func result(of order: [Int]) throws -> Outcome {
    let copy = try World(copying: world)
    let devices = try Self.names.enumerated().map { index, name in
      Device(
        name: name,
        replica: try Replica(
          path: copy.folder.appendingPathComponent("\(name).sqlite").path, model: copy.model,
          system: systems[index], limits: copy.limits, create: false),
        system: systems[index], world: copy)
    }
    var sessions = try devices.map { try SyncSession($0.replica) }
    for site in order {
      if let answer = try devices[site].exchange(&sessions[site]) {
        try sessions[site].receive(answer)
      }
    }
    var problems: [String] = []
    // The server has all transactions by now, so each has everything after one sync.
    for device in devices {
      if try device.sync().agrees != true { problems.append("\(device.name): digests differ") }
    }
    let dump = try copy.dump()
    for device in devices where try device.dump() != dump {
      problems.append("\(device.name) shows something else than the server")
    }
    problems += try copy.checkInvariants() + devices.flatMap { try $0.checkInvariants() }
    let report = try copy.store.verify()
    let refused = try copy.store.quarantine()
    problems += report.problems + refused.map { "\($0.id.text) refused: \($0.reason)" }
    let rows = try copy.store.database.write { engine in
      (try SlowModel(engine).rows, try SlowModel.rows(of: engine))
    }
    if rows.0 != rows.1 { problems.append("the model says \(rows.0), the server \(rows.1)") }
    try copy.store.database.close()
    for device in devices { try device.replica.close() }
    return Outcome(dump: dump, digest: report.digest, problems: problems)
  }

  struct Outcome {
    let dump: String
    let digest: UInt64
    let problems: [String]
  }

  /// Every order that respects each site's own.
  static func orders(_ counts: [Int]) -> [[Int]] {
    if counts.allSatisfy({ $0 == 0 }) { return [[]] }
    var result: [[Int]] = []
    for site in counts.indices where counts[site] > 0 {
      var rest = counts
      rest[site] -= 1
      result += orders(rest).map { [site] + $0 }
    }
    return result
  }
}
