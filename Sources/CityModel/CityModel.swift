import Protocol

/// What the economic department of the City of Ghent keeps: the declaration from which schema,
/// checks, help, columns and forms follow. The engine below knows none of these words.
///
/// An entity's and a field's tag never changes its meaning or its kind, and is never given again:
/// `Tests/CityModelTests/Golden/tags.txt` holds all that were ever given. The common fields have 1
/// to 8, an entity's own start at 16; entities that are part of another start at 40.
public enum CityModel {
  public static let model: Model = {
    // A declaration that contradicts itself is a bug of this module; the tests would not start.
    try! Model(
      name: "gent-economy", version: 1, lists: lists,
      entities: [
        hub, organisation, person, event, session, registration, programme, boardMeeting, advice,
        lead, meeting, settlementCase, checklistItem, introduction, siteReport, visit, attachment,
        indicator, staff, device, erasureEntry, milestone, agendaItem, followUp,
      ],
      people: People(
        entity: "staff", nameField: "displayName", roleField: "role", activeField: "active",
        roles: ["admin": "admin", "editor": "account_manager", "reader": "reader"]))
  }()

  /// What every record has. Its number and whether it is deleted are the engine's own.
  static let common: [Field] = [
    .once(1, "createdAt", .instant, "Aangemaakt op", "Created at").required
      .tells(.time)
      .help("tijdstip op de klok van het toestel", "time on the clock of the device"),
    .once(2, "createdBy", .reference("staff"), "Aangemaakt door", "Created by").required
      .tells(.person),
    .quiet(3, "source", .line(0...1_000), "Bron", "Source")
      .help("vrije tekst of URI: waar het feit vandaan komt", "free text or URI: where it is from"),
    .quiet(4, "sourceDate", .date, "Brondatum", "Source date")
      .help("jaar, maand of dag", "year, month or day"),
    .quiet(5, "confidence", .enumeration("confidence"), "Zekerheid", "Confidence"),
    .once(6, "externalKey", .externalKey, "Externe sleutel", "External key")
      .help(
        "herkomst:sleutel van de bron; herhaalde import verandert niets",
        "namespace:key of the source; a repeated import changes nothing"),
    .set(7, "tags", of: .tag(40), "Labels", "Tags").searched
      .help("1 tot 40 tekens, zonder spaties rond", "1 to 40 characters, no blanks around"),
    .ranked(8, "archived", .bool, by: .trueWins, "Gearchiveerd", "Archived")
      .help("verbergt in lijsten; de gegevens blijven", "hides from lists; the data stays"),
  ]
}
