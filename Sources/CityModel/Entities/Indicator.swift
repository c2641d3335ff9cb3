import Protocol

extension CityModel {
  /// Figures disagree in real life, so a figure is a record of its own and never a field of the city.
  static let indicator = Entity(
    tag: 18, name: "indicator", label: Label(nl: "Kerncijfer", en: "Indicator"),
    help: Label(
      nl: "Een gepubliceerd cijfer met definitie, datum en uitgever (311 start-ups ...)",
      en: "A published figure with its definition, date and publisher (311 start-ups ...)"),
    title: "subject",
    fields: common + [
      .quiet(16, "subject", .line(1...200), "Onderwerp", "Subject").required.searched,
      .asking(17, "value", .figure, "Waarde", "Value").required,
      .quiet(18, "unit", .line(1...60), "Eenheid", "Unit").required,
      .text(19, "definition", "Definitie", "Definition").required,
      .quiet(20, "asOf", .date, "Peildatum", "As of"),
      .quiet(21, "publisher", .line(1...200), "Uitgever", "Publisher").required.searched,
      .quiet(22, "rank", .line(0...120), "Rang", "Rank"),
    ])
}
