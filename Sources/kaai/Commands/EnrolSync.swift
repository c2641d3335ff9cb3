import ArgumentParser
import ClientCore
import Console
import Foundation
import Interchange
import Protocol
import Storage
import Transport

struct Enrol: KaaiCommand {
  static let configuration = CommandConfiguration(
    abstract: "Ties this laptop to a server with a one-time code.",
    discussion: "Example: kaai enrol http://kaai.example:8080 7K2M-9QXF-0ABC --name \"Laptop A\"")
  @Argument(help: "The server's address.") var url: String
  @Argument(help: "The code that an admin gave; good for 15 minutes, once.") var code: String
  @Option(help: "What others see this device called.") var name: String = ""
  private static let nameLength = 120

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }

  func run(_ context: Context) async throws -> ExitStatus {
    let server = try ServerURL(url)
    let name = GlobalOptions.typed(name)
    guard name.count <= Self.nameLength, name.utf8.count <= SyncLimits.standard.nameBytes,
      !name.unicodeScalars.contains(where: Self.isControl)
    else {
      throw Failure(
        .usage,
        context.say(
          "--name is één regel van hoogstens \(Self.nameLength) tekens, zoals “Laptop A”.",
          "--name is one line of at most \(Self.nameLength) characters, such as “Laptop A”."))
    }
    try context.prepareEnrolment()
    let request = EnrolRequest(
      code: code, deviceName: name, modelName: context.model.name)
    let answer = try await HTTPTransport.with(server: server) {
      try await $0.post(path: HTTPForm.enrolPath, token: nil, body: request.encoded)
    }
    let response = try EnrolResponse(encoded: answer, limits: .standard)
    do {
      try context.newReplica().enrol(response, server: server.description)
    } catch let error as StorageError {
      throw Failure(
        .error,
        error.sentence.text(in: context.language)
          + context.say(
            " De code is wel gebruikt: vraag een nieuwe.", " The code was used: ask for a new one.")
      )
    }
    context.output.emptyJSON()
    let user = Terminal.safe(response.userName)
    let device = Terminal.safe(response.deviceName)
    context.output.line(
      Label(
        nl: "Aangemeld als \(user) op \(device). Haal nu de gegevens op met: kaai sync",
        en: "Enrolled as \(user) on \(device). Now fetch the data with: kaai sync"))
    return .ok
  }
}

struct Sync: KaaiCommand {
  static let configuration = CommandConfiguration(
    abstract: "Sends what is pending, fetches what is new, checks that both sides agree.",
    discussion: """
      Ends with the first that applies of 7 (program too old), 4 (revoked), 3 (no server), 1 (error), \
      6 (changes not accepted), 8 (clock moved), 5 (conflicts open, with --strict).

      Examples:
        kaai sync
        kaai sync --strict    ends with 5 while conflicts are open
        kaai sync --full      loads everything anew
      """)
  @Flag(help: "Load everything anew; what is pending stays.") var full = false
  @Flag(help: "End with code 5 while conflicts are open.") var strict = false

  func run(_ context: Context) async throws -> ExitStatus {
    let replica = try context.replica()
    guard let identity = try replica.identity() else { throw ReplicaError.notEnrolled }
    let (summary, traffic) = try await HTTPTransport.with(server: try ServerURL(identity.server)) {
      (try await exchange(replica, identity, $0, context), $0.traffic)
    }
    return try finish(summary, traffic, replica, context)
  }

  private func exchange(
    _ replica: Replica, _ identity: Identity, _ transport: HTTPTransport, _ context: Context
  ) async throws -> SyncSession.Summary {
    var session = try SyncSession(replica, full: full)
    var failures = 0
    var progress = ProgressLine(language: context.language)
    while let body = try session.nextRequest() {
      do {
        // A copy of a replica gets a site and a token of its own on the way.
        let token = try replica.identity()?.token ?? identity.token
        let answer = try await transport.post(path: HTTPForm.syncPath, token: token, body: body)
        try session.receive(answer)
        failures = 0
      } catch let error as TransportError where error == .cut || error == .timedOut {
        // The link bears less than was asked of it: smaller pieces, a little later.
        failures += 1
        guard failures <= 8 else { throw error }
        try session.linkBroke()
        let wait = Double.random(in: 0.5...1) * 0.2 * Double(1 << min(failures, 5))
        Output.note(
          context.say(
            "De verbinding brak; opnieuw over \(String(format: "%.1f", wait)) s.",
            "The connection broke; again in \(String(format: "%.1f", wait)) s."))
        try await Task.sleep(for: .seconds(wait))
      } catch let error as TransportError {
        // Halved each time, so that this ends.
        guard case .tooMuch = error, try session.tooMuchAsked() else { throw error }
        Output.note(
          context.say(
            "De server neemt niet zoveel tegelijk; opnieuw met kleinere stukken.",
            "The server does not take so much at once; again in smaller pieces."))
      }
      let (received, merged) = (session.summary.received, session.summary.merged)
      if received + merged > 0 {
        progress.tell(
          Label(
            nl: "\(received) bladzijden ontvangen, \(merged) wijzigingen aanvaard",
            en: "\(received) pages received, \(merged) changes accepted"))
      }
    }
    return session.summary
  }

