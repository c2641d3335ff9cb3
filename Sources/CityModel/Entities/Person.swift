import Protocol

extension CityModel {
  /// Personal data are marked and not sealed yet: none may be entered before they can be.
  static let person = Entity(
    tag: 3, name: "person", label: Label(nl: "Contactpersoon", en: "Contact person"),
    help: Label(
      nl: "Iemand die we kennen. Voer nog geen persoonsgegevens in: ze worden nog niet verzegeld",
      en: "A contact. Enter no personal data yet: they are not sealed yet"),
    title: "familyName",
    fields: common + [
      .quiet(16, "givenName", .line(0...80), "Voornaam", "Given name").searched
        .personal(.identifying)
        .help("hoogstens 80 tekens", "at most 80 characters"),
      .quiet(17, "familyName", .line(1...80), "Naam", "Family name").required.searched
        .personal(.identifying)
        .help("1 tot 80 tekens", "1 to 80 characters"),
      .asking(18, "email", .email, "E-mail", "E-mail").searched.personal(.identifying),
      .set(19, "phones", of: .phone, "Telefoon", "Phone").searched.personal(.identifying)
        .help("09 251 05 50 of +32 9 251 05 50", "09 251 05 50 or +32 9 251 05 50"),
      .quiet(20, "language", .language, "Taal", "Language").help(
        "nl, fr, en, de", "nl, fr, en, de"),
      .map(21, "roles", by: .reference("organisation"), of: .role, "Functies", "Roles")
        .personal(.linked)
        .help("functie, van, tot; meer dan één mag", "title, from, to; there may be several"),
      .quiet(22, "lawfulBasis", .enumeration("lawfulBasis"), "Rechtsgrond", "Lawful basis")
        .required
        .help("uit het register van verwerkingen", "from the register of processing"),
      .ranked(
        23, "consentNews", .bool, by: .falseWins, "Toestemming nieuwsbrief", "Newsletter consent"
      )
      .help("intrekken wint van een ja", "withdrawal wins over a yes"),
      .ranked(24, "consentPhoto", .bool, by: .falseWins, "Toestemming foto", "Photo consent"),
      .ranked(
        25, "restricted", .bool, by: .trueWins, "Verwerking beperkt", "Processing restricted"
      )
      .help("art. 18: geen gebruik zolang dit staat", "Art. 18: no use while set"),
      .derived(26, "lastContactAt", .instant, "Laatste contact", "Last contact")
        .help(
          "jongste bezoek, inschrijving of vergadering", "latest visit, registration or meeting"),
      .quiet(27, "keepUntil", .date, "Bewaren tot", "Keep until")
        .help(
          "anders laatste contact plus de termijn van de klasse",
          "else last contact plus the period of the class"),
      .quiet(
        28, "retentionClass", .enumeration("retentionClass"), "Bewaarklasse", "Retention class"
      )
      .required.help("lead, event, project, board", "lead, event, project, board"),
      .text(29, "remarks", "Opmerkingen", "Remarks").personal(.linked),
      // The server's own act, read from its ledger: no device can write it.
      .derived(30, "erased", .bool, "Gewist", "Erased")
        .help("vernietigt sleutel en waarden", "destroys key and values"),
    ])
}
