import Foundation
import Testing

/// What people do offline with several laptops, and what everybody must see afterwards: real
/// programs, real HTTP.
@Suite("Scenarios of the field", .serialized, .timeLimit(.minutes(10)))
struct ScenarioMergeTests {
  @Test("notes that three people write at once keep everybody's words, whoever syncs first")
  func notes() async throws {
    let city = try await City()
    let (a, b) = (try await city.laptop("Anke"), try await city.laptop("Bram"))
    let c = try await city.laptop("Chloe")
    let company = try await a.add(
      "organisation", "name=Kaai Kranen", "kind=start_up", "notes=Quay 3 is free.\nCall in May.")
    for laptop in [a, b, c] { try await laptop.sync() }
    try await a.tell("edit", company, "notes=Quay 3 is free.\nCall Mia in May.")
    let folder = try TemporaryFolder()
    let file = folder.path("report.txt")
    try "Quay 3 and 4 are free.\r\nCall in May.\r\n".write(
      toFile: file, atomically: true, encoding: .utf8)
    try await b.tell("edit", company, "notes=@\(file)")
    try await c.tell("edit", company, "notes=Quay 3 is free.\nCall in May.\nAsk for Eva.")
    for laptop in [c, a, b, c, a] { try await laptop.sync() }
    for laptop in [a, b, c] {
      let notes = try await laptop.fields(company)["notes"].text
      #expect(notes == "Quay 3 and 4 are free.\nCall Mia in May.\nAsk for Eva.")
    }
    #expect(try await a.tell("conflicts").items.isEmpty)
    #expect(try await a.run(["show", company, "--lang", "en"]).output.contains("(edited by 3)"))
    try await city.expectAgreement()
    let missing = try await a.run(["edit", company, "notes=@\(file).none"])
    #expect(missing.status == 1 && missing.errors.contains("cannot be read"))
  }

  @Test("F1: a tag added here and taken off there stays; nobody is asked, history names all")
  func sameCompanyTwoTags() async throws {
    let city = try await City()
    let (a, c) = (try await city.laptop("Anke"), try await city.laptop("Chloe"))
    let d = try await city.laptop("Dries")
    try await a.tell("set-add", "Indigo Diabetes", "themes", "photonics")
    for laptop in [a, c, d] { try await laptop.sync() }

    try await a.tell("set-add", "Indigo Diabetes", "sectors", "healthtech")
    try await a.tell("set-remove", "Indigo Diabetes", "themes", "photonics")
    try await c.tell("set-add", "Indigo Diabetes", "themes", "photonics")
    try await c.tell("edit", "Indigo Diabetes", "hub=TLG-ARDOYEN")
    for laptop in [c, a, c] { try await laptop.sync() }

    try await city.expectAgreement()
    let hub = try await a.tell("show", "TLG-ARDOYEN")["id"].text
    for laptop in [a, c, d] {
      let fields = try await laptop.fields("Indigo Diabetes")
      #expect(fields["sectors"].texts.contains("healthtech"), "\(laptop.person)")
      #expect(fields["themes"].texts == ["photonics"], "\(laptop.person)")
      #expect(fields["hub"].text == hub, "\(laptop.person)")
      #expect(try await laptop.tell("conflicts").items.isEmpty, "\(laptop.person)")
      let history = try await laptop.tell("history", "Indigo Diabetes").items
      let names = history.flatMap { entry in
        entry["changes"].items.map {
          "\(entry["user"].text ?? "") \($0["action"].text ?? "") \($0["field"].text ?? "")"
        }
      }
      for name in [
        "Anke add sectors", "Anke remove themes", "Chloe add themes", "Chloe write hub",
      ] {
        #expect(names.contains(name), "\(laptop.person): \(names)")
      }
    }
  }

  @Test("F2: the same company made by two people offline is two records, both whole, everywhere")
  func sameCompanyTwice() async throws {
    let city = try await City()
    let (b, c) = (try await city.laptop("Bram"), try await city.laptop("Chloe"))
    let a = try await city.laptop("Anke")
    let theirs = try await b.add(
      "organisation", "name=Quay Robotics", "kind=start_up", "cbeNumber=0439.401.387",
      "phone=09 251 05 50")
    let hers = try await c.add(
      "organisation", "name=Quay Robotics", "kind=start_up", "cbeNumber=0439401387",
      "email=info@quay.example")
    #expect(theirs != hers)
    for laptop in [b, c] { try await laptop.sync() }

    try await city.expectAgreement()
    for laptop in [a, b, c] {
      let twins = try await laptop.tell(
        "list", "organisation", "--where", "cbeNumber=0439401387"
      ).items
      #expect(Set(twins.compactMap { $0["id"].text }) == [theirs, hers], "\(laptop.person)")
      #expect(try await laptop.fields(theirs)["phone"].text == "+3292510550")
      #expect(try await laptop.fields(hers)["email"].text == "info@quay.example")
      #expect(try await laptop.tell("conflicts").items.isEmpty)
      let title = try await laptop.run(["show", "Quay Robotics"])
      #expect(title.status == 1)
      #expect(title.errors.contains("2 records"))
    }
  }

