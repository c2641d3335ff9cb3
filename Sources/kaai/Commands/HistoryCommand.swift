import ArgumentParser
import ClientCore
import Console
import Interchange
import Protocol
import Storage
import Transport

struct HistoryCommand: KaaiCommand {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "Who changed what, newest first: old value, new value.",
    discussion: """
      Examples:
        kaai history
        kaai history WINTERCIRCUS --limit 10
        kaai history --user an --day 2026-10-20
        kaai history --device "Laptop B" --since 2026-10-01 --until 2026-10-20T12:00
        kaai history WINTERCIRCUS --from server
      """)
  @Argument(help: "A record with its parts; all without.") var id: String?
  @Option(help: "At most so many.") var limit: Int = 100
  @Option(help: "Only what this person did.") var user: String?
  @Option(help: "Only what was done on this device.") var device: String?
  @Option(help: "Only what was done on this day: 2026-10-20.") var day: String?
  @Option(help: "Only from a day or a time on.") var since: String?
  @Option(help: "Only before a time, or up to the end of a day.") var until: String?

  @Option(help: "laptop, or server: the whole history of one record, where there is a network.")
  var from: Source = .laptop

  enum Source: String, ExpressibleByArgument { case laptop, server }

  func validate() throws {
    if from == .server, id == nil {
      throw ValidationError(
        "--from server tells of one record: kaai history WINTERCIRCUS --from server.")
    }
    if day != nil, since != nil || until != nil {
      throw ValidationError("--day stands alone: without --since and --until.")
    }
  }

  func run(_ context: Context) async throws -> ExitStatus {
    let replica = try context.replica()
    guard limit >= 0 else {
      throw Failure(
        .usage, context.say("--limit is een getal vanaf 0.", "--limit is a number from 0."))
    }
    var query = HistoryQuery(limit: limit)
    query.user = user
    query.device = device
    if let day {
      let range = try context.day(day, "--day")
      (query.from, query.until) = (range.lowerBound, range.upperBound)
    }
    if let since { query.from = try context.time(since, "--since", \.lowerBound) }
    if let until { query.until = try context.time(until, "--until", \.upperBound) }
    query.row = try id.map { try context.row($0, replica) }
    var pages: [[UInt8]]?
    if from == .server, let row = query.row {
      pages = try await context.serverHistory(of: row, replica)
    }
    try HistoryOutput.write(try replica.history(query, pages: pages), context, replica)
    return .ok
  }
}

extension Context {
  /// Pages of the server's log about one record.
  func serverHistory(of row: RowID, _ replica: Replica) async throws -> [[UInt8]] {
    guard let identity = try replica.identity() else { throw ReplicaError.notEnrolled }
    let transport = HTTPTransport(server: try ServerURL(identity.server))
    do {
      let pages = try await serverHistory(of: row, transport, identity.token)
      await transport.close()
      return pages
    } catch {
      await transport.close()
      throw error
    }
  }

  private func serverHistory(
    of row: RowID, _ transport: HTTPTransport, _ token: String
  ) async throws -> [[UInt8]] {
    let limits = SyncLimits.standard
    var pages: [[UInt8]] = []
    var bytes = 0
    var after: Int64 = 0
    while true {
      let request = HistoryRequest(
        modelName: model.name, row: row, after: after, pageBytes: limits.pageBytes)
      let answer = try await transport.post(
        path: HTTPForm.historyPath, token: token, body: request.encoded)
      let response = try HistoryResponse(encoded: answer, limits: limits)
      if !response.page.isEmpty { pages.append(response.page) }
      bytes += response.page.count
      // What says that there is more and does not come on would never end.
      guard response.hasMore, response.through > after, bytes < Self.historyBytes else {
        return pages
      }
      after = response.through
    }
  }

  /// More of one record's history than this is not fetched.
  private static let historyBytes = 64 << 20
}

extension Context {
  /// A record by its id, whether it is there now or not, else by what it is called.
  func row(_ text: String, _ replica: Replica) throws -> RowID {
    if let row = RowID(text: text) { return row }
    return try replica.database.read { try find(text, $0).1 }
  }

  func day(_ text: String, _ option: String) throws -> Range<Int64> {
    guard let day = TimeText.day(text) else {
      throw Failure(
        .usage,
        say(
          "\(option): “\(Terminal.quotable(text))” is geen dag, bijvoorbeeld 2026-10-20.",
          "\(option): “\(Terminal.quotable(text))” is no day, for example 2026-10-20."))
    }
    return day
  }

  /// A time, or one end of a day.
  func time(_ text: String, _ option: String, _ end: KeyPath<Range<Int64>, Int64>) throws -> Int64 {
    if let time = TimeText.instant(text) { return time }
    if let day = TimeText.day(text) { return day[keyPath: end] }
    throw Failure(
      .usage,
      say(
        "\(option): “\(Terminal.quotable(text))” is geen tijd, bijvoorbeeld 2026-10-20T09:00 of 2026-10-20.",
        "\(option): “\(Terminal.quotable(text))” is no time, for example 2026-10-20T09:00 or 2026-10-20."
      ))
  }
}

/// Transactions with their changes.
enum HistoryOutput {
  /// How many changes of one transaction are printed; JSON has them all.
  private static let shownChanges = 20

