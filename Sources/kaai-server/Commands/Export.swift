import ArgumentParser
import Console
import Interchange
import Protocol
import ServerApp

struct Export: ServerCommand {
  static let configuration = CommandConfiguration(
    abstract: "Prints all records of one entity.",
    discussion: """
      csv: RFC 4180 in UTF-8; a group is a column a part (`period.start`), a set its elements with
      commas (a comma inside one is `\\,`), a map a JSON object. jsonl: one object a line.
      Example: kaai-server export hub --format csv > hubs.csv
      """)
  @Argument(help: "hub, organisation, event, ...") var entity: String
  @Option(help: "csv or jsonl.") var format: String
  @Option(help: "Only what this person may read.") var user: String?

  func run(_ context: Context) async throws -> ExitStatus {
    let entity = try context.entity(entity)
    let format = try chosen(context)
    let store = try context.store()
    let account = try user.map { try context.account($0, in: store) }
    try store.read(as: account) { reader in
      var lines = LineBuffer()
      let table = CSVExport(entity)
      if format == .csv { lines.append(table.header) }
      try reader.forEachRecord(of: entity) { record in
        switch format {
        case .csv: lines.append(table.line(record))
        case .jsonl: lines.append(RecordLine.json(record, entity) + "\n")
        }
        return true
      }
      lines.flush()
    }
    return .ok
  }

  private enum Format: String { case csv, jsonl }

  private func chosen(_ context: Context) throws -> Format {
    if let format = Format(rawValue: format) { return format }
    throw Failure(
      .usage,
      context.say("--format is csv of jsonl.", "--format is csv or jsonl."))
  }
}

/// A record as one JSON object: `{id, entity, fields}`.
enum RecordLine {
  static func json(_ record: Record, _ entity: Entity) -> String {
    var json = JSONText()
    json.object { json in
      json.member("id", string: record.id.text)
      json.member("entity", string: entity.name)
      json.key("fields")
      RecordFields.write(record, entity, to: &json)
    }
    return json.text
  }
}

/// Gathers lines, so that a long output is not a system call a line.
struct LineBuffer {
  private var text = ""
  private static let byteCount = 1 << 16

  mutating func append(_ line: String) {
    text += line
    if text.utf8.count >= Self.byteCount { flush() }
  }

  mutating func flush() {
    if !text.isEmpty { Output.write(text) }
    text = ""
  }
}