  @Test("F3: three doors count; an upload that is cut half way and sent again counts once: 515")
  func threeDoors() async throws {
    let city = try await City()
    let (a, c) = (try await city.laptop("Anke"), try await city.laptop("Chloe"))
    let d = try await city.laptop("Dries")
    let event = try await d.add(
      "event", "title=Open Wintercircus", "kind=networking", "capacity=500", "hub=WINTERCIRCUS",
      "period.start=2026-10-20T09:00", "period.end=2026-10-20T17:00")
    for laptop in [d, a, c] { try await laptop.sync() }

    try await d.tell("count", event, "checkedIn", "+180")
    try await a.tell("count", event, "checkedIn", "+190")
    try await c.tell("count", event, "checkedIn", "+150")
    try await c.tell("count", event, "checkedIn", "-5")
    try await d.sync()
    let before = city.link.count.cuts
    city.link.fault = .cutsOneUpload(after: 400)
    let cut = try await c.run(["sync"])
    #expect(cut.status == 0)
    #expect(cut.errors.contains("broke"))
    #expect(city.link.count.cuts == before + 1)
    for laptop in [a, c] { try await laptop.sync() }

    try await city.expectAgreement()
    for laptop in [a, c, d] {
      #expect(try await laptop.fields(event)["checkedIn"].int == 515, "\(laptop.person)")
    }
  }

  @Test("F5: a conference moved twice keeps both whole periods, until one is chosen: everywhere")
  func movedTwice() async throws {
    let city = try await City()
    let (b, d) = (try await city.laptop("Bram"), try await city.laptop("Dries"))
    let a = try await city.laptop("Anke")
    let event = try await d.add(
      "event", "title=Haven Congres", "kind=conference",
      "period.start=2026-10-20T09:00", "period.end=2026-10-20T17:00")
    for laptop in [d, a, b] { try await laptop.sync() }
    try await d.tell("edit", event, "period.start=2026-10-20T10:00", "period.end=2026-10-20T17:00")
    try await b.tell("edit", event, "period.start=2026-10-20T09:00", "period.end=2026-10-20T16:00")
    for laptop in [d, b] { try await laptop.sync() }

    try await city.expectAgreement()
    for laptop in [a, b, d] {
      let entry = try await laptop.tell("conflicts")[0]
      #expect(entry["id"].text == "\(event).period")
      let periods = ([entry["winner"]] + entry["losers"].items).map {
        "\($0["user"].text ?? "") \($0["value"]["start"].text ?? "") \($0["value"]["end"].text ?? "")"
      }
      #expect(
        Set(periods) == [
          "Dries 2026-10-20T08:00:00.000Z 2026-10-20T15:00:00.000Z",
          "Bram 2026-10-20T07:00:00.000Z 2026-10-20T14:00:00.000Z",
        ], "\(laptop.person)")
      let shown = try await laptop.fields(event)["period"]
      // Never the start of one with the end of the other.
      #expect(
        (shown["start"].text == "2026-10-20T08:00:00.000Z")
          == (shown["end"].text == "2026-10-20T15:00:00.000Z"), "\(laptop.person)")
    }
    #expect(try await a.run(["sync", "--strict"]).status == 5)

    try await b.tell("resolve", "\(event).period", "--pick", "1")
    try await city.expectAgreement()
    for laptop in [a, b, d] {
      #expect(try await laptop.tell("conflicts").items.isEmpty, "\(laptop.person)")
      let shown = try await laptop.fields(event)["period"]
      #expect(shown["start"].text == "2026-10-20T08:00:00.000Z", "\(laptop.person)")
      #expect(shown["end"].text == "2026-10-20T15:00:00.000Z", "\(laptop.person)")
    }
  }

  @Test(
    "F9: a hub deleted here and edited there is back, whole and marked, until somebody decides",
    arguments: [true, false])
  func deletedAndEdited(keeps: Bool) async throws {
    let city = try await City()
    let (a, c) = (try await city.laptop("Anke"), try await city.laptop("Chloe"))
    let b = try await city.laptop("Bram")
    let hub = try #require(try await a.tell("show", "TLG-RIJVISSCHE")["id"].text)
    let before = try await a.fields(hub)
    try await a.tell("delete", hub)
    try await c.tell("edit", hub, "freeAreaM2=1200")
    #expect(try await a.run(["show", hub]).status == 1)
    for laptop in [a, c] { try await laptop.sync() }

    try await city.expectAgreement()
    for laptop in [a, b, c] {
      let shown = try await laptop.tell("show", hub)
      #expect(shown["fields"]["name"].text == before["name"].text, "\(laptop.person)")
      #expect(shown["fields"]["parent"].text == before["parent"].text, "\(laptop.person)")
      #expect(shown["fields"]["freeAreaM2"].int == 1200, "\(laptop.person)")
      let mark = try await laptop.tell("conflicts")[0]
      #expect(mark["id"].text == "\(hub).deleted", "\(laptop.person)")
      #expect(mark["losers"][0]["user"].text == "Anke", "\(laptop.person)")
    }

    let choice = keeps ? ["--keep"] : ["--pick", "1"]
    #expect(try await a.run(["resolve", "\(hub).deleted"] + choice).status == 0)
    try await city.expectAgreement()
    for laptop in [a, b, c] {
      #expect(try await laptop.run(["show", hub]).status == (keeps ? 0 : 1), "\(laptop.person)")
      #expect(try await laptop.tell("conflicts").items.isEmpty, "\(laptop.person)")
    }
  }
}
