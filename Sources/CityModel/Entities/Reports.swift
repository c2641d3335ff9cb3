import Protocol

/// What is written down in the field: infrastructure reports, the diary of contacts, photographs.
extension CityModel {
  static let siteReport = Entity(
    tag: 15, name: "site-report",
    label: Label(nl: "Melding infrastructuur", en: "Site report"),
    help: Label(
      nl: "Melding over infrastructuur of leefomgeving",
      en: "Infrastructure or living-environment report from the field"),
    title: "title", space: .through(field: "hub"),
    fields: common + [
      .quiet(16, "hub", .reference("hub"), "Hub", "Hub").required,
      .quiet(17, "kind", .enumeration("reportKind"), "Soort", "Kind").required,
      .ranked(18, "severity", .enumeration("severity"), by: .listOrder, "Ernst", "Severity")
        .required
        .help(
          "de hoogste wint; wie ze zag, mag verlagen",
          "the highest wins; whoever saw it may lower it"),
      .stage(19, "status", "reportStatus", .reportStatus, "Status", "Status").required
        .starting("open"),
      .quiet(20, "geo", .geo, "Coördinaten", "Coordinates")
        .help("gps-meting met straal in m", "GPS fix with accuracy in m"),
      .quiet(21, "title", .line(1...200), "Titel", "Title").required.searched,
      .text(22, "description", "Omschrijving", "Description"),
      .set(23, "photos", of: .reference("attachment"), "Foto’s", "Photos"),
      .set(24, "confirmations", of: .reference("staff"), "Bevestigd door", "Confirmed by")
        .help("ik zag het ook", "me too"),
      .quiet(25, "assignee", .line(0...200), "Toegewezen aan", "Assigned to")
        .help("dienst van de stad of partner", "service of the city or partner"),
      .quiet(26, "externalRef", .line(0...120), "Dossiernummer extern", "External reference")
        .help("nummer van het ticket", "ticket number"),
      .once(27, "observedAt", .instant, "Vastgesteld op", "Observed at").required,
      .quiet(28, "resolvedAt", .instant, "Opgelost op", "Resolved at")
        .help("niet voor de vaststelling", "not before it was observed"),
    ])

  static let visit = Entity(
    tag: 16, name: "visit", label: Label(nl: "Contactmoment", en: "Contact moment"),
    help: Label(
      nl: "Bezoek, gesprek of nota: het dagboek van een accountmanager",
      en: "Visit, call or note; the diary of an account manager"),
    title: "organisation", space: .through(field: "hub"),
    fields: common + [
      .quiet(16, "organisation", .reference("organisation"), "Organisatie", "Organisation"),
      .quiet(17, "hub", .reference("hub"), "Hub", "Hub"),
      .quiet(18, "lead", .reference("lead"), "Lead", "Lead"),
      .quiet(19, "kind", .enumeration("visitKind"), "Soort", "Kind").required,
      .quiet(20, "at", .instant, "Tijdstip", "Time").required
        .help("hoogstens 10 minuten vooruit", "at most 10 minutes ahead"),
      .quiet(21, "durationMin", .count(1_440), "Duur (min)", "Duration (min)")
        .help("0 tot 1440 minuten", "0 to 1440 minutes"),
      .set(22, "by", of: .reference("staff"), "Door", "By").required,
      .set(23, "persons", of: .reference("person"), "Personen", "Persons").personal(.linked),
      .set(24, "topics", of: .enumeration("factor"), "Onderwerpen", "Topics")
        .help(
          "de acht vestigingsfactoren van Dienst Economie",
          "the eight settlement factors of Dienst Economie"),
      .text(25, "body", "Verslag", "Report").required
        .help("mensen alleen als @[nummer]", "people only as @[id] mentions"),
      .derived(26, "followUps", .set(of: .reference("follow-up")), "Opvolging", "Follow-up")
        .help("de opvolgingen die ernaar verwijzen", "the follow-ups that name it"),
      .set(27, "attachments", of: .reference("attachment"), "Bijlagen", "Attachments"),
      .confidentiality(28),
    ])

  static let followUp = Entity(
    tag: 42, name: "follow-up", label: Label(nl: "Opvolging", en: "Follow-up"),
    help: Label(nl: "Deel van een contactmoment", en: "Part of a contact moment"),
    title: "title", parent: "visit", space: .sameAs(field: "visit"),
    fields: common + [
      .once(16, "visit", .reference("visit"), "Contactmoment", "Contact moment").required,
      .quiet(17, "title", .line(1...200), "Titel", "Title").required.searched,
      .quiet(18, "due", .date, "Tegen", "Due"),
      .quiet(19, "assignee", .reference("staff"), "Verantwoordelijke", "Assignee"),
      .ranked(20, "done", .done, by: .done, "Klaar", "Done").required
        .starting(.group([false]))
        .help(
          "met door, op en opmerking als één geheel; afvinken wint, terugzetten met opmerking ook",
          "with by, at and remark as one; a tick wins, an untick with a remark wins over it"),
      .quiet(21, "order", .fractionalIndex, "Volgorde", "Order"),
    ])

  static let attachment = Entity(
    tag: 17, name: "attachment", label: Label(nl: "Bijlage", en: "Attachment"),
    help: Label(
      nl: "Foto, pdf, scan van een kaartje; herkend aan zijn inhoud",
      en: "Photo, PDF, card scan; content addressed"),
    title: "caption",
    fields: common + [
      .once(16, "sha256", .sha256, "Hash", "Hash").required
        .help("64 hexadecimale cijfers", "64 hexadecimal digits"),
      .once(17, "mediaType", .mediaType, "Type", "Media type").required
        .help(
          "image/jpeg, image/png, application/pdf, text/...",
          "image/jpeg, image/png, application/pdf, text/..."),
      .once(18, "bytes", .count(20 * 1_024 * 1_024), "Grootte", "Size").required
        .help("hoogstens 20 MiB", "at most 20 MiB"),
      .quiet(19, "caption", .line(0...400), "Bijschrift", "Caption").searched,
      .once(20, "takenAt", .instant, "Genomen op", "Taken at")
        .help("de plaats in de foto wordt gewist", "the place in the photo is stripped"),
      .ranked(21, "showsPeople", .bool, by: .trueWins, "Personen zichtbaar", "Shows people")
        .help("vraagt toestemming voor foto’s", "needs photo consent"),
      .ranked(22, "state", .enumeration("attachmentState"), by: .listOrder, "Toestand", "State")
        .required.starting("local")
        .help("alleen hier, opgeladen, nagekeken", "local, uploaded, verified"),
    ])
}
