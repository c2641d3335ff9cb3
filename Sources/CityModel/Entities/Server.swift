import Protocol

/// What the server alone writes and devices read.
extension CityModel {
  static let staff = Entity(
    tag: 19, name: "staff", label: Label(nl: "Medewerker", en: "Staff member"),
    help: Label(
      nl: "Medewerker van de stad; beheerd op de server",
      en: "City staff; managed on the server, read-only on devices"),
    title: "displayName", isServerOwned: true,
    fields: common + [
      .quiet(16, "displayName", .line(1...120), "Naam", "Name").required.searched
        .personal(.identifying),
      .quiet(17, "role", .enumeration("staffRole"), "Rol", "Role").required,
      .set(18, "hubs", of: .reference("hub"), "Hubs", "Hubs"),
      .quiet(19, "active", .bool, "Actief", "Active").required.starting(true),
    ])

  static let device = Entity(
    tag: 20, name: "device", label: Label(nl: "Toestel", en: "Device"),
    help: Label(
      nl: "Het toestel dat een kopie houdt", en: "Replica identity; server-owned"),
    title: "name", isServerOwned: true,
    fields: common + [
      .quiet(16, "name", .line(1...120), "Naam", "Name").required.searched,
      .quiet(17, "owner", .reference("staff"), "Eigenaar", "Owner").required,
      .quiet(18, "publicKey", .line(1...400), "Publieke sleutel", "Public key").required,
      .quiet(19, "state", .enumeration("deviceState"), "Toestand", "State").required
        .starting("pending"),
      .quiet(20, "lastSeenAt", .instant, "Laatst gezien", "Last seen"),
      .quiet(
        21, "clockSkewMs", .int(-315_576_000_000_000...315_576_000_000_000), "Klokafwijking (ms)",
        "Clock skew (ms)"),
      .quiet(22, "schemaVersion", .count(4_294_967_295), "Schemaversie", "Schema version").required,
    ])

  /// A device's confirmation comes with its next sync, and the server writes it down.
  static let erasureEntry = Entity(
    tag: 21, name: "erasure-entry", label: Label(nl: "Wisregister", en: "Erasure ledger entry"),
    help: Label(
      nl: "Bewijs dat iemand gewist is; zonder persoonsgegevens",
      en: "Proof that a subject was erased; no personal data"),
    title: "subject", isServerOwned: true,
    fields: common + [
      .once(16, "subject", .uuid, "Betrokkene", "Subject").required
        .help("willekeurig nummer van de mens", "random id of the person"),
      .once(17, "at", .instant, "Op", "At").required,
      .once(18, "by", .reference("staff"), "Door", "By").required,
      .once(19, "ground", .line(1...200), "Grond", "Ground").required
        .help("art. 17(1) a tot f, of bewaartermijn", "Art. 17(1) a to f, or retention"),
      .set(
        20, "acks", of: .reference("device"), growOnly: true, "Bevestigd door toestellen",
        "Confirmed by devices"
      )
      .help("toestellen die het bevestigden", "devices that confirmed"),
    ])
}
