import Protocol

/// The moves between the codes of each stage. `forward` moves decide a merge: of two concurrent codes
/// the one that lies after the other along them shows. Reopening and putting on hold never do.
extension StageMoves {
  /// Lost and on hold are reached from every open stage and decide nothing: won beside lost is disputed.
  static let leadStage = StageMoves(
    allowed: [
      .init("new", "qualified"), .init("new", "lost"), .init("new", "on_hold"),
      .init("qualified", "contacted"), .init("qualified", "lost"), .init("qualified", "on_hold"),
      .init("contacted", "meeting"), .init("contacted", "lost"), .init("contacted", "on_hold"),
      .init("meeting", "site_visit"), .init("meeting", "offer"), .init("meeting", "lost"),
      .init("meeting", "on_hold"),
      .init("site_visit", "offer"), .init("site_visit", "lost"), .init("site_visit", "on_hold"),
      .init("offer", "won"), .init("offer", "lost"), .init("offer", "on_hold"),
      .init("on_hold", "qualified"), .init("on_hold", "contacted"), .init("on_hold", "meeting"),
      .init("on_hold", "lost"),
      .init("lost", "new"),
    ],
    forward: [
      .init("new", "qualified"),
      .init("qualified", "contacted"),
      .init("contacted", "meeting"),
      .init("meeting", "site_visit"),
      .init("meeting", "offer"),
      .init("site_visit", "offer"),
      .init("offer", "won"),
    ])

  /// Permits may be skipped; a stopped case may start again.
  static let caseStage = StageMoves(
    allowed: [
      .init("intake", "search_location"), .init("intake", "stopped"),
      .init("search_location", "permits"), .init("search_location", "fit_out"),
      .init("search_location", "stopped"),
      .init("permits", "fit_out"), .init("permits", "stopped"),
      .init("fit_out", "opened"), .init("fit_out", "stopped"),
      .init("opened", "aftercare"),
      .init("aftercare", "closed"),
      .init("closed", "aftercare"),
      .init("stopped", "intake"),
    ],
    forward: [
      .init("intake", "search_location"),
      .init("search_location", "permits"),
      .init("search_location", "fit_out"),
      .init("permits", "fit_out"),
      .init("fit_out", "opened"),
      .init("opened", "aftercare"),
      .init("aftercare", "closed"),
    ])

  /// A cancelled event may become an idea again.
  static let eventStatus = StageMoves(
    allowed: [
      .init("idea", "bid"), .init("idea", "confirmed"), .init("idea", "cancelled"),
      .init("bid", "confirmed"), .init("bid", "cancelled"),
      .init("confirmed", "done"), .init("confirmed", "cancelled"),
      .init("cancelled", "idea"),
    ],
    forward: [
      .init("idea", "bid"),
      .init("idea", "confirmed"),
      .init("bid", "confirmed"),
      .init("confirmed", "done"),
    ])

  /// An adopted advice may still be withdrawn; an answered one is final.
  static let adviceStatus = StageMoves(
    allowed: [
      .init("draft", "circulated"), .init("draft", "withdrawn"),
      .init("circulated", "adopted"), .init("circulated", "draft"),
      .init("circulated", "withdrawn"),
      .init("adopted", "answered"), .init("adopted", "withdrawn"),
      .init("withdrawn", "draft"),
    ],
    forward: [
      .init("draft", "circulated"),
      .init("circulated", "adopted"),
      .init("adopted", "answered"),
    ])

  /// Whoever was checked in was there, whatever anybody else wrote meanwhile.
  static let attendanceStatus = StageMoves(
    allowed: [
      .init("invited", "registered"), .init("invited", "cancelled"), .init("invited", "checked_in"),
      .init("registered", "checked_in"), .init("registered", "cancelled"),
      .init("registered", "no_show"),
      .init("cancelled", "registered"), .init("cancelled", "checked_in"),
      .init("no_show", "checked_in"),
      .init("checked_in", "registered"),
    ],
    forward: [
      .init("invited", "registered"),
      .init("invited", "cancelled"),
      .init("registered", "cancelled"),
      .init("registered", "no_show"),
      .init("cancelled", "checked_in"),
      .init("no_show", "checked_in"),
      .init("registered", "checked_in"),
      .init("invited", "checked_in"),
    ])

  /// A declined introduction may be proposed again.
  static let introStatus = StageMoves(
    allowed: [
      .init("proposed", "accepted"), .init("proposed", "declined"),
      .init("accepted", "introduced"), .init("accepted", "declined"),
      .init("declined", "proposed"),
    ],
    forward: [
      .init("proposed", "accepted"),
      .init("accepted", "introduced"),
    ])

  /// A resolved or rejected report may be opened again.
  static let reportStatus = StageMoves(
    allowed: [
      .init("open", "assigned"), .init("open", "rejected"), .init("open", "resolved"),
      .init("assigned", "in_progress"), .init("assigned", "open"), .init("assigned", "resolved"),
      .init("assigned", "rejected"),
      .init("in_progress", "resolved"), .init("in_progress", "assigned"),
      .init("resolved", "open"),
      .init("rejected", "open"),
    ],
    forward: [
      .init("open", "assigned"),
      .init("open", "resolved"),
      .init("assigned", "in_progress"),
      .init("assigned", "resolved"),
      .init("in_progress", "resolved"),
    ])
}