  private func finish(
    _ summary: SyncSession.Summary, _ traffic: Traffic, _ replica: Replica, _ context: Context
  ) throws -> ExitStatus {
    let status = try replica.status()
    context.output.json { json in
      json.object { json in
        json.member("sent", integer: Int64(summary.merged + summary.refused))
        json.member("merged", integer: Int64(summary.merged))
        json.member("rejected", integer: Int64(summary.refused))
        json.member("moved", integer: Int64(summary.moved))
        json.member("returned", integer: Int64(summary.returned))
        json.member("newSite", bool: summary.isCopy)
        json.member("rounds", integer: Int64(summary.rounds))
        json.member("bytesUp", integer: Int64(traffic.upByteCount))
        json.member("bytesDown", integer: Int64(traffic.downByteCount))
        json.member("pending", integer: Int64(status.pending))
        json.member("conflicts", integer: Int64(status.conflicts))
        json.member("inSync", bool: status.isInSync)
      }
    }
    let sent = summary.merged + summary.refused
    context.output.line(
      Label(
        nl: "\(sent) verzonden, \(summary.refused) niet aanvaard; "
          + "\(traffic.upByteCount) bytes heen, \(traffic.downByteCount) terug.",
        en: "\(sent) sent, \(summary.refused) not accepted; "
          + "\(traffic.upByteCount) bytes up, \(traffic.downByteCount) down."))
    if summary.isCopy {
      context.output.line(
        Label(
          nl: "Een andere kopie van deze gegevens synchroniseerde al; deze gaat verder onder een "
            + "eigen nummer. Er ging niets verloren.",
          en: "Another copy of this data has synced before; this one goes on under a number of its "
            + "own. Nothing was lost."))
    }
    if summary.returned > 0 {
      context.output.line(
        Label(
          nl:
            "De server was teruggezet uit een reservekopie; \(summary.returned) wijzigingen werden "
            + "aangeboden.",
          en:
            "The server had been put back from a backup; \(summary.returned) changes were offered "
            + "to it."))
    }
    if summary.agrees == false {
      throw Failure(
        .error,
        context.say(
          "de controlesommen verschillen; `kaai sync --full` laadt alles opnieuw. Er is niets verloren.",
          "the digests differ; `kaai sync --full` loads everything anew. Nothing is lost."))
    }
    if status.isInSync {
      context.output.line(
        Label(nl: "Beide kanten zijn gelijk.", en: "Both sides agree."))
    }
    if let offset = ClockText(status.clockOffsetMilliseconds) {
      context.output.line(
        Label(
          nl: "De klok van deze laptop loopt \(offset.label.nl). Zet de klok goed.",
          en: "This laptop's clock is \(offset.label.en). Set the clock right."))
    }
    if summary.moved > 0 {
      context.output.line(
        summary.moved,
        one: Label(
          nl: "wijziging kreeg een ander tijdstip: ze werd bewaard terwijl de klok verkeerd stond.",
          en: "change got another time: it was saved while the clock was wrong."),
        other: Label(
          nl: "wijzigingen kregen een ander tijdstip: ze werden bewaard terwijl de klok verkeerd "
            + "stond.",
          en: "changes got another time: they were saved while the clock was wrong."))
    }
    if summary.refused > 0 {
      context.output.line(
        summary.refused,
        one: Label(
          nl: "wijziging werd niet aanvaard: kaai rejected toont ze.",
          en: "change was not accepted: kaai rejected shows it."),
        other: Label(
          nl: "wijzigingen werden niet aanvaard: kaai rejected toont ze.",
          en: "changes were not accepted: kaai rejected shows them."))
      return .notAccepted
    }
    if summary.moved > 0 { return .clockMoved }
    if status.conflicts > 0 {
      context.output.line(
        status.conflicts,
        one: Label(
          nl: "conflict staat open: kaai conflicts toont het.",
          en: "conflict is open: kaai conflicts shows it."),
        other: Label(
          nl: "conflicten staan open: kaai conflicts toont ze.",
          en: "conflicts are open: kaai conflicts shows them."))
      if strict { return .conflictsOpen }
    }
    return .ok
  }
}

