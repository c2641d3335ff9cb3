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
    var query = HistoryQuery(limit: try context.checked(limit: limit))
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
    return try await HTTPTransport.with(server: try ServerURL(identity.server)) {
      try await serverHistory(of: row, $0, identity.token)
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
            json.member("transaction", string: entry.head.id.text)
            json.member("user", string: entry.user)
            json.member("device", string: entry.device)
            json.member("at", string: PlainText.instant(entry.head.atMilliseconds))
            if !entry.head.label.isEmpty { json.member("label", string: entry.head.label) }
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
        let label = entry.head.label.isEmpty ? "" : "  [\(entry.head.label)]"
        let pending = entry.isPending ? context.say("  (te verzenden)", "  (pending)") : ""
        context.output.line(
          Terminal.safe(
            "\(entry.head.id.text)  \(context.time(entry.head.atMilliseconds))  "
              + "\(entry.user), \(entry.device)\(label)\(pending)"))
        let text = ChangeText(
          context.display(engine), titles: context.titles(engine, of: entry.record),
          values: entry.values)
        let lines = text.lines(entry.operations)
        for line in lines.prefix(shownChanges) { context.output.line("  " + line) }
        let more = lines.count - shownChanges
        if more > 0 {
          context.output.line("  " + context.say("en nog \(more)", "and \(more) more"))
        }
      }
    }
  }
}
