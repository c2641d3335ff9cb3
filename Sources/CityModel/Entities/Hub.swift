import Protocol

extension CityModel {
  static let hub = Entity(
    tag: 1, name: "hub", label: Label(nl: "Hub", en: "Hub"),
    help: Label(
      nl: "Een tech hub of een plaats erin (boom: hub > campus > gebouw > perceel)",
      en: "A tech hub or a place inside one (tree: hub > campus > building > plot)"),
    title: "name", space: .tree(parent: "parent", code: "code"),
    fields: common + [
      .asking(16, "code", .code, "Code", "Code").required.searched
        .help(
          "2 tot 24 hoofdletters, cijfers en koppeltekens; uniek",
          "2 to 24 capitals, digits and hyphens; unique"),
      .asking(17, "name", .line(1...120), "Naam", "Name").required.searched
        .help("1 tot 120 tekens", "1 to 120 characters"),
      .quiet(18, "kind", .enumeration("hubKind"), "Soort", "Kind").required,
      .quiet(19, "parent", .reference("hub"), "Deel van", "Part of")
        .help("geen lus", "no cycles"),
      .quiet(20, "position", .enumeration("position"), "Ligging", "Position"),
      .text(21, "descriptionNl", "Omschrijving (nl)", "Description (nl)")
        .help("hoogstens 20 000 tekens", "at most 20 000 characters"),
      .text(22, "descriptionEn", "Omschrijving (en)", "Description (en)")
        .help("hoogstens 20 000 tekens", "at most 20 000 characters"),
      .quiet(23, "address", .address, "Adres", "Address")
        .help(
          "als één geheel geschreven: straat, nummer, bus, postcode, gemeente, land",
          "written as one: street, number, box, postal code, municipality, country"),
      .quiet(24, "geo", .geo, "Coördinaten", "Coordinates")
        .help(
          "WGS84 met 5 decimalen; voor Gent en haven 50.97 tot 51.22 en 3.57 tot 3.86",
          "WGS84 with 5 decimals; for Ghent and its port 50.97 to 51.22 and 3.57 to 3.86"),
      // 25, geoQuality, is a part of geo: both are written as one.
      .asking(26, "areaHa", .decimal(digits: 2, 0...20_000), "Oppervlakte (ha)", "Area (ha)")
        .help("0 tot 20 000 ha, 2 decimalen", "0 to 20 000 ha, 2 decimals"),
      .asking(27, "freeAreaM2", .squareMetres, "Vrije ruimte (m²)", "Free space (m²)")
        .help("m², niet meer dan de oppervlakte", "m², no more than the area"),
      .set(28, "sectors", of: .enumeration("sector"), "Sectoren", "Sectors")
        .help("de vier speerpuntsectoren", "the four spearhead sectors"),
      .set(29, "facilities", of: .tag(80), "Voorzieningen", "Facilities")
        .help(
          "labo, BSL-3, auditorium, kaai, spoor, laadpalen",
          "lab, BSL-3, auditorium, quay, rail, EV charging"),
      .quiet(30, "operator", .reference("organisation"), "Uitbater", "Operator"),
      .quiet(31, "website", .url, "Website", "Website").searched
        .help("http of https", "http or https"),
      .quiet(32, "phone", .phone, "Telefoon", "Phone").searched
        .help("09 251 05 50 of +32 9 251 05 50", "09 251 05 50 or +32 9 251 05 50"),
      .quiet(33, "openedOn", .date, "Geopend op", "Opened on"),
      .map(34, "visitors", by: .date, of: .counter, "Bezoekers per dag", "Visitors per day")
        .help("dagtelling van alle balies samen", "daily tally of all desks"),
      .asking(35, "contact", .reference("staff"), "Contactpersoon Stad", "City contact")
        .help("accountmanager van de hub", "account manager of the hub"),
    ])
}