struct Status: KaaiCommand {
  static let configuration = CommandConfiguration(
    abstract: "What is pending, what is open, and whether both sides agreed; needs no network.",
    discussion: "Example: kaai status --json")

  func run(_ context: Context) async throws -> ExitStatus {
    let status = try context.replica().status()
    context.output.json { json in
      json.object { json in
        json.member("site", string: String(status.site))
        json.member("user", string: status.user)
        json.member("server", string: status.server)
        json.member("epoch", string: String(status.cursor.epoch))
        json.member("cursor", string: String(status.cursor.position))
        json.member("pending", integer: Int64(status.pending))
        json.member("conflicts", integer: Int64(status.conflicts))
        json.member("rejected", integer: Int64(status.rejected))
        if let last = status.lastSyncMilliseconds {
          json.member("lastSync", string: PlainText.instant(last))
        }
        json.member("digest", string: hex(status.digest))
        if let digest = status.serverDigest { json.member("serverDigest", string: hex(digest)) }
        json.member("inSync", bool: status.isInSync)
        json.member("clockOffsetMs", integer: status.clockOffsetMilliseconds)
      }
    }
    let say = context.say
    var lines = [
      (say("Gebruiker", "User"), status.user), (say("Toestel", "Device"), status.device),
      (say("Server", "Server"), status.server),
      (say("Te verzenden", "Pending"), String(status.pending)),
      (say("Conflicten", "Conflicts"), String(status.conflicts)),
      (say("Niet aanvaard", "Not accepted"), String(status.rejected)),
      (
        say("Laatste sync", "Last sync"),
        status.lastSyncMilliseconds.map(context.time) ?? say("nooit", "never")
      ),
      (
        say("Gelijk met server", "In sync"), status.isInSync ? say("ja", "yes") : say("nee", "no")
      ),
      (say("Controlesom", "Digest"), hex(status.digest)),
      (
        say("Klok", "Clock"),
        ClockText(status.clockOffsetMilliseconds)?.label.text(in: context.language)
          ?? say("juist", "right")
      ),
    ]
    lines += fromNewerVersion(status, context)
    let width = lines.map(\.0.count).max() ?? 0
    for (name, value) in lines {
      let padding = String(repeating: " ", count: width - name.count + 2)
      context.output.line("\(name)\(padding)\(Terminal.safe(value))")
    }
    return .ok
  }

  private func fromNewerVersion(_ status: ReplicaStatus, _ context: Context) -> [(String, String)] {
    let count = status.newerRecords
    if count == 0 { return [] }
    let records = count == 1 ? context.say("fiche", "record") : context.say("fiches", "records")
    return [
      (
        context.say("Nieuwere versie", "Newer version"),
        context.say(
          "\(count) \(records), te zien na een update van dit programma",
          "\(count) \(records), to be seen once this program is updated")
      )
    ]
  }

  private func hex(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

struct Verify: KaaiCommand {
  static let configuration = CommandConfiguration(
    abstract: "Computes all digests from the rows and checks the file.",
    discussion: "Example: kaai verify")

  func run(_ context: Context) async throws -> ExitStatus {
    let problems = try context.replica().verify()
    context.output.json { json in
      json.object { json in
        json.member("ok", bool: problems.isEmpty)
        json.key("problems")
        json.array { json in for problem in problems { json.string(problem) } }
      }
    }
    if problems.isEmpty {
      context.output.line(Label(nl: "Alles klopt.", en: "All is well."))
      return .ok
    }
    for problem in problems { context.output.line(Terminal.safe(problem)) }
    throw Failure(
      .error,
      context.say(
        "de kopie is beschadigd; `kaai sync --full` laadt alles opnieuw.",
        "the replica is damaged; `kaai sync --full` loads everything anew."))
  }
}
