import Protocol

/// The value lists. Where a field is ranked, the last entry is the greatest.
extension CityModel {
  static let lists: [ValueList] = [
    ValueList(
      "orgKind",
      [
        .init("start_up", nl: "Start-up", en: "Start-up"),
        .init("scale_up", nl: "Scale-up", en: "Scale-up"),
        .init("sme", nl: "Kmo", en: "SME"),
        .init("multinational", nl: "Multinational", en: "Multinational"),
        .init("knowledge_institution", nl: "Kennisinstelling", en: "Knowledge institution"),
        .init("investor", nl: "Investeerder", en: "Investor"),
        .init("accelerator", nl: "Accelerator/incubator", en: "Accelerator/incubator"),
        .init("public_body", nl: "Overheid", en: "Public body"),
        .init("network", nl: "Netwerk/koepel", en: "Network/federation"),
        .init("other", nl: "Andere", en: "Other"),
      ]),
    ValueList(
      "orgStatus",
      [
        .init("prospect", nl: "Prospect", en: "Prospect"),
        .init("active", nl: "Actief", en: "Active"),
        .init("acquired", nl: "Overgenomen", en: "Acquired"),
        .init("moved_away", nl: "Vertrokken uit Gent", en: "Moved away"),
        .init("stopped", nl: "Stopgezet", en: "Stopped"),
        .init("unknown", nl: "Onbekend", en: "Unknown"),
      ]),
    ValueList(
      "sector",
      [
        .init("biotech", nl: "Biotech", en: "Biotech"),
        .init("cleantech", nl: "Cleantech", en: "Cleantech"),
        .init("healthtech", nl: "Healthtech", en: "Healthtech"),
        .init("digital", nl: "Digitale technologie", en: "Digital technology"),
      ]),
    ValueList(
      "theme",
      [
        .init("ai", nl: "AI", en: "AI"),
        .init("data_science", nl: "Datawetenschappen", en: "Data science"),
        .init("circular", nl: "Circulair", en: "Circular"),
        .init("hydrogen", nl: "Waterstof", en: "Hydrogen"),
        .init("medtech", nl: "Medtech", en: "Medtech"),
        .init("agritech", nl: "Agritech", en: "Agritech"),
        .init("photonics", nl: "Fotonica", en: "Photonics"),
        .init("logistics", nl: "Logistiek", en: "Logistics"),
      ]),
    ValueList(
      "hubKind",
      [
        .init("hub", nl: "Tech hub", en: "Tech hub"),
        .init("campus", nl: "Campus", en: "Campus"),
        .init("building", nl: "Gebouw", en: "Building"),
        .init("incubator", nl: "Incubator", en: "Incubator"),
        .init("business_centre", nl: "Bedrijvencentrum", en: "Business centre"),
        .init("coworking", nl: "Coworking", en: "Coworking"),
        .init("plot", nl: "Perceel/kavel", en: "Plot"),
      ]),
    ValueList(
      "position",
      [
        .init("noorden", nl: "Noorden", en: "North"),
        .init("centrum", nl: "Centrum", en: "Centre"),
        .init("zuiden", nl: "Zuiden", en: "South"),
        .init("oosten", nl: "Oosten", en: "East"),
        .init("westen", nl: "Westen", en: "West"),
      ]),
    ValueList(
      "eventKind",
      [
        .init("conference", nl: "Conferentie", en: "Conference"),
        .init("investor_event", nl: "Investeerdersevent", en: "Investor event"),
        .init("job_fair", nl: "Jobbeurs", en: "Job fair"),
        .init("campus_visit", nl: "Campusbezoek", en: "Campus visit"),
        .init("site_tour", nl: "Rondleiding", en: "Site tour"),
        .init("hackathon", nl: "Hackathon", en: "Hackathon"),
        .init("networking", nl: "Netwerkmoment", en: "Networking"),
        .init("board_meeting", nl: "Vergadering", en: "Board meeting"),
        .init("mission", nl: "Economische missie", en: "Trade mission"),
        .init("launch", nl: "Lancering", en: "Launch"),
      ]),
    ValueList(
      "eventStatus",
      [
        .init("idea", nl: "Idee", en: "Idea"),
        .init("bid", nl: "Kandidatuur", en: "Bid"),
        .init("confirmed", nl: "Bevestigd", en: "Confirmed"),
        .init("cancelled", nl: "Geannuleerd", en: "Cancelled"),
        .init("done", nl: "Afgelopen", en: "Done"),
      ]),
    ValueList(
      "leadStage",
      [
        .init("new", nl: "Nieuw", en: "New"),
        .init("qualified", nl: "Gekwalificeerd", en: "Qualified"),
        .init("contacted", nl: "Gecontacteerd", en: "Contacted"),
        .init("meeting", nl: "Meeting gepland", en: "Meeting planned"),
        .init("site_visit", nl: "Plaatsbezoek", en: "Site visit"),
        .init("offer", nl: "Voorstel", en: "Proposal"),
        .init("won", nl: "Gewonnen", en: "Won"),
        .init("lost", nl: "Verloren", en: "Lost"),
        .init("on_hold", nl: "On hold", en: "On hold"),
      ]),
    ValueList(
      "leadOrigin",
      [
        .init("fit", nl: "FIT", en: "FIT"),
        .init("own_acquisition", nl: "Eigen acquisitie", en: "Own acquisition"),
        .init("event", nl: "Event", en: "Event"),
        .init("board", nl: "Ghent Economic Board", en: "Ghent Economic Board"),
        .init("inbound", nl: "Spontane vraag", en: "Inbound"),
        .init("mission", nl: "Missie", en: "Mission"),
      ]),
    ValueList(
      "caseStage",
      [
        .init("intake", nl: "Intake", en: "Intake"),
        .init("search_location", nl: "Locatie zoeken", en: "Location search"),
        .init("permits", nl: "Vergunningen", en: "Permits"),
        .init("fit_out", nl: "Inrichting", en: "Fit-out"),
        .init("opened", nl: "Geopend", en: "Opened"),
        .init("aftercare", nl: "Nazorg", en: "Aftercare"),
        .init("closed", nl: "Afgesloten", en: "Closed"),
        .init("stopped", nl: "Stopgezet", en: "Stopped"),
      ]),
    ValueList(
      "adviceStatus",
      [
        .init("draft", nl: "Ontwerp", en: "Draft"),
        .init("circulated", nl: "Verspreid", en: "Circulated"),
        .init("adopted", nl: "Goedgekeurd", en: "Adopted"),
        .init("withdrawn", nl: "Ingetrokken", en: "Withdrawn"),
        .init("answered", nl: "Beantwoord door college", en: "Answered by the college"),
      ]),
    ValueList(
      "reportKind",
      [
        .init("road", nl: "Weg", en: "Road"),
        .init("public_transport", nl: "Openbaar vervoer", en: "Public transport"),
        .init("bicycle", nl: "Fiets", en: "Bicycle"),
        .init("parking", nl: "Parkeren", en: "Parking"),
        .init("energy", nl: "Energie/net", en: "Energy/grid"),
        .init("broadband", nl: "Breedband", en: "Broadband"),
        .init("water", nl: "Water", en: "Water"),
        .init("green", nl: "Groen/leefomgeving", en: "Green/living environment"),
        .init("signage", nl: "Signalisatie", en: "Signage"),
        .init("safety", nl: "Veiligheid", en: "Safety"),
        .init("space", nl: "Ruimte/kavel", en: "Space/plot"),
      ]),
    ValueList(
      "reportStatus",
      [
        .init("open", nl: "Open", en: "Open"),
        .init("assigned", nl: "Toegewezen", en: "Assigned"),
        .init("in_progress", nl: "In behandeling", en: "In progress"),
        .init("resolved", nl: "Opgelost", en: "Resolved"),
        .init("rejected", nl: "Afgewezen", en: "Rejected"),
      ]),
    ValueList(
      "severity",
      [
        .init("low", nl: "Laag", en: "Low"),
        .init("medium", nl: "Middel", en: "Medium"),
        .init("high", nl: "Hoog", en: "High"),
        .init("danger", nl: "Gevaar", en: "Danger"),
      ]),
    ValueList(
      "visitKind",
      [
        .init("visit", nl: "Bezoek", en: "Visit"),
        .init("call", nl: "Telefoon", en: "Phone call"),
        .init("email", nl: "E-mail", en: "E-mail"),
        .init("video", nl: "Videogesprek", en: "Video call"),
        .init("walk_in", nl: "Onthaal", en: "Walk-in"),
        .init("note", nl: "Nota", en: "Note"),
      ]),
    ValueList(
      "lawfulBasis",
      [
        .init("public_task", nl: "Taak van algemeen belang", en: "Public task"),
        .init("legal_obligation", nl: "Wettelijke verplichting", en: "Legal obligation"),
        .init("consent", nl: "Toestemming", en: "Consent"),
        .init("contract", nl: "Overeenkomst", en: "Contract"),
      ]),
    ValueList(
      "attendanceStatus",
      [
        .init("invited", nl: "Uitgenodigd", en: "Invited"),
        .init("registered", nl: "Ingeschreven", en: "Registered"),
        .init("checked_in", nl: "Aanwezig", en: "Checked in"),
        .init("cancelled", nl: "Afgemeld", en: "Cancelled"),
        .init("no_show", nl: "Niet opgedaagd", en: "No show"),
      ]),
    ValueList(
      "introStatus",
      [
        .init("proposed", nl: "Voorgesteld", en: "Proposed"),
        .init("accepted", nl: "Aanvaard", en: "Accepted"),
        .init("introduced", nl: "Geïntroduceerd", en: "Introduced"),
        .init("declined", nl: "Geweigerd", en: "Declined"),
      ]),
    ValueList(
      "confidentiality",
      [
        .init("public", nl: "Openbaar", en: "Public"),
        .init("internal", nl: "Intern", en: "Internal"),
        .init("confidential", nl: "Vertrouwelijk", en: "Confidential"),
      ]),
    ValueList(
      "coordQuality",
      [
        .init("address", nl: "Adres", en: "Address"),
        .init("building", nl: "Gebouw", en: "Building"),
        .init("campus", nl: "Campus", en: "Campus"),
        .init("district_centroid", nl: "Wijkcentrum", en: "District centroid"),
        .init("approximate", nl: "Bij benadering", en: "Approximate"),
        .init("gps", nl: "GPS-meting", en: "GPS fix"),
      ]),
    ValueList(
      "factor",
      [
        .init("space", nl: "Ruimte", en: "Space"),
        .init("innovation", nl: "Innovatie", en: "Innovation"),
        .init("valorisation", nl: "Valorisatie van innovatie", en: "Valorisation of innovation"),
        .init("talent", nl: "Talent", en: "Talent"),
        .init("networking", nl: "Netwerken", en: "Networking"),
        .init("promotion", nl: "Promotie", en: "Promotion"),
        .init("acquisition", nl: "Acquisitie", en: "Acquisition"),
        .init("funding", nl: "Financiering", en: "Funding"),
      ]),
    ValueList(
      "programmeKind",
      [
        .init("project", nl: "Project", en: "Project"),
        .init("programme", nl: "Programma", en: "Programme"),
        .init("cluster", nl: "Cluster", en: "Cluster"),
        .init("fund", nl: "Fonds", en: "Fund"),
        .init("service", nl: "Dienst", en: "Service"),
      ]),
    ValueList(
      "confidence",
      [
        .init("high", nl: "Hoog", en: "High"),
        .init("medium", nl: "Middel", en: "Medium"),
        .init("low", nl: "Laag", en: "Low"),
      ]),
    ValueList(
      "retentionClass",
      [
        .init("lead", nl: "Lead", en: "Lead"),
        .init("event", nl: "Evenement", en: "Event"),
        .init("project", nl: "Project", en: "Project"),
        .init("board", nl: "Board", en: "Board"),
      ]),
    ValueList(
      "attachmentState",
      [
        .init("local", nl: "Alleen op het toestel", en: "On the device only"),
        .init("uploaded", nl: "Opgeladen", en: "Uploaded"),
        .init("verified", nl: "Nagekeken", en: "Verified"),
      ]),
    ValueList(
      "staffRole",
      [
        .init("account_manager", nl: "Accountmanager", en: "Account manager"),
        .init("reception", nl: "Onthaal", en: "Reception"),
        .init("acquisition", nl: "Acquisitie", en: "Acquisition"),
        .init("event", nl: "Evenementen", en: "Events"),
        .init("infra", nl: "Infrastructuur", en: "Infrastructure"),
        .init("admin", nl: "Beheerder", en: "Admin"),
        .init("reader", nl: "Lezer", en: "Reader"),
      ]),
    ValueList(
      "deviceState",
      [
        .init("pending", nl: "In afwachting", en: "Pending"),
        .init("active", nl: "Actief", en: "Active"),
        .init("revoked", nl: "Ingetrokken", en: "Revoked"),
        .init("wipe_ordered", nl: "Wissen bevolen", en: "Wipe ordered"),
        .init("wiped", nl: "Gewist", en: "Wiped"),
      ]),
  ]
}
