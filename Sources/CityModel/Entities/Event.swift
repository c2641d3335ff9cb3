import Protocol

extension CityModel {
  static let event = Entity(
    tag: 4, name: "event", label: Label(nl: "Evenement", en: "Event"),
    help: Label(
      nl: "Conferentie, investeerdersevent, jobbeurs, campusbezoek, rondleiding, missie",
      en: "Conference, investor event, job fair, campus visit, site tour, mission"),
    title: "title", space: .through(field: "hub"),
    fields: common + [
      .asking(16, "title", .line(1...200), "Titel", "Title").required.searched
        .help("1 tot 200 tekens", "1 to 200 characters"),
      .quiet(17, "kind", .enumeration("eventKind"), "Soort", "Kind").required,
      .stage(18, "status", "eventStatus", .eventStatus, "Status", "Status").required
        .starting("idea"),
      .asking(19, "period", .period, "Periode", "Period").required
        .help(
          "begin en einde op de klok van Brussel, of hele dagen; einde niet voor begin",
          "start and end on the clock of Brussels, or whole days; end not before start"),
      .asking(20, "hub", .reference("hub"), "Hub", "Hub"),
      .quiet(21, "venue", .line(0...200), "Zaal/locatie", "Venue").searched
        .help("hoogstens 200 tekens", "at most 200 characters"),
      .quiet(22, "city", .line(0...120), "Stad", "City").starting("Gent")
        .help("hoogstens 120 tekens; anders Gent", "at most 120 characters; else Gent"),
      .quiet(23, "country", .country, "Land", "Country").starting("BE")
        .help("twee letters; anders BE", "two letters; else BE"),
      .quiet(24, "online", .bool, "Online", "Online")
        .help("van elders te volgen", "can be followed from elsewhere"),
      .quiet(25, "capacity", .count(100_000), "Capaciteit", "Capacity")
        .help("personen, 0 tot 100 000", "persons, 0 to 100 000"),
      .quiet(26, "expected", .count(1_000_000), "Verwacht aantal", "Expected"),
      .counter(27, "checkedIn", "Aanwezig", "Checked in")
        .help("niet onder 0, niet boven de capaciteit", "not below 0, not above the capacity"),
      .counter(28, "walkIns", growOnly: true, "Zonder inschrijving", "Walk-ins")
        .help("telling zonder inschrijving", "tally without registration"),
      .set(29, "organisers", of: .reference("organisation"), "Organisatoren", "Organisers"),
      .set(30, "sectors", of: .enumeration("sector"), "Sectoren", "Sectors"),
      .set(31, "themes", of: .enumeration("theme"), "Thema’s", "Themes"),
      .quiet(32, "international", .bool, "Internationaal", "International"),
      .quiet(33, "website", .url, "Website", "Website").searched,
      .quiet(34, "cfpUntil", .date, "Oproep tot", "Call for papers until")
        .help("niet na het begin", "not after the start"),
      .asking(35, "budgetEur", .money, "Budget (EUR)", "Budget (EUR)"),
      .text(36, "publicDescription", "Publieke tekst", "Public text"),
      .set(37, "staff", of: .reference("staff"), "Ploeg", "Crew"),
      .ranked(
        38, "icsSequence", .count(2_147_483_647), by: .maximum, "iCal-volgnummer", "iCal sequence"
      )
      .help("SEQUENCE van RFC 5545; gaat nooit terug", "SEQUENCE of RFC 5545; never goes back"),
    ])

  static let session = Entity(
    tag: 5, name: "session", label: Label(nl: "Sessie", en: "Session"),
    help: Label(
      nl: "Deel van het programma van een evenement", en: "Part of an event programme"),
    title: "title", space: .sameAs(field: "event"),
    fields: common + [
      .once(16, "event", .reference("event"), "Evenement", "Event").required,
      .asking(17, "title", .line(1...200), "Titel", "Title").required.searched,
      .asking(18, "slot", .slot, "Tijdslot", "Slot").required
        .help("begin en einde, binnen het evenement", "start and end, inside the event"),
      .quiet(19, "room", .line(0...200), "Zaal", "Room")
        .help("op dubbele boeking nagekeken", "checked for double booking"),
      .set(20, "speakers", of: .reference("person"), "Sprekers", "Speakers").personal(.linked),
      .counter(21, "attendees", "Aantal", "Head count")
        .help("geteld in de zaal", "counted in the room"),
      .quiet(22, "order", .fractionalIndex, "Volgorde", "Order"),
    ])

  static let registration = Entity(
    tag: 6, name: "registration", label: Label(nl: "Inschrijving", en: "Registration"),
    help: Label(
      nl: "Eén mens op één evenement", en: "One person at one event"),
    title: "person", identity: ["event", "person"], space: .sameAs(field: "event"),
    fields: common + [
      .once(16, "event", .reference("event"), "Evenement", "Event").required,
      .once(17, "person", .reference("person"), "Persoon", "Person").required.personal(.linked),
      .stage(18, "status", "attendanceStatus", .attendanceStatus, "Status", "Status").required
        .starting("invited")
        .help("aanwezig wint van afgemeld", "checked in beats cancelled"),
      .ranked(19, "checkedInAt", .instant, by: .minimum, "Aangemeld om", "Checked in at")
        .personal(.linked)
        .help("de eerste scan telt", "the first scan counts"),
      .quiet(20, "checkedInBy", .reference("staff"), "Door", "By"),
      .quiet(21, "diet", .line(0...200), "Dieet", "Diet").personal(.sensitive)
        .help(
          "raakt aan gezondheid of overtuiging: wissen na het evenement",
          "touches health or belief: delete after the event"),
      .ranked(22, "badgePrinted", .bool, by: .trueWins, "Badge gedrukt", "Badge printed"),
    ])
}
