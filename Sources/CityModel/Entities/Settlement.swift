import Protocol

extension CityModel {
  static let settlementCase = Entity(
    tag: 12, name: "settlement-case", label: Label(nl: "Vestigingsdossier", en: "Settlement case"),
    help: Label(
      nl: "Onthaal en begeleiding van een bedrijf dat zich vestigt",
      en: "Reception and guidance of a company that settles"),
    title: "organisation", space: .through(field: "hub"),
    fields: common + [
      .once(16, "organisation", .reference("organisation"), "Organisatie", "Organisation").required,
      .quiet(17, "lead", .reference("lead"), "Lead", "Lead"),
      .stage(18, "stage", "caseStage", .caseStage, "Fase", "Stage").required.starting("intake"),
      .asking(19, "caseManager", .reference("staff"), "Dossierbeheerder", "Case manager").required,
      .asking(20, "hub", .reference("hub"), "Hub", "Hub"),
      .asking(21, "moveInOn", .date, "Intrek op", "Move-in on"),
      .derived(22, "checklist", .set(of: .reference("checklist-item")), "Checklist", "Checklist")
        .help(
          "de punten die ernaar verwijzen, eerst uit een sjabloon",
          "the items that name it, first from a template"),
      .set(23, "partners", of: .reference("organisation"), "Betrokken partners", "Partners")
        .help("VLAIO, FIT, POM, sogent", "VLAIO, FIT, POM, sogent"),
      .text(24, "notes", "Nota’s", "Notes"),
    ])

  static let checklistItem = Entity(
    tag: 13, name: "checklist-item", label: Label(nl: "Checklistpunt", en: "Checklist item"),
    help: Label(nl: "Deel van een vestigingsdossier", en: "Part of a settlement case"),
    title: "label", identity: ["case", "templateKey"], parent: "case",
    space: .sameAs(field: "case"),
    fields: common + [
      .once(40, "case", .reference("settlement-case"), "Dossier", "Case").required,
      .once(41, "templateKey", .line(1...64), "Sjabloonsleutel", "Template key")
        .help(
          "leeg voor een punt dat niet uit het sjabloon komt",
          "empty for an item that is not from the template"),
      .quiet(16, "label", .line(1...200), "Punt", "Item").required.searched
        .help("in de taal van het sjabloon", "in the language of the template"),
      .quiet(17, "mandatory", .bool, "Verplicht", "Mandatory").required.starting(false),
      .ranked(18, "done", .done, by: .done, "Klaar", "Done").required
        .starting(.group([false]))
        .help(
          "met door, op en opmerking als één geheel; afvinken wint, terugzetten met opmerking ook",
          "with by, at and remark as one; a tick wins, an untick with a remark wins over it"),
      // 19 doneBy, 20 doneAt and 23 remark are parts of done: they are written as one.
      .quiet(21, "dueOn", .date, "Tegen", "Due"),
      .asking(22, "assignee", .reference("staff"), "Verantwoordelijke", "Assignee"),
      .quiet(24, "order", .fractionalIndex, "Volgorde", "Order"),
    ])
}
