import Protocol

extension CityModel {
  static let programme = Entity(
    tag: 7, name: "programme", label: Label(nl: "Project of programma", en: "Programme"),
    help: Label(
      nl: "AI4Growth, North-C-Methanol, een cluster, een fonds",
      en: "AI4Growth, North-C-Methanol, a cluster, a fund"),
    title: "name",
    fields: common + [
      .asking(16, "name", .line(1...200), "Naam", "Name").required.searched,
      .quiet(17, "kind", .enumeration("programmeKind"), "Soort", "Kind").required,
      .asking(18, "lead", .reference("organisation"), "Trekker", "Lead"),
      .set(19, "partners", of: .reference("organisation"), "Partners", "Partners"),
      .set(20, "sectors", of: .enumeration("sector"), "Sectoren", "Sectors"),
      .set(21, "themes", of: .enumeration("theme"), "Thema’s", "Themes"),
      .quiet(22, "period", .dates, "Looptijd", "Period")
        .help("begin niet na einde; jaar, maand of dag", "start not after end; year, month or day"),
      .asking(23, "budgetEur", .money, "Budget (EUR)", "Budget (EUR)"),
      .map(24, "allocations", by: .tag(64), of: .allocation, "Toewijzingen", "Allocations")
        .help(
          "bedrag, aan wie, beslissing; samen niet boven het budget",
          "amount, to whom, decision; together not above the budget"),
      .map(25, "kpis", by: .tag(64), of: .kpi, "KPI’s", "KPIs")
        .help("waarde, eenheid, peildatum", "value, unit, date"),
      .derived(26, "milestones", .set(of: .reference("milestone")), "Mijlpalen", "Milestones")
        .help("de mijlpalen die ernaar verwijzen", "the milestones that name it"),
      .text(27, "notes", "Nota’s", "Notes"),
    ])

  static let milestone = Entity(
    tag: 40, name: "milestone", label: Label(nl: "Mijlpaal", en: "Milestone"),
    help: Label(nl: "Deel van een project of programma", en: "Part of a programme"),
    title: "title", parent: "programme", space: .sameAs(field: "programme"),
    fields: common + [
      .once(16, "programme", .reference("programme"), "Programma", "Programme").required,
      .quiet(17, "title", .line(1...200), "Titel", "Title").required.searched,
      .quiet(18, "due", .date, "Tegen", "Due"),
      .ranked(19, "done", .done, by: .done, "Klaar", "Done").required
        .starting(.group([false]))
        .help(
          "met door, op en opmerking als één geheel; afvinken wint, terugzetten met opmerking ook",
          "with by, at and remark as one; a tick wins, an untick with a remark wins over it"),
      .quiet(20, "order", .fractionalIndex, "Volgorde", "Order"),
    ])
}
