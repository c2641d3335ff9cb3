import ArgumentParser
import CityModel
import ClientCore
import Console
import Foundation
import Interchange
import Protocol
import Storage

struct Dump: KaaiCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Prints everything visible as JSON lines, the same bytes wherever the state is the same.",
    discussion: "Example: kaai dump > gent.ndjson")

  func run(_ context: Context) async throws -> ExitStatus {
    try context.replica().database.read { engine in
      var dump = CanonicalDump(model: context.model)
      for entity in CanonicalDump.entities(of: context.model) {
        try engine.forEachRecord(entity.tag) {
          dump.add($0)
          return true
        }
      }
      for entry in try engine.conflicts() { dump.add(entry) }
      for line in dump.lines { Output.write(line + "\n") }
    }
    return .ok
  }
}

struct Import: KaaiCommand {
  static let configuration = CommandConfiguration(
    abstract: "Brings records in from a file; a second time changes nothing.",
    discussion: """
      Mappings: \(ImportMapping.allCases.map(\.rawValue).joined(separator: ", "))
      `sample` is the sample that comes with Kaai and needs no file: kaai import - --as sample

      Examples:
        kaai import bedrijvencentra-gent.geojson --as gent-business-centres --dry-run
        kaai import conferences-all.ndjson.gz --as conferences
      """)
  @Argument(help: "The file; - for none.") var file: String
  @Option(name: .customLong("as"), help: "How to read it.") var mapping: String
  @Flag(help: "Only say what would happen.") var dryRun = false

  func run(_ context: Context) async throws -> ExitStatus {
    guard let mapping = ImportMapping(rawValue: mapping) else {
      let names = ImportMapping.allCases.map(\.rawValue).joined(separator: ", ")
      throw Failure(
        .usage,
        context.say(
          "er is geen afbeelding “\(Terminal.quotable(mapping))”; wel: \(names).",
          "there is no mapping “\(Terminal.quotable(mapping))”; there are: \(names)."))
    }
    let bytes = mapping.needsFile ? try read(context) : []
    let replica = try context.replica()
    var progress = ProgressLine(language: context.language)
    let plan = try mapping.plan(
      bytes, model: context.model, existing: .of(replica.database, context.model))
    progress.tell(
      Label(nl: "\(plan.report.read) gelezen", en: "\(plan.report.read) read"))
    var transactions = 0
    if !dryRun { transactions = try save(plan, replica, context, &progress) }
    ImportReportOutput.write(
      plan.report, transactions: transactions, isDryRun: dryRun, to: context.output)
    return .ok
  }

  private func read(_ context: Context) throws -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: file) else {
      throw Failure(
        .error,
        context.say(
          "bestand \(Terminal.quotable(file)) kan niet gelezen worden: kijk de naam en de rechten na.",
          "file \(Terminal.quotable(file)) cannot be read: look at its name and rights."))
    }
    return [UInt8](data)
  }

  private func save(
    _ plan: ImportPlan, _ replica: Replica, _ context: Context, _ progress: inout ProgressLine
  ) throws -> Int {
    var writer = ImportWriter(model: context.model)
    var transactions = 0
    let label = "import \(plan.mapping) \(PlainText.instant(context.system.wallMilliseconds()))"
    // All of it or nothing, and one sync to disk.
    try replica.commitTogether { commit in
      var start = 0
      while start < plan.records.count {
        let end = min(start + ImportWriter.rowsPerTransaction, plan.records.count)
        try commit(label) { draft in
          for record in plan.records[start..<end] {
            let row = draft.newRow()
            for operation in try writer.operations(
              for: record, row: row, createdAt: draft.createdAt, user: draft.user)
            { try draft.apply(operation) }
          }
        }
        transactions += 1
        start = end
        progress.tell(
          Label(
            nl: "\(start) van \(plan.records.count) records bewaard",
            en: "\(start) of \(plan.records.count) records saved"))
      }
    }
    return transactions
  }
}
