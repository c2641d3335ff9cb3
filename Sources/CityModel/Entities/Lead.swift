import Protocol

extension CityModel {
  static let lead = Entity(
    tag: 10, name: "lead", label: Label(nl: "Acquisitielead", en: "Acquisition lead"),
    help: Label(
      nl: "Een bedrijf dat hier kan komen, investeren of groeien",
      en: "A company that may come, invest or grow here"),
    title: "title",
    fields: common + [
      .once(16, "organisation", .reference("organisation"), "Organisatie", "Organisation").required,
      .quiet(17, "title", .line(1...200), "Onderwerp", "Subject").required.searched,
      .stage(18, "stage", "leadStage", .leadStage, "Fase", "Stage").required.starting("new")
        .help(
          "gewonnen naast verloren is betwist: iemand kiest", "won beside lost is disputed: choose"
        ),
      // The record's own history holds every move with who and when.
      .derived(19, "history", .set(of: .stageMove), "Verloop", "History")
        .help("fase, door, op, opmerking", "stage, by, at, remark"),
      .asking(20, "owner", .reference("staff"), "Eigenaar", "Owner").required,
      .quiet(21, "origin", .enumeration("leadOrigin"), "Herkomst", "Origin"),
      .confidentiality(22, starting: "confidential"),
      .set(23, "sectors", of: .enumeration("sector"), "Sectoren", "Sectors"),
      .set(24, "hubsOfInterest", of: .reference("hub"), "Interesse in hub", "Hubs of interest"),
      .asking(25, "spaceNeedM2", .squareMetres, "Ruimtebehoefte (m²)", "Space need (m²)")
        .help("m²", "m²"),
      .asking(26, "jobs", .count(200_000), "Jobs (VTE)", "Jobs (FTE)")
        .help("VTE binnen 3 jaar", "FTE in 3 years"),
      .asking(27, "investmentEur", .money, "Investering (EUR)", "Investment (EUR)"),
      .quiet(28, "probability", .percent, "Kans (%)", "Probability (%)")
        .help("0 tot 100, in stappen van 5", "0 to 100, in steps of 5"),
      .quiet(29, "nextAction", .line(0...400), "Volgende stap", "Next action").searched,
      .quiet(30, "nextActionOn", .date, "Op", "On")
        .help("niet voor vandaag zolang de lead open is", "not before today while open"),
      .quiet(31, "lostReason", .line(0...400), "Reden verlies", "Reason lost")
        .help("nodig bij verloren", "needed when lost"),
      .set(32, "competitors", of: .tag(120), "Concurrerende steden", "Competing cities")
        .help("steden die meedingen", "cities in the race"),
      .text(33, "notes", "Nota’s", "Notes"),
    ])

  static let meeting = Entity(
    tag: 11, name: "meeting", label: Label(nl: "Exclusieve meeting", en: "Exclusive meeting"),
    help: Label(
      nl: "Gesprek met een multinational of investeerder",
      en: "Meeting with a multinational or investor"),
    title: "lead", space: .through(field: "hub"),
    fields: common + [
      .quiet(16, "lead", .reference("lead"), "Lead", "Lead"),
      .asking(17, "slot", .slot, "Tijdslot", "Slot").required
        .help("begin en einde op de klok van Brussel", "start and end on the clock of Brussels"),
      .quiet(18, "place", .line(0...200), "Plaats", "Place"),
      .quiet(19, "hub", .reference("hub"), "Hub", "Hub"),
      .set(20, "cityParticipants", of: .reference("staff"), "Deelnemers Stad", "City participants")
        .help("op dat uur vrij", "free at that time"),
      .set(21, "guests", of: .reference("person"), "Gasten", "Guests").personal(.linked),
      .text(22, "agenda", "Agenda", "Agenda"),
      .text(23, "minutes", "Verslag", "Minutes"),
      .asking(24, "outcome", .line(0...400), "Resultaat", "Outcome"),
      .confidentiality(25),
    ])

  static let introduction = Entity(
    tag: 14, name: "introduction", label: Label(nl: "Introductie", en: "Introduction"),
    help: Label(
      nl: "Investeerder bij start-up, of talent bij bedrijf",
      en: "Investor to start-up, or talent to company"),
    title: "to", identity: ["from", "to"],
    fields: common + [
      .once(16, "from", .reference("organisation"), "Van", "From").required,
      .once(17, "to", .reference("organisation"), "Naar", "To").required,
      .stage(18, "status", "introStatus", .introStatus, "Status", "Status").required
        .starting("proposed"),
      .quiet(19, "on", .date, "Datum", "Date"),
      .quiet(20, "result", .line(0...400), "Resultaat", "Result"),
      .quiet(21, "amountEur", .money, "Bedrag (EUR)", "Amount (EUR)"),
    ])
}
