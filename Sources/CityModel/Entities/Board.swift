import Protocol

extension CityModel {
  static let boardMeeting = Entity(
    tag: 8, name: "board-meeting", label: Label(nl: "Vergadering Board", en: "Board meeting"),
    help: Label(
      nl: "Ghent Economic Board: agenda, aanwezigheid, verslag",
      en: "Ghent Economic Board: agenda, presence, minutes"),
    title: "date",
    fields: common + [
      .asking(16, "date", .date, "Datum", "Date").required,
      .quiet(17, "hub", .reference("hub"), "Locatie", "Place"),
      .derived(18, "agenda", .set(of: .reference("agenda-item")), "Agenda", "Agenda")
        .help("de agendapunten die ernaar verwijzen", "the agenda items that name it"),
      .set(19, "present", of: .reference("person"), "Aanwezig", "Present").personal(.linked),
      .set(20, "excused", of: .reference("person"), "Verontschuldigd", "Excused")
        .personal(.linked)
        .help("niet ook aanwezig", "not also present"),
      .text(21, "minutes", "Verslag", "Minutes"),
      .confidentiality(22),
    ])

  static let agendaItem = Entity(
    tag: 41, name: "agenda-item", label: Label(nl: "Agendapunt", en: "Agenda item"),
    help: Label(nl: "Deel van een vergadering van de Board", en: "Part of a board meeting"),
    title: "title", parent: "meeting", space: .sameAs(field: "meeting"),
    fields: common + [
      .once(16, "meeting", .reference("board-meeting"), "Vergadering", "Meeting").required,
      .quiet(17, "title", .line(1...200), "Titel", "Title").required.searched,
      .quiet(18, "presenter", .line(0...120), "Spreker", "Presenter")
        .help("een functie of organisatie, geen naam van een mens", "a function, not a person"),
      .quiet(19, "minutes", .count(1_440), "Duur (min)", "Duration (min)")
        .help("0 tot 1440 minuten", "0 to 1440 minutes"),
      .quiet(20, "order", .fractionalIndex, "Volgorde", "Order"),
    ])

  static let advice = Entity(
    tag: 9, name: "advice", label: Label(nl: "Advies", en: "Advice"),
    help: Label(
      nl: "Advies of resultaat van een bevraging aan de stad",
      en: "Advice or consultation result to the city"),
    title: "title",
    fields: common + [
      .asking(16, "title", .line(1...200), "Titel", "Title").required.searched,
      .quiet(17, "meeting", .reference("board-meeting"), "Vergadering", "Meeting"),
      .set(18, "subject", of: .enumeration("sector"), "Sectoren", "Sectors"),
      .text(19, "body", "Tekst", "Text"),
      .stage(20, "status", "adviceStatus", .adviceStatus, "Status", "Status").required
        .starting("draft")
        .help("na goedkeuring ligt de tekst vast", "once adopted the text is frozen"),
      .quiet(21, "votesFor", .count(10_000), "Voor", "For"),
      .quiet(22, "votesAgainst", .count(10_000), "Tegen", "Against"),
      .quiet(23, "abstained", .count(10_000), "Onthouding", "Abstained"),
      .set(24, "respondents", of: .reference("organisation"), "Bevraagden", "Consulted")
        .help("de bevraagde ondernemingen", "the consulted enterprises"),
      .text(25, "answer", "Antwoord van het college", "Answer of the college"),
      .quiet(26, "answeredOn", .date, "Beantwoord op", "Answered on"),
    ])
}
