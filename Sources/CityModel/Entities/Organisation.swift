import Protocol

extension CityModel {
  static let organisation = Entity(
    tag: 2, name: "organisation", label: Label(nl: "Organisatie", en: "Organisation"),
    help: Label(
      nl: "Start-up, scale-up, multinational, kennisinstelling, investeerder, overheid",
      en: "Start-up, scale-up, multinational, knowledge institution, investor, public body"),
    title: "name", space: .through(field: "hub"),
    fields: common + [
      .asking(16, "name", .line(1...200), "Naam", "Name").required.searched
        .help(
          "1 tot 200 tekens; de officiële of gebruikelijke naam",
          "1 to 200 characters; the legal or usual name"),
      .set(17, "altNames", of: .tag(200), "Andere namen", "Other names").searched
        .help("vroegere en handelsnamen", "former and trade names"),
      .quiet(18, "kind", .enumeration("orgKind"), "Soort", "Kind").required,
      .quiet(19, "status", .enumeration("orgStatus"), "Status", "Status").required
        .starting("active"),
      .asking(20, "cbeNumber", .enterpriseNumber, "Ondernemingsnummer", "Enterprise number")
        .searched
        .help(
          "10 cijfers, het eerste 0 of 1, met controlegetal; getoond als 0xxx.xxx.xxx; uniek",
          "10 digits, the first 0 or 1, with check digits; shown as 0xxx.xxx.xxx; unique"),
      .quiet(21, "vatNumber", .vatNumber, "Btw-nummer", "VAT number")
        .help(
          "BE en het ondernemingsnummer, anders een nummer van de EU",
          "BE and the enterprise number, else one of the EU"),
      .set(
        22, "establishmentNumbers", of: .establishmentNumber, "Vestigingsnummers",
        "Establishment numbers"
      )
      .help("10 cijfers, het eerste 2 tot 8", "10 digits, the first 2 to 8"),
      .quiet(23, "legalForm", .line(0...80), "Rechtsvorm", "Legal form")
        .help("codelijst van de KBO", "code list of the register"),
      .set(24, "naceCodes", of: .nace, "NACE-BEL-codes", "NACE-BEL codes")
        .help("versie:code, zoals 2008:62010 of 2025:62100", "version:code, as 2008:62010"),
      .set(25, "sectors", of: .enumeration("sector"), "Speerpuntsectoren", "Spearhead sectors"),
      .set(26, "themes", of: .enumeration("theme"), "Thema’s", "Themes"),
      .asking(27, "hub", .reference("hub"), "Hub", "Hub"),
      .quiet(28, "address", .address, "Adres", "Address"),
      .quiet(29, "geo", .geo, "Coördinaten", "Coordinates").help("WGS84", "WGS84"),
      .quiet(30, "founded", .date, "Opgericht", "Founded")
        .help("jaar, maand of dag, van 1800 tot vandaag", "year, month or day, 1800 to today"),
      .quiet(31, "closedOn", .date, "Stopgezet op", "Closed on")
        .help("niet voor de oprichting", "not before it was founded"),
      .quiet(32, "website", .url, "Website", "Website").searched,
      .quiet(33, "email", .email, "E-mail", "E-mail").searched
        .help(
          "alleen een functioneel adres; dat van een mens hoort bij een contactpersoon",
          "a functional address only; that of a person belongs to a contact person"),
      .quiet(34, "phone", .phone, "Telefoon", "Phone").searched
        .help("09 251 05 50 of +32 9 251 05 50", "09 251 05 50 or +32 9 251 05 50"),
      .map(
        35, "headcount", by: .year, of: .count(200_000), "Werknemers per jaar",
        "Employees per year"
      )
      .help("personen op 31 december; 0 tot 200 000", "persons at 31 December; 0 to 200 000"),
      .map(
        36, "turnoverEur", by: .year, of: .money, "Omzet per jaar (EUR)", "Turnover per year (EUR)"
      )
      .help("tot op de cent", "to the cent"),
      .map(
        37, "fundingRounds", by: .tag(64), of: .fundingRound, "Kapitaalrondes", "Funding rounds"
      )
      .help("datum, soort, bedrag, investeerders", "date, type, amount, investors"),
      .quiet(38, "vacancies", .vacancies, "Openstaande vacatures", "Open vacancies")
        .help("aantal met peildatum", "count with its date"),
      .set(39, "spinOffOf", of: .reference("organisation"), "Spin-off van", "Spin-off of"),
      .asking(40, "ownedBy", .reference("organisation"), "Moederbedrijf", "Parent company"),
      .quiet(41, "ticketMinEur", .money, "Ticket vanaf (EUR)", "Ticket from (EUR)")
        .help(
          "voor een investeerder; niet boven ticketMaxEur",
          "for an investor; not above ticketMaxEur"),
      .quiet(42, "ticketMaxEur", .money, "Ticket tot (EUR)", "Ticket to (EUR)"),
      .asking(43, "accountManager", .reference("staff"), "Accountmanager", "Account manager")
        .help("één; twee tegelijk is een conflict", "one; two at once is a conflict"),
      .text(44, "notes", "Nota’s", "Notes")
        .help("geen persoonsgegevens", "no personal data"),
      .quiet(45, "mergedInto", .reference("organisation"), "Samengevoegd met", "Merged into")
        .help(
          "verwijst na ontdubbelen naar de fiche die blijft",
          "after removal of a double, the record that stays"),
    ])
}
