import ClientCore
import Foundation
import Protocol
import Testing

/// Wrong clocks, and links that break, swallow and come back: real programs, real HTTP.
@Suite("Wrong clocks and bad links", .serialized, .timeLimit(.minutes(15)))
struct ScenarioLinkTests {
  static let ahead = 25 * 3_600_000

  @Test("F10: 400 edits by a clock 25 h ahead over a link that drops: all once, none wins by it")
  func wrongClock() async throws {
    let city = try await City()
    let (a, b) = (try await city.laptop("Anke"), try await city.laptop("Bram"))
    let c = try await city.laptop("Chloe")
    let night = try await a.add(
      "event", "title=Nacht van de Haven", "kind=networking",
      "period.start=2026-10-24T20:00", "period.end=2026-10-25T04:00")
    for laptop in [a, b, c] { try await laptop.sync() }

    // 400 edits, each one transaction: a tenth by commands, the rest by the commands' own core.
    var made: [String] = []
    for number in 0..<10 {
      made.append(
        try await b.add(
          "organisation", "name=Kaai \(number) \(UUID().uuidString)", "kind=start_up",
          clock: Self.ahead))
    }
    for number in 0..<10 {
      try await b.tell("count", night, "checkedIn", "+\(number % 7 + 1)", clock: Self.ahead)
      try await b.tell(
        "edit", made[number], "website=https://\(UUID().uuidString.lowercased()).example",
        clock: Self.ahead)
      try await b.tell("set-add", made[number], "altNames", "Quay \(number)", clock: Self.ahead)
    }
    try Self.makeMany(b, night: night)
    // The hour that the clock shows twice.
    try await b.tell(
      "edit", night, "period.start=2026-10-25T02:30+02:00", "period.end=2026-10-25T02:30+01:00",
      clock: Self.ahead)
    try await b.tell("edit", "Deliverect", "website=https://bram.example", clock: Self.ahead)
    try await b.tell("edit", "Sirris", "website=https://bram.example", clock: Self.ahead)
    #expect(try await b.tell("status", clock: Self.ahead)["pending"].int == 400)

    // Others edit the same fields later, with clocks that are right.
    try await a.tell("edit", "Deliverect", "website=https://anke.example")
    try await a.sync()

    city.link.fault = .cutsEvery(9_000)
    let before = city.link.count
    let sync = try await b.run(["sync"], clock: Self.ahead)
    #expect(sync.status == 8, "\(sync.errors)")
    #expect(city.link.count.cuts > before.cuts)
    city.link.fault = .none
    try await c.sync()
    try await c.tell("edit", "Sirris", "website=https://chloe.example")

    try await city.expectAgreement()
    for laptop in [a, b, c] {
      let fields = try await laptop.fields(night)
      #expect(
        fields["checkedIn"].int == (0..<100).reduce(0) { $0 + $1 % 7 + 1 }, "\(laptop.person)")
      #expect(fields["period"]["start"].text == "2026-10-25T00:30:00.000Z", "\(laptop.person)")
      #expect(fields["period"]["end"].text == "2026-10-25T01:30:00.000Z", "\(laptop.person)")
      #expect(
        try await laptop.fields("Deliverect")["website"].text == "https://anke.example",
        "\(laptop.person)")
      #expect(
        try await laptop.fields("Sirris")["website"].text == "https://chloe.example",
        "\(laptop.person)")
      let dump = try await laptop.dump()
      #expect(dump.components(separatedBy: "\"Kaai ").count == 101, "\(laptop.person)")
      #expect(dump.components(separatedBy: "\"Quay ").count == 98, "\(laptop.person)")
    }
    let offset = try #require(try await b.tell("status")["clockOffsetMs"].int)
    #expect(abs(offset) < 60_000, "the last exchange was with a clock that was right: \(offset)")
  }

  /// 90 companies with an address each, 90 counts, and 87 other names.
  private static func makeMany(_ laptop: Laptop, night: String) throws {
    let event = try #require(RowID(text: night))
    try laptop.work(clock: ahead) { replica, model in
      let (company, happening) = (try Fields("organisation", model), try Fields("event", model))
      for number in 10..<100 {
        var made = RowID(0)
        try replica.commit { draft in
          made = try draft.create(
            company.entity.tag,
            [
              (company.tag("name"), .text("Kaai \(number) \(UUID().uuidString)")),
              (company.tag("kind"), "start_up"),
            ])
        }
        try replica.commit { draft in
          let count = Int64(number % 7 + 1)
          try draft.apply(
            .increment(happening.entity.tag, event, happening.tag("checkedIn"), count))
        }
        try replica.commit { draft in
          let address = Value.text("https://\(UUID().uuidString.lowercased()).example")
          try draft.apply(
            .write(company.entity.tag, made, [(company.tag("website"), address)]))
        }
        guard number < 97 else { continue }
        try replica.commit { draft in
          let name = Value.text("Quay \(number)")
          try draft.apply(.add(company.entity.tag, made, company.tag("altNames"), name))
        }
      }
    }
  }

  @Test("C20: the answer is lost after the commit, the record edited again: once, no conflict")
  func lostAnswer() async throws {
    let city = try await City()
    let (a, b) = (try await city.laptop("Anke"), try await city.laptop("Bram"))
    let event = try await a.add(
      "event", "title=Havendag", "kind=networking", "period.start=2026-10-20T09:00",
      "period.end=2026-10-20T17:00")
    for laptop in [a, b] { try await laptop.sync() }
    try await a.tell("edit", event, "title=Havendag 2026")
    try await a.tell("count", event, "checkedIn", "+5")

    city.link.fault = .swallowsAnswers
    let log = try TemporaryFolder()
    let process = try Program.client.start(["sync", "--data", a.data], in: log)
    try await eventually { city.link.count.swallowed > 0 }
    process.send(SIGKILL)
    city.link.fault = .none
    #expect(try await a.tell("status")["pending"].int == 2)
    try await b.sync()
    #expect(try await b.fields(event)["title"].text == "Havendag 2026", "the server has it")

    try await a.tell("edit", event, "title=Havendag in Gent")
    try await a.tell("count", event, "checkedIn", "+2")
    try await city.expectAgreement()
    for laptop in [a, b] {
      let fields = try await laptop.fields(event)
      #expect(fields["title"].text == "Havendag in Gent", "\(laptop.person)")
      #expect(fields["checkedIn"].int == 7, "\(laptop.person)")
      #expect(try await laptop.tell("conflicts").items.isEmpty, "\(laptop.person)")
    }
  }

  @Test("C19: much to fetch over a link that keeps breaking: it ends, under 10 % comes twice")
  func breakingLink() async throws {
    let city = try await City()
    let (a, b) = (try await city.laptop("Anke"), try await city.laptop("Bram"))
    try Self.makeLongOrganisations(a)
    try await a.sync()
    for number in 0..<40 {
      try await b.add("organisation", "name=Kade \(number)", "kind=start_up")
    }
    // What it costs where nothing breaks, measured on another laptop.
    let before = city.link.count
    let c = try await city.laptop("Chloe")
    let clean = city.link.count.down - before.down

    city.link.fault = .cutsEvery(clean / 9)
    async let sync = b.run(["sync"])
    // Others keep writing meanwhile, over the same server.
    for number in 0..<5 {
      try await a.add("organisation", "name=Meanwhile \(number)", "kind=start_up")
      _ = try await a.run(["sync"])
    }
    let ending = try await sync
    #expect(ending.status == 0, "\(ending.errors)")
    let (wasted, cuts) = (city.link.count.wasted, city.link.count.cuts)
    #expect(cuts >= 5)
    #expect(
      Double(wasted) < 0.1 * Double(clean), "\(wasted) bytes of \(clean) came twice, \(cuts) cuts")
    city.link.fault = .none
    try await city.expectAgreement()
    #expect(try await c.tell("list", "organisation", "--where", "name=Kade 39").items.count == 1)
  }

  /// 100 transactions of five records of about 5 KB that compress badly: megabytes in few rows.
  private static func makeLongOrganisations(_ laptop: Laptop) throws {
    var generator = SystemRandomNumberGenerator()
    try laptop.work(clock: 0) { replica, model in
      let company = try Fields("organisation", model)
      for part in 0..<100 {
        try replica.commit { draft in
          for number in 0..<5 {
            let words = (0..<400).map { _ in String(generator.next(), radix: 36) }
            try draft.create(
              company.entity.tag,
              [
                (company.tag("name"), .text("Bedrijf \(part) \(number)")),
                (company.tag("kind"), "start_up"),
                (company.tag("notes"), .text(words.joined(separator: " "))),
              ])
          }
        }
      }
    }
  }

  @Test(
    "where too much is sent at once the pieces shrink until they pass, and the sync goes on",
    arguments: [413, 408])
  func tooMuchAtOnce(status: Int) async throws {
    let city = try await City()
    let (a, b) = (try await city.laptop("Anke"), try await city.laptop("Bram"))
    for number in 0..<24 {
      let notes = (0..<60).map { _ in UUID().uuidString }.joined(separator: " ")
      try await a.add("organisation", "name=Kade \(number)", "kind=start_up", "notes=\(notes)")
    }
    city.link.fault = .refuses(over: 9_000, status: status)
    let sync = try await a.run(["sync"])
    #expect(sync.status == 0, "\(sync.errors)")
    #expect(city.link.count.refused >= 1)
    city.link.fault = .none
    try await city.expectAgreement()
    #expect(try await b.tell("search", "Kade").items.count == 24)
  }

  @Test("what not even the smallest piece passes ends with a sentence, and nothing is lost")
  func nothingPasses() async throws {
    let city = try await City()
    let a = try await city.laptop("Anke")
    try await a.add("organisation", "name=Kade", "kind=start_up")
    city.link.fault = .refuses(over: 10, status: 413)
    let sync = try await Program.client.run(["sync", "--lang", "nl", "--data", a.data])
    #expect(sync.status == 1, "\(sync.errors)")
    #expect(sync.errors.contains("kleinste stuk"))
    city.link.fault = .none
    #expect(try await a.tell("status")["pending"].int == 1)
    try await city.expectAgreement()
  }
}