  static func write(_ entries: [HistoryEntry], _ context: Context, _ replica: Replica) throws {
    context.output.json { json in
      json.array { json in
        for entry in entries {
          json.object { json in
            json.member("transaction", string: entry.id.text)
            json.member("user", string: entry.user)
            json.member("device", string: entry.device)
            json.member("at", string: PlainText.instant(entry.atMilliseconds))
            if !entry.label.isEmpty { json.member("label", string: entry.label) }
            json.member("pending", bool: entry.isPending)
            json.key("changes")
            ChangeJSON.write(
              entry.operations, model: context.model, values: entry.values, to: &json)
          }
        }
      }
    }
    if context.output.isJSON { return }
    try replica.database.read { engine in
      for entry in entries {
        let label = entry.label.isEmpty ? "" : "  [\(entry.label)]"
        let pending = entry.isPending ? context.say("  (te verzenden)", "  (pending)") : ""
        context.output.line(
          Terminal.safe(
            "\(entry.id.text)  \(context.time(entry.atMilliseconds))  "
              + "\(entry.user), \(entry.device)\(label)\(pending)"))
        let lines = ChangeMembers.lines(
          entry.operations, context, engine, values: entry.values, records: entry.record)
        for line in lines.prefix(shownChanges) { context.output.line("  " + line) }
        let more = lines.count - shownChanges
        if more > 0 {
          context.output.line("  " + context.say("en nog \(more)", "and \(more) more"))
        }
      }
    }
  }
}

/// The changes of a transaction: record, field, value.
enum ChangeMembers {
  /// What happened to a record as a whole.
  private static func life(_ kind: OperationKind) -> Label {
    switch kind {
    case .create: Label(nl: "gemaakt", en: "made")
    case .delete: Label(nl: "verwijderd", en: "deleted")
    case .keep: Label(nl: "behouden of teruggebracht", en: "kept or brought back")
    default: Label(nl: "gewijzigd", en: "changed")
    }
  }

  static func lines(
    _ operations: [Operation], _ context: Context, _ engine: Engine,
    values: ChangeJSON.Values = { _, _ in nil }, records: (RowID) -> Record? = { _ in nil }
  ) -> [String] {
    let display = context.display(engine)
    return operations.flatMap { operation -> [String] in
      guard let entity = context.model.entity(tag: operation.entity) else { return [] }
      let title: String
      // A title that cannot be read is only not shown.
      title =
        (try? engine.title(entity, operation.row))
        ?? records(operation.row).flatMap(entity.title) ?? operation.row.text
      let head = "\(entity.label.text(in: context.language)) \(title)"
      if operation.tags.isEmpty {
        return [Terminal.safe("\(head): \(life(operation.kind).text(in: context.language))")]
      }
      return zip(operation.tags, operation.tags.indices).map { tag, index in
        let field = entity.field(tag: tag)
        let name = field?.label.text(in: context.language) ?? "#\(tag)"
        let past = values(operation.row, tag)
        if operation.kind == .edit, let past {
          return Terminal.safe("\(head): \(name) \(words(past.before, past.after))")
        }
        var type = field?.type ?? .string()
        if case .set(let element) = type { type = element }
        var value = operation.values[index]
        if case .map(_, let inner) = type {
          type = inner
          value = operation.values.last ?? .null
        }
        if operation.kind == .edit { value = ChangeJSON.inserted(operation) }
        let sign: String =
          switch operation.kind {
          case .add, .edit: "+ "
          case .remove, .drop: "- "
          case .increment, .bump: "+= "
          default: ""
          }
        var text = "\(head): \(name) \(sign)\(display.text(value, type: type))"
        if operation.kind == .write, let past {
          text = "\(head): \(name) "
          if case .scalar(let old)? = past.before, !old.isNull {
            text += "\(display.text(old, type: type)) → "
          }
          text += value.isNull ? context.say("leeg", "empty") : display.text(value, type: type)
          if past.after != .scalar(value), !(past.after == nil && value.isNull) {
            text += context.say("  (niet getoond)", "  (not shown)")
          }
        }
        return Terminal.safe(text)
      }
    }
  }

  /// The places of a text that changed, with a little around each: [-what went-]{+what came+}.
  private static func words(_ before: FieldValue?, _ after: FieldValue?) -> String {
    func text(_ value: FieldValue?) -> String {
      if case .scalar(let value)? = value { return value.textValue ?? "" }
      return ""
    }
    var buffer = TextBuffer(text(before))
    var pieces: [String] = []
    for piece in TextPieces.pieces(from: before, to: after) {
      let start = piece.edit.position
      let context = buffer.text(from: max(0, start - around), to: start)
      let end = start + piece.edit.deleted
      let behind = buffer.text(from: end, to: min(buffer.count, end + around))
      var shown = (start > around ? "…" : "") + context
      if !piece.removed.isEmpty { shown += "[-\(piece.removed)-]" }
      if !piece.edit.inserted.isEmpty { shown += "{+\(piece.edit.inserted)+}" }
      shown += behind + (end + around < buffer.count ? "…" : "")
      pieces.append(shown)
      buffer.replace(at: start, deleting: piece.edit.deleted, with: piece.edit.inserted)
    }
    return pieces.joined(separator: "  ").replacing("\n", with: "⏎")
  }

  private static let around = 20
}
