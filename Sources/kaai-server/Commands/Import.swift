import ArgumentParser
import CityModel
import Console
import Foundation
import Interchange
import Protocol
import ServerApp
import Storage

struct Import: ServerCommand {
  static let configuration = CommandConfiguration(
    abstract: "Brings records in from a file; a second time changes nothing.",
    discussion: """
      Mappings: \(ImportMapping.allCases.map(\.rawValue).joined(separator: ", "))
      `sample` is the sample that comes with Kaai and needs no file: kaai-server import - --as sample
      Example: kaai-server import bedrijvencentra-gent.geojson --as gent-business-centres --dry-run
      """)
  @Argument(help: "The file; - for none.") var file: String
  @Option(name: .customLong("as"), help: "How to read it.") var mapping: String
  @Flag(help: "Only say what would happen.") var dryRun = false

  func run(_ context: Context) async throws -> ExitStatus {
    let mapping = try chosen(context)
    let bytes = mapping.needsFile ? try read(context) : []
    let store = try context.store()
    let plan = try store.read(as: nil) { reader in
      try mapping.plan(bytes, model: context.model, existing: .of(reader, context.model))
    }
    let transactions = dryRun ? 0 : try save(plan, store, context)
    ImportReportOutput.write(
      plan.report, transactions: transactions, isDryRun: dryRun, to: context.output)
    return .ok
  }

  private func chosen(_ context: Context) throws -> ImportMapping {
    if let mapping = ImportMapping(rawValue: mapping) { return mapping }
    let names = ImportMapping.allCases.map(\.rawValue).joined(separator: ", ")
    throw Failure(
      .usage,
      context.say(
        "er is geen afbeelding “\(Terminal.quotable(mapping))”; wel: \(names).",
        "there is no mapping “\(Terminal.quotable(mapping))”; there are: \(names)."))
  }

  /// The reader of the file bounds what it takes; here only a folder and what is not there matter.
  private func read(_ context: Context) throws -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: file) else {
      throw Failure(
        .error,
        context.say(
          "bestand \(Terminal.quotable(file)) kan niet gelezen worden: kijk naam en rechten na.",
          "file \(Terminal.quotable(file)) cannot be read: look at its name and rights."))
    }
    return [UInt8](data)
  }

  /// Other writers get their turn between two transactions. Where the import is cut short, the same
  /// command again recognises what is there and brings the rest.
  private func save(_ plan: ImportPlan, _ store: any ServerStore, _ context: Context) throws -> Int
  {
    var writer = ImportWriter(model: context.model)
    let label = "import \(plan.mapping) \(PlainText.instant(context.system.wallMilliseconds()))"
    var transactions = 0
    var rest = plan.records[...]
    while !rest.isEmpty {
      try store.commit(label: label) { draft in
        for record in rest.prefix(ImportWriter.rowsPerTransaction) {
          let operations = try writer.operations(
            for: record, row: draft.newRow(), createdAt: draft.createdAt, user: RowID(0))
          for operation in operations { try draft.apply(operation) }
        }
      }
      rest = rest.dropFirst(ImportWriter.rowsPerTransaction)
      transactions += 1
    }
    return transactions
  }
}

extension ExistingRecords {
  /// What an import may know of the records of a store.
  static func of(_ reader: any StoreReader, _ model: Model) -> ExistingRecords {
    // A plan asks on the thread and during the call that the reader is good for.
    nonisolated(unsafe) let reader = reader
    return ExistingRecords(
      find: { name, field, value in
        guard let entity = model.entity(named: name) else { return [] }
        return try reader.records(of: entity, where: field, equals: value).map {
          ExistingRecord($0, entity)
        }
      },
      all: { name in
        guard let entity = model.entity(named: name) else { return [] }
        var result: [ExistingRecord] = []
        try reader.forEachRecord(of: entity) { record in
          result.append(ExistingRecord(record, entity))
          return true
        }
        return result
      })
  }
}
